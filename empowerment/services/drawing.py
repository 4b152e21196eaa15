"""Draws the cases that somebody should look at: once for each day of each site, by lot and by
signals, and at the end of a week one of each department of which none was drawn.

What is drawn is read without a lock, and written with the site's row locked and a note in the log:
of several machines that draw at once one writes. Nothing here changes a case.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from empowerment.models import Case, CaseReturn, Review
from empowerment.rules.limits import Measure
from empowerment.rules.lots import is_drawn, lot, lowest
from empowerment.rules.signals import (
    HABIT_DAYS,
    SAME_DAYS,
    Back,
    Spent,
    far_from_peers,
    just_under,
    returned_often,
    same_customers,
    splits,
)
from people.models import AuditEntry, Site, User
from people.money import CURRENCY_DIGITS
from people.services import audit
from people.services.policies import in_force

Why = Review.Why
DAYS_BACK = 31
"""A day that was not drawn for so long, as no machine ran, is not drawn any more."""
SETTLED = timedelta(minutes=10)
"""A case that was entered a second before midnight has been written by then."""
CUSTOMER = Measure.CUSTOMER.value
ENTERED = (
    "pk", "employee", "department", "customer", "entered_at", "spent_on", "amount_minor",
    "currency",
)  # fmt: skip
UNITS = {currency: 10**digits for currency, digits in CURRENCY_DIGITS.items()}


@dataclass(frozen=True)
class Drawn:
    """A case to look at, and the facts that are the reason."""

    case: int
    why: str
    facts: dict[str, Any]


def draw_reviews(*, by: User, now: datetime) -> int:
    """Open the reviews of all days and weeks that are over and were not drawn yet; returns how
    many. Called again, also by others at the same time, it adds nothing."""
    made = 0
    for site in Site.objects.order_by("pk"):
        today = (now - SETTLED).astimezone(ZoneInfo(site.time_zone)).date()
        for day in _days_due(site, today):
            found = list(_of_day(site, day))
            made += _open(site, _subject(site, day), found, by=by, now=now)
        for monday in _weeks_due(site, today):
            found = list(_of_week(site, monday))
            made += _open(site, _week_subject(site, monday), found, by=by, now=now)
    return made


def _subject(site: Site, day: date) -> str:
    return f"reviews:{site.pk}:{day}"


def _week_subject(site: Site, monday: date) -> str:
    return f"reviews:{site.pk}:week:{monday}"


def _days_due(site: Site, today: date) -> list[date]:
    """Days with cases that are over and were not drawn, of those that are still drawn."""
    days = {_subject(site, day): day for day in _past(today)}
    return _with_cases(site, {days[subject] for subject in days.keys() - _drawn(days)})


def _weeks_due(site: Site, today: date) -> list[date]:
    """The Mondays of such weeks, which are over and began in this time."""
    mondays = [day for day in _past(today) if not day.weekday()]
    weeks = {
        _week_subject(site, each): each for each in mondays if each + timedelta(days=7) <= today
    }
    left = [weeks[subject] for subject in weeks.keys() - _drawn(weeks)]
    days = {monday + timedelta(days=n) for monday in left for n in range(7)}
    return sorted({_monday(day) for day in _with_cases(site, days)})


def _past(today: date) -> list[date]:
    return [today - timedelta(days=n) for n in range(1, DAYS_BACK + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _with_cases(site: Site, days: Collection[date]) -> list[date]:
    """Those of these days that have cases; asked only of days that nobody has drawn, as a month
    of cases takes half a second to read."""
    if not days:
        return []
    cases = Case.objects.filter(site=site, spent_on__in=sorted(days)).order_by()
    return sorted(day for day in cases.values_list("spent_on", flat=True).distinct() if day)


def _drawn(subjects: Iterable[str]) -> set[str]:
    found = AuditEntry.objects.filter(subject__in=list(subjects))
    return set(found.values_list("subject", flat=True))


def _open(site: Site, subject: str, found: list[Drawn], *, by: User, now: datetime) -> int:
    """Write what was drawn, unless somebody else has meanwhile."""
    with transaction.atomic():
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if _drawn([subject]):
            return 0
        Review.objects.bulk_create(
            [Review(case_id=each.case, why=each.why, facts=each.facts, opened_at=now)
             for each in found],
            ignore_conflicts=True, batch_size=1000,
        )  # fmt: skip
        audit.record("draw_reviews", by=by, subject=subject, after={"drawn": len(found)})
    return len(found)


def _percent(day: date) -> int:
    return int(in_force("review_percent", on=day))


def _secret() -> bytes:
    return f"reviews:{settings.SECRET_KEY}".encode()


def _of_day(site: Site, day: date) -> Iterator[Drawn]:
    of_day = Case.objects.filter(site=site, spent_on=day)
    month = _spent(
        Case.objects.filter(
            site=site, spent_on__gt=day - timedelta(days=HABIT_DAYS), spent_on__lte=day
        )
    )
    fresh = {each.case for each in month if each.spent_on == day}
    yield from _by_lot(of_day, percent=_percent(day))
    yield from _by_signals(of_day, month, fresh, day)
    yield from _by_returns(site, day)


def _by_lot(cases: QuerySet[Case], *, percent: int) -> Iterator[Drawn]:
    secret = _secret()
    for pk, key in cases.order_by("pk").values_list("pk", "key"):
        if is_drawn(lot(key, secret), percent=percent):
            yield Drawn(pk, Why.SAMPLE, {})


def _by_signals(
    of_day: QuerySet[Case], month: list[Spent], fresh: set[int], day: date
) -> Iterator[Drawn]:
    # A customer may have been put right at several sites.
    since = day - timedelta(days=SAME_DAYS)
    customers = _spent(
        Case.objects.filter(
            customer__in=of_day.order_by().values("customer"), spent_on__gt=since,
            spent_on__lte=day,
        )
    )  # fmt: skip
    for why, signals in (
        (Why.SPLIT, splits(customers, fresh=fresh)),
        (Why.SAME_CUSTOMER, same_customers(
            customers, fresh=fresh, today=day,
            told=_told(Why.SAME_CUSTOMER, "customer", of_day, since),
        )),
        (Why.JUST_UNDER, just_under(
            month, fresh=fresh, today=day, units=UNITS,
            told=_told(Why.JUST_UNDER, "employee", of_day, day - timedelta(days=HABIT_DAYS)),
        )),
        (Why.FAR, far_from_peers(
            month, fresh=fresh, today=day,
            told=_told(Why.FAR, "employee", of_day, day - timedelta(days=HABIT_DAYS)),
        )),
    ):  # fmt: skip
        for each in signals:
            facts = asdict(each)
            yield Drawn(facts.pop("case"), why, facts)


def _by_returns(site: Site, day: date) -> Iterator[Drawn]:
    """Of the site's people; what finance entered, or a card statement shows, has come back."""
    since = day - timedelta(days=HABIT_DAYS + 1)
    said = CaseReturn.objects.filter(
        case__site=site, made_by=F("case__employee__user"), card_match=None,
        made_at__date__gte=since,
    )  # fmt: skip
    zone = ZoneInfo(site.time_zone)
    backs = [
        Back(case, employee, made_at.astimezone(zone).date(), amount_minor, currency)
        for case, employee, made_at, amount_minor, currency in said.order_by("pk").values_list(
            "case", "case__employee", "made_at", "amount_minor", "case__currency"
        )
    ]
    told = _told(Why.RETURNED, "employee", Case.objects.filter(site=site), since)
    for each in returned_often(backs, today=day, told=told):
        facts = asdict(each)
        yield Drawn(facts.pop("case"), Why.RETURNED, facts)


