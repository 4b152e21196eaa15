"""Setting limits and currencies, told in lines for who decides on them."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from empowerment.models import Limit
from empowerment.rules.limits import NEEDED, Measure
from empowerment.services.limits import (
    NewLimit,
    planned,
    replaced_by,
    set_currencies,
    set_limit,
)
from empowerment.services.reach import Change, Holding, Reach, reach_of
from people.dates import long_day
from people.models import Site, User
from people.money import money
from people.services.previews import Effects

MOST_LINES = 8
"""So many kinds of change are told one by one."""


def set_limit_and_tell(new: NewLimit, *, by: User, now: datetime) -> Effects:
    """`set_limit`, and for whom it changes what. Raises LimitRefused."""
    wanted = planned(new, by=by, now=now)
    replaced, reach = replaced_by(wanted), reach_of(wanted, own_id=None)
    limit = set_limit(new, by=by, now=now)
    return [_head(limit), _instead_of(replaced), *_reached(reach, limit)]


def amount_of(limit: Limit | Holding, currency: str) -> str:
    """A limit's amount in words, with its days where it counts days."""
    if limit.amount_minor is None:
        return _("no limit")
    amount = money(limit.amount_minor, currency)
    if limit.days is None:
        return amount
    return ngettext(
        "%(amount)s in %(days)s day", "%(amount)s in %(days)s days", limit.days
    ) % {"amount": amount, "days": limit.days}  # fmt: skip


def _head(limit: Limit) -> str:
    said = {
        "day": long_day(limit.from_date), "measure": Measure(limit.measure).label,
        "whom": limit.whom, "amount": amount_of(limit, limit.currency),
    }  # fmt: skip
    if limit.amount_minor is None:
        return _("From %(day)s, %(measure)s, for %(whom)s: none of their own any more.") % said
    return _("From %(day)s, %(measure)s, for %(whom)s: %(amount)s.") % said


def _instead_of(replaced: Limit | None) -> str:
    if replaced is None or replaced.amount_minor is None:
        return _("Before that: none of their own.")
    return _("Before that: %(amount)s, since %(day)s.") % {
        "amount": amount_of(replaced, replaced.currency), "day": long_day(replaced.from_date),
    }  # fmt: skip


def _reached(reach: Reach, limit: Limit) -> Iterator[str]:
    if not reach.people:
        yield _("As things stand nobody is concerned.")
        return
    yield ngettext(
        "As things stand it is for %(people)s person.",
        "As things stand it is for %(people)s people.", reach.people,
    ) % {"people": reach.people}  # fmt: skip
    for change in reach.changes[:MOST_LINES]:
        yield _change(change, limit.currency)
    others = sum(change.people for change in reach.changes[MOST_LINES:])
    if others:
        yield ngettext(
            "It changes for %(people)s more person, each by other amounts.",
            "It changes for %(people)s more people, by other amounts.", others,
        ) % {"people": others}  # fmt: skip
    same = reach.people - reach.changed
    if same:
        yield ngettext(
            "For %(people)s of them nothing changes: a nearer limit holds, or the amount is the"
            " same.",
            "For %(people)s of them nothing changes: nearer limits hold, or the amount is the"
            " same.", same,
        ) % {"people": same}  # fmt: skip
    if limit.measure in NEEDED and any(_ended(change) for change in reach.changes):
        yield _("Without this limit they spend nothing without asking: no limit is none, not"
                " an unlimited one.")  # fmt: skip


def _change(change: Change, currency: str) -> str:
    return ngettext(
        "%(people)s person: %(before)s until then, %(after)s from then on.",
        "%(people)s people: %(before)s until then, %(after)s from then on.", change.people,
    ) % {
        "people": change.people, "before": amount_of(change.before, currency),
        "after": amount_of(change.after, currency),
    }  # fmt: skip


def _ended(change: Change) -> bool:
    return change.after.amount_minor is None


def set_currencies_and_tell(
    site: Site, currencies: list[str], *, from_date: date, reason: str, by: User, now: datetime
) -> Effects:
    """`set_currencies`, in lines. Raises LimitRefused."""
    set_currencies(site, currencies, from_date=from_date, reason=reason, by=by, now=now)
    said = {
        "day": long_day(from_date), "site": site, "first": currencies[0],
        "currencies": ", ".join(currencies),
    }  # fmt: skip
    lines = [
        _("From %(day)s people at %(site)s spend in %(currencies)s; %(first)s is offered first.")
        % said
    ]
    known = Limit.objects.filter(from_date__lte=from_date, currency__in=currencies)
    without = sorted(set(currencies) - set(known.values_list("currency", flat=True).distinct()))
    if without:
        lines.append(
            _("There is no limit in %(currencies)s yet: until there is, nothing is spent in it.")
            % {"currencies": ", ".join(without)}
        )
    return lines
