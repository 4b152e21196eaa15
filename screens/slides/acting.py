"""You said, we did: what was done about what colleagues had said."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.acting import slide
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View


class ActingSlide(Slide):
    kind = "acting"

    class Meta:
        label = gettext_lazy("You said, we did")
        icon = "check"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        found = slide(view.language)
        if found is None:
            raise LeftOut(_("Nothing that was said in a poll is published as done."))
        day = words.written_day(date.fromisoformat(found["date"]))
        return Facts({"title": found["title"], "pairs": found["pairs"], "day": day})
