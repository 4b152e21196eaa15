"""This app's entries in the menu."""

import rules
from django.utils.translation import gettext_lazy

from people.menu import ACCOUNT, COMPANY, FRONT, MONEY, PEOPLE, Entry
from people.models import User


def decides_without_the_list(user: User) -> bool:
    """Executives; leads find what waits for them beside their list of cases."""
    return rules.has_perm("empowerment.decide_cases", user) and not rules.has_perm(
        "empowerment.list_cases", user
    )


ENTRIES: tuple[Entry, ...] = (
    Entry("spend", gettext_lazy("Put it right"), FRONT, "empowerment.spend"),
    Entry("cases", gettext_lazy("Cases"), PEOPLE, "empowerment.list_cases"),
    Entry(
        "asked-cases", gettext_lazy("Requests above the limit"), PEOPLE, decides_without_the_list
    ),
    Entry(
        "empowerment-reports",
        gettext_lazy("What the money keeps"),
        PEOPLE,
        "empowerment.see_reports",
    ),
    Entry("my-cases", gettext_lazy("My cases"), ACCOUNT, "empowerment.spend"),
    Entry("limits", gettext_lazy("Empowerment limits"), COMPANY, "empowerment.see_all_limits"),
    Entry(
        "empowerment-budgets", gettext_lazy("Empowerment money"), MONEY, "empowerment.see_budgets"
    ),
)
