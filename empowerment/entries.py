"""This app's entries in the menu."""

from django.utils.translation import gettext_lazy

from people.menu import ACCOUNT, COMPANY, FRONT, MONEY, PEOPLE, Entry

ENTRIES: tuple[Entry, ...] = (
    Entry("spend", gettext_lazy("Put it right"), FRONT, "empowerment.spend"),
    Entry("cases", gettext_lazy("Cases"), PEOPLE, "empowerment.list_cases"),
    Entry(
        "empowerment-reports",
        gettext_lazy("What the money keeps"),
        PEOPLE,
        "empowerment.see_reports",
    ),
    Entry("my-cases", gettext_lazy("My cases"), ACCOUNT, "empowerment.spend"),
    Entry("limits", gettext_lazy("Empowerment limits"), COMPANY, "empowerment.list_limits"),
    Entry(
        "empowerment-budgets", gettext_lazy("Empowerment money"), MONEY, "empowerment.see_budgets"
    ),
)
