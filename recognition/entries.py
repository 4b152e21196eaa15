"""This app's entries in the menu, and what it offers on a colleague's page."""

from collections.abc import Iterator
from datetime import date

import rules
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.beside import Act
from people.menu import ACCOUNT, COMPANY, FRONT, MONEY, PEOPLE, Entry
from people.models import Employee, User

ENTRIES = (
    Entry("wall", gettext_lazy("Wall"), FRONT, "recognition.see_wall"),
    Entry("nominate", gettext_lazy("Nominate"), FRONT, "recognition.nominate"),
    Entry("awards", gettext_lazy("Awards"), PEOPLE, "recognition.see_wall"),
    Entry("circle", gettext_lazy("Circle"), PEOPLE, "recognition.see_circle"),
    Entry("fair-play", gettext_lazy("Fair play"), PEOPLE, "recognition.list_cases"),
    Entry("my-fair-play", gettext_lazy("Fair play and me"), ACCOUNT, "recognition.nominate"),
    Entry("my-nominations", gettext_lazy("My nominations"), ACCOUNT, "recognition.nominate"),
    Entry("feeds", gettext_lazy("Feeds"), ACCOUNT, "recognition.see_wall"),
    Entry(
        "recognition-budgets", gettext_lazy("Recognition budgets"), MONEY, "recognition.see_budgets"
    ),
    Entry("award-levels", gettext_lazy("Recognition rules"), COMPANY, "recognition.see_rules"),
    Entry("webhooks", gettext_lazy("Webhooks"), COMPANY, "recognition.keep_webhooks"),
)


def acts_beside(user: User, employee: Employee, on: date) -> Iterator[Act]:
    """Praise whoever is here; the page offers nobody anything beside themself."""
    if rules.has_perm("recognition.nominate", user) and not employee.has_left(on=on):
        yield Act(f"{reverse('nominate')}?{urlencode({'to': employee.number})}", _("Nominate"))
