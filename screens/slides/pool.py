"""The bonus pool, and on how many days of this month and this year it grew."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.services.posting import newest_snapshot
from screens.slides.base import Facts, LeftOut, Slide, View


class PoolSlide(Slide):
    kind = "pool"

    class Meta:
        label = gettext_lazy("Bonus pool")
        icon = "success"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        newest = newest_snapshot()
        if newest is None:
            raise LeftOut(_("No day has been posted yet."))
        headline = [pool for pool in newest.board["pools"] if pool["headline"]]
        if not headline:
            raise LeftOut(_("There is no pool for the whole company."))
        return Facts({"pool": headline[0]}, date=newest.board["date"])
