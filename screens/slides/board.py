"""Yesterday's results by department."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.posting import newest_snapshot
from screens.slides.base import Facts, LeftOut, Slide, View


class BoardSlide(Slide):
    kind = "board"

    class Meta:
        label = gettext_lazy("Results by department")
        icon = "table"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        newest = newest_snapshot()
        if newest is None:
            raise LeftOut(_("No day has been posted yet."))
        return Facts({"board": newest.board}, date=newest.board["date"])
