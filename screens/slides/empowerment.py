"""What colleagues did for customers on their own judgement, in figures of a month."""

from collections.abc import Mapping
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.services.for_screens.spending import MonthOfCases, last_month
from people.money import money
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View


class EmpowermentSlide(Slide):
    kind = "empowerment"

    class Meta:
        label = gettext_lazy("Empowerment in figures")
        icon = "lock-open"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        found = last_month(today=view.today)
        if found is None:
            raise LeftOut(_("Last month had no case, or fewer than five people spent something."))
        return Facts({"month": formats.date_format(found.month, "YEAR_MONTH_FORMAT"),
                      "figures": figures(found)})  # fmt: skip


def figures(month: MonthOfCases) -> list[dict[str, str]]:
    """`number` and what it counts; customers only where enough of them are known."""
    found = [
        {"number": words.number(month.cases),
         "said": ngettext("problem put right", "problems put right", month.cases)},
        {"number": money(month.net_minor, month.currency), "said": _("spent on customers")},
    ]  # fmt: skip
    if month.known:
        said = _("of {known} customers stayed, where we know")
        found.append({"number": words.number(month.kept or 0),
                      "said": said.format(known=words.number(month.known))})  # fmt: skip
    return found
