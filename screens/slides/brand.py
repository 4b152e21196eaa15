"""The house's own slide, where nothing else is to be shown: a screen is never blank by day."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from cms.services.for_screens.company import company_name
from screens.slides.base import Facts, Slide, View


class BrandSlide(Slide):
    kind = "brand"

    class Meta:
        label = gettext_lazy("Name of the house")
        icon = "home"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        return Facts({"name": company_name()})
