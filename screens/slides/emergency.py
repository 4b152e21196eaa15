"""What takes the place of everything else; written as an Emergency, not in a playlist."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from screens.slides.base import Facts, Slide, View


class EmergencySlide(Slide):
    kind = "emergency"

    class Meta:
        label = gettext_lazy("Emergency")
        icon = "warning"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        return Facts({"title": value["title"], "text": value["text"]})
