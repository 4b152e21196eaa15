"""A customer's words, for as long as the customer agrees."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from cms.services.for_screens.voices import voice_of_the_day
from screens.slides.base import Facts, LeftOut, Slide, View


class VoiceSlide(Slide):
    kind = "voice"
    newest = blocks.IntegerBlock(
        label=gettext_lazy("Out of the newest"), min_value=1, max_value=30, default=5,
        help_text=gettext_lazy("So many take turns, another each day."),
    )  # fmt: skip

    class Meta:
        label = gettext_lazy("A customer's words")
        icon = "openquote"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        found = voice_of_the_day(
            view.shown_to, language=view.language, on=view.today, newest=value.get("newest") or 5
        )
        if found is None:
            raise LeftOut(_("There are no approved words of a customer who agrees to this."))
        # As with names: what can't be asked again must not stay, the customer may have taken it
        # back.
        return Facts(
            {"quote": found["quote"], "said_by": found["said_by"], "spoken": found["language"]},
            personal=True,
        )
