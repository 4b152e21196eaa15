"""Funding a budget, told in lines for who decides on it."""

from datetime import datetime

from django.utils.translation import gettext as _

from people.models import User
from people.money import money
from people.services.previews import Effects
from recognition.services.rewards import Funding, account_of, fund


def fund_and_tell(funding: Funding, *, by: User, now: datetime) -> Effects:
    """`fund`, and what it does in lines. Raises BudgetRefused."""
    grant = fund(funding, by=by, now=now)
    said = {
        "amount": money(abs(grant.amount_minor), funding.currency),
        "whose": grant.budget.department or _("the company"), "year": grant.budget.year,
        "left": money(account_of(grant.budget).balance_minor, funding.currency),
    }  # fmt: skip
    if grant.amount_minor > 0:
        first = _("%(amount)s go into the recognition budget of %(whose)s for %(year)s.")
    else:
        first = _("%(amount)s come back out of the recognition budget of %(whose)s for %(year)s.")
    return [first % said, _("Then %(left)s are left in it.") % said]
