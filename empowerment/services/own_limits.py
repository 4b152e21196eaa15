"""What somebody may spend now, why, and what would hold otherwise."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from empowerment.models import Limit
from empowerment.rules.limits import Check, Measure, Scope, nearest_first
from empowerment.services.allowances import Allowance, Spender, allowances, spender_of
from empowerment.services.reach import Standing, line_of, reaches
from people.models import User
from people.services.roles import roles_in_force


@dataclass(frozen=True)
class Own:
    """A limit that holds for somebody, what is used of it, and those it comes before."""

    check: Check
    limit: Limit
    otherwise: tuple[Limit, ...]

    @property
    def measure(self) -> Measure:
        return Measure(self.check.measure)


@dataclass(frozen=True)
class OwnLimits:
    """Of one currency."""

    allowance: Allowance
    limits: tuple[Own, ...]


def own_limits(user: User, *, now: datetime) -> list[OwnLimits]:
    """By currency, the usual one first. Raises SpendingRefused for who can't spend at all."""
    spender = spender_of(user, now=now)
    mine = _reaching(spender, user)
    return [
        OwnLimits(each, tuple(_own(check, each.currency, mine) for check in each.checks))
        for each in allowances(user, now=now)
    ]


def _reaching(spender: Spender, user: User) -> list[Limit]:
    """Every limit that is for somebody, near or far, in the order in which they were to hold."""
    here = Standing(
        spender.employee_id, spender.grade, roles_in_force(user, on=spender.today),
        spender.department_id, spender.site_id,
    )  # fmt: skip
    rules_and_own = ~Q(scope=Scope.PERSON) | Q(employee=spender.employee_id)
    found = Limit.objects.filter(rules_and_own).select_related("employee", "department", "site")
    rows = found.filter(from_date__lte=spender.today).order_by("from_date", "pk")
    return [limit for limit in rows if reaches(limit, here)]


def _own(check: Check, currency: str, mine: list[Limit]) -> Own:
    by_pk = {
        limit.pk: limit for limit in mine
        if limit.measure == check.measure and limit.currency == currency
    }  # fmt: skip
    order = nearest_first(line_of(limit) for limit in by_pk.values())
    others = tuple(by_pk[line.pk] for line in order if line.pk != check.limit)
    return Own(check, by_pk[check.limit], others)
