"""Limits as they are read: what holds, what begins later, and each one's line of history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from empowerment.models import Limit, SiteCurrencies
from empowerment.rules.limits import Scope
from empowerment.services.limits import same_subject
from people.models import Membership, Role, Site, User
from people.permissions import led_departments, roles_of

SEE_EVERYBODYS = {Role.HR, Role.FINANCE, Role.AUDITOR}
SUBJECT = (
    "measure", "currency", "scope", "employee", "grade", "role", "department", "site"
)  # fmt: skip


def limits_for(user: User, *, on: date) -> QuerySet[Limit]:
    """Those somebody may read: rules for many, and single people's by HR, finance, auditors, their
    leads and themselves."""
    found = Limit.objects.select_related("employee", "department", "site", "made_by__employee")
    if roles_of(user) & SEE_EVERYBODYS:
        return found
    led = Membership.objects.on(on).filter(department__in=led_departments(user, on=on))
    known = Q(employee__in=led.values("employee")) | Q(employee__user=user)
    return found.filter(~Q(scope=Scope.PERSON) | known)


def now_and_later(limits: QuerySet[Limit], *, on: date) -> QuerySet[Limit]:
    """What holds on a day and what begins after it, without what was ended before."""
    begun = Limit.objects.filter(from_date__lte=on).order_by()
    latest = Window(
        RowNumber(), partition_by=[F(name) for name in SUBJECT],
        order_by=[F("from_date").desc(), F("pk").desc()],
    )  # fmt: skip
    # What ended a limit has a place too, or what it ended would take it.
    holding = Q(pk__in=begun.annotate(place=latest).filter(place=1).values("pk"))
    return limits.filter(holding & Q(amount_minor__isnull=False) | Q(from_date__gt=on))


@dataclass(frozen=True)
class Period:
    """A limit in its line of history, from its first through its last day (None: until further
    notice), with the one in whose place it came."""

    limit: Limit
    last: date | None
    replaced: "Period | None"

    @property
    def first(self) -> date:
        return self.limit.from_date


def history_of(limit: Limit) -> list[Period]:
    """Its line of history, newest first; what was replaced on its own first day never held."""
    rows = Limit.objects.filter(**same_subject(limit)).select_related("made_by__employee")
    return periods(list(rows.order_by("from_date", "pk")))


def periods(rows: Sequence[Limit]) -> list[Period]:
    """The periods of limits of one subject, given in the order in which they were to hold."""
    last_of_day = {row.from_date: row for row in rows}
    found: list[Period] = []
    following_days = [*list(last_of_day)[1:], None]
    for row, following in zip(last_of_day.values(), following_days, strict=True):
        last = following - timedelta(days=1) if following else None
        found.append(Period(row, last, found[-1] if found else None))
    found.reverse()
    return found


def sites_with_currencies(*, on: date) -> QuerySet[Site]:
    """Sites with the currencies in force as `now`, and the next ones as `later`, `later_from`."""
    named = SiteCurrencies.objects.filter(site=OuterRef("pk"))
    now = named.filter(from_date__lte=on).order_by("-from_date", "-pk")
    later = named.filter(from_date__gt=on).order_by("from_date", "-pk")
    return Site.objects.annotate(
        now=Subquery(now.values("currencies")[:1]), later=Subquery(later.values("currencies")[:1]),
        later_from=Subquery(later.values("from_date")[:1]),
    )  # fmt: skip
