"""What changed with a limit: the same figures for as many days before it as after.

Figures are sums over the cases that were entered in a window by whom the limit is for; nothing
says that the limit is why they differ, and few cases say little.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from empowerment.models import Case, Limit, Outcome
from empowerment.rules.limits import Scope
from empowerment.services.limit_reading import Period
from people.models import Employee, Role, RoleAssignment, Site
from people.small_groups import FEWEST

LONGEST_WINDOW = 90
FEW = 30
"""Below so many cases a share is mostly chance."""


@dataclass(frozen=True)
class Days:
    """A window of whole days, the last included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Figures:
    """What was entered in a window; amounts in minor units. `at_once`: approved within the limits;
    `approved`: those and what a lead approved. `net_minor` is without what came back. Of
    `customers`, `known` have an outcome, and the last known one of `kept` is that they stayed."""

    days: Days
    currency: str
    cases: int
    at_once: int
    approved: int
    amount_minor: int
    net_minor: int
    customers: int
    known: int
    kept: int

    @property
    def above(self) -> int:
        """How many were asked for, as they came above a limit."""
        return self.cases - self.at_once

    @property
    def at_once_bp(self) -> int | None:
        """The share put right at once in basis points, to a whole percent; None without cases."""
        return _percent_bp(self.at_once, self.cases)

    @property
    def above_bp(self) -> int | None:
        return _percent_bp(self.above, self.cases)

    @property
    def average_minor(self) -> int | None:
        return _halved_up(self.amount_minor, self.approved)

    @property
    def cost_per_kept_minor(self) -> int | None:
        """Net spent on all of them, for each customer of whom it is known that they stayed."""
        return _halved_up(self.net_minor, self.kept)

    @property
    def is_few(self) -> bool:
        return self.cases < FEW


def _halved_up(total: int, among: int) -> int | None:
    return (2 * total + among) // (2 * among) if among else None


def _percent_bp(part: int, whole: int) -> int | None:
    shared = _halved_up(100 * part, whole)
    return None if shared is None else 100 * shared


@dataclass(frozen=True)
class Effect:
    """A change, and the figures of as many days before and after it."""

    period: Period
    before: Figures
    after: Figures

    @property
    def is_few(self) -> bool:
        return self.before.is_few or self.after.is_few


def effect_of(period: Period, *, today: date) -> Effect | None:
    """Before and after a limit began; None before it has held for a whole day."""
    windows = windows_of(period, today=today)
    if windows is None:
        return None
    before, after = windows
    return Effect(
        period, figures_of(period.limit, before), figures_of(period.limit, after)
    )  # fmt: skip


def windows_of(period: Period, *, today: date) -> tuple[Days, Days] | None:
    """As many whole days before a limit's first day as from it on: at most LONGEST_WINDOW, no more
    than it has held, and no more than the one before it held."""
    after = days_in_force(period, today=today)
    if after is None:
        return None
    length = min(LONGEST_WINDOW, after.count)
    if period.replaced:
        length = min(length, (period.first - period.replaced.first).days)
    return (
        Days(period.first - timedelta(days=length), period.first - timedelta(days=1)),
        Days(period.first, period.first + timedelta(days=length - 1)),
    )


def days_in_force(period: Period, *, today: date) -> Days | None:
    """The whole days that a limit has held so far."""
    yesterday = today - timedelta(days=1)
    last = min(period.last, yesterday) if period.last else yesterday
    return Days(period.first, last) if last >= period.first else None


def figures_of(limit: Limit, days: Days) -> Figures:
    """Of the cases that were entered in the limit's currency by whom it is for."""
    spent = Q(spent_on__isnull=False)
    at_once = spent & Q(decided_by=None)
    per_customer = (
        cases_of(limit, days)
        .values("customer")
        .annotate(
            entered=Count("pk"), right=Count("pk", filter=at_once),
            agreed=Count("pk", filter=spent), spent=Sum("amount_minor", filter=spent),
            returned=Sum("returned_minor", filter=spent),
            stayed=Coalesce(Max("pk", filter=Q(outcome=Outcome.STAYED)), 0),
            left=Coalesce(Max("pk", filter=Q(outcome=Outcome.LEFT)), 0),
        )
    )  # fmt: skip
    sums = per_customer.aggregate(
        cases=Sum("entered", default=0), at_once=Sum("right", default=0),
        approved=Sum("agreed", default=0), amount=Sum("spent", default=0),
        back=Sum("returned", default=0), customers=Count("customer"),
        known=Count("customer", filter=Q(stayed__gt=0) | Q(left__gt=0)),
        kept=Count("customer", filter=Q(stayed__gt=F("left"))),
    )  # fmt: skip
    amount, back = int(sums.pop("amount")), int(sums.pop("back"))
    counts = {name: int(value) for name, value in sums.items()}
    return Figures(
        days, limit.currency, amount_minor=amount, net_minor=amount - back, **counts
    )  # fmt: skip


def cases_of(limit: Limit, days: Days) -> QuerySet[Case]:
    """Entered on these days, each in the zone of its site, by whom the limit is for."""
    return Case.objects.filter(
        entered_on(days), of_whom(limit, days), currency=limit.currency
    ).order_by()


def spenders_of(limit: Limit, *, today: date) -> int:
    """How many of those whom a limit is for have entered cases that its figures could count; at
    most FEWEST are counted."""
    days = Days(today - timedelta(days=4 * LONGEST_WINDOW), today)
    return cases_of(limit, days).values("employee").distinct()[:FEWEST].count()


def entered_on(days: Days) -> Q:
    """Whole days of each case's own site."""
    sites = defaultdict(list)
    for zone, site_id in Site.objects.order_by("pk").values_list("time_zone", "pk"):
        sites[zone].append(site_id)
    spans = {zone: _span(days, ZoneInfo(zone)) for zone in sites}
    if not spans:
        return Q(pk=None)
    first, last = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    # The outer span is what the index is asked for.
    outer = Q(entered_at__gte=first, entered_at__lt=last)
    if len(set(spans.values())) == 1:
        return outer
    each = [
        Q(site__in=sites[zone], entered_at__gte=span[0], entered_at__lt=span[1])
        for zone, span in spans.items()
    ]
    return outer & reduce(or_, each)


def _span(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return (
        datetime.combine(days.first, time.min, zone),
        datetime.combine(days.last + timedelta(days=1), time.min, zone),
    )


def of_whom(limit: Limit, days: Days) -> Q:
    """Cases of whom a limit is for, whether or not something nearer held for them. A role counts
    for whoever had it at any time in these days; a grade is today's, as it is not dated."""
    if limit.scope == Scope.PERSON:
        return Q(employee=limit.employee_id)
    if limit.scope == Scope.GRADE:
        return Q(employee__in=Employee.objects.filter(job_title=limit.grade).order_by())
    if limit.scope == Scope.ROLE and limit.role != Role.EMPLOYEE:
        held = RoleAssignment.objects.filter(role=limit.role, from_date__lte=days.last)
        users = held.filter(Q(until_date=None) | Q(until_date__gte=days.first)).values("user")
        return Q(employee__in=Employee.objects.filter(user__in=users).order_by())
    if limit.scope == Scope.DEPARTMENT:
        return Q(department=limit.department_id)
    if limit.scope == Scope.SITE:
        return Q(site=limit.site_id)
    return Q()
