"""Who has been here for a round number of years this week, and agrees to be named for it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.services.for_screens.anniversaries import Anniversary, anniversaries
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View


class AnniversariesSlide(Slide):
    kind = "anniversaries"

    class Meta:
        label = gettext_lazy("Anniversaries")
        icon = "date"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        found = anniversaries(view.shown_to, view.department, today=view.today)
        if not found:
            raise LeftOut(
                _("Nobody who agrees to be named here has a round anniversary this week.")
            )
        people = frozenset(each.employee_id for each in found)
        return Facts({"people": [told(each) for each in found]}, people=people, personal=True)


def told(kept: Anniversary) -> dict[str, str]:
    return {
        "name": kept.name,
        "department": kept.department,
        "years": ngettext("%(n)s year", "%(n)s years", kept.years) % {"n": kept.years},
        "day": words.written_day(kept.day),
        "face": kept.face,
    }