def _told(why: str, whose: str, of_day: QuerySet[Case], since: date) -> dict[int, int]:
    """By customer or employee of the day, the last case of which somebody was told for a reason."""
    known = Review.objects.filter(
        why=why, case__spent_on__gt=since,
        **{f"case__{whose}__in": of_day.order_by().values(whose)},
    )  # fmt: skip
    return dict(known.order_by("case").values_list(f"case__{whose}", "case"))


def _of_week(site: Site, monday: date) -> Iterator[Drawn]:
    """The lowest lot of each department with cases of which none was drawn in the week."""
    sunday = monday + timedelta(days=6)
    if not _percent(sunday):
        return
    cases = Case.objects.filter(site=site, spent_on__gte=monday, spent_on__lte=sunday)
    seen = Review.objects.filter(why=Why.SAMPLE, case__in=cases.order_by()).values(
        "case__department"
    )
    keys: dict[int, dict[UUID, int]] = defaultdict(dict)
    left = cases.exclude(department__in=seen).order_by("pk")
    for pk, key, department in left.values_list("pk", "key", "department"):
        keys[department][key] = pk
    for of_department in keys.values():
        yield Drawn(of_department[lowest(of_department, _secret())], Why.SAMPLE, {})


def _spent(cases: QuerySet[Case]) -> list[Spent]:
    """Cases as the rules read them. Checks stand in the order of measures: the limit per case
    first, as nothing is spent without one, then the customer's if there is one."""
    rows = cases.order_by().values_list(
        *ENTERED, "employee__job_title", F("amount_minor") - F("returned_minor"), "decided_by",
        "checks__0__limit_minor", "checks__1__measure", "checks__1__limit_minor",
    )  # fmt: skip
    return [_as_entered(row) for row in rows.iterator(chunk_size=5000)]


def _as_entered(row: tuple[Any, ...]) -> Spent:
    grade, net_minor, decided_by, case_limit_minor, measure, next_limit_minor = row[len(ENTERED) :]
    case, employee, department, customer, entered_at, spent_on, amount_minor, currency, *_rest = row
    return Spent(
        case, employee, department, grade, customer, entered_at, spent_on, amount_minor, net_minor,
        currency, decided_by is None, case_limit_minor,
        next_limit_minor if measure == CUSTOMER else None,
    )  # fmt: skip
