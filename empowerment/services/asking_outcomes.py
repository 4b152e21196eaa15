"""Tells people once that customers of theirs are to be asked about."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from empowerment.models import Case
from empowerment.rules.outcomes import ASKED_AFTER
from empowerment.services.outcomes import in_question, unanswered
from people.models import AuditEntry, User
from people.services import audit
from people.services.notices import Facts, Kind, News, register, tell_all
from people.services.recipients import leads_of

LOOKS_BACK = timedelta(days=7)
"""What became due while nothing ran is told of when it runs again."""


def _due(facts: Facts) -> str:
    text = ngettext(
        "Did %(n)s customer stay? One tap each says what the money kept.",
        "Did %(n)s customers stay? One tap each says what the money kept.",
        facts["n"],
    )
    return text % {"n": facts["n"]}


OUTCOMES_DUE = Kind("outcomes-due", _("What became of your customers"), _due)
register(OUTCOMES_DUE)


def ask_for_outcomes(*, by: User, now: datetime) -> int:
    """Tell everybody of whose customers it became due to ask, once a day however often it is
    called; returns how many were told."""
    today = timezone.localdate(now)
    subject = f"outcomes:{today}"
    if AuditEntry.objects.filter(subject=subject).exists() or not Case.objects.exists():
        return 0
    told = tell_all(OUTCOMES_DUE, _news(today))
    audit.record("ask_for_outcomes", by=by, subject=subject, after={"told": told})
    return told


def _news(today: date) -> Iterator[News]:
    """Each with the day on which the newest became due as the key: told of it once."""
    found: dict[int, list[tuple[int, date]]] = defaultdict(list)
    for user_id, count, newest in _own(today):
        found[user_id].append((count, newest))
    for user_id, count, newest in _of_who_left(today):
        found[user_id].append((count, newest))
    readers = User.objects.in_bulk(found)
    for user_id, parts in found.items():
        newest = max(day for _count, day in parts)
        facts = {"n": sum(count for count, _day in parts)}
        yield News(readers[user_id], f"outcomes:{newest}", facts, reverse("outcomes"))


def _became_due(today: date) -> QuerySet[Case]:
    lately = Q()
    for after_days in ASKED_AFTER:
        due = today - timedelta(days=after_days)
        lately |= Q(spent_on__range=(due - LOOKS_BACK, due))
    return unanswered(in_question(today=today)).filter(lately).order_by()


def _newest(spent_on: date, after_days: int) -> date:
    return spent_on + timedelta(days=after_days)


def _own(today: date) -> Iterator[tuple[int, int, date]]:
    """Of who is still here: the user, how many customers, and when the newest became due."""
    here = Q(employee__left_on=None) | Q(employee__left_on__gte=today)
    rows = _became_due(today).filter(here, employee__erased_at=None, employee__user__isnull=False)
    yield from _counted(rows, "employee__user")


def _of_who_left(today: date) -> Iterator[tuple[int, int, date]]:
    """The same for leads, of the people of theirs who have left."""
    left = Q(employee__left_on__lt=today) | Q(employee__erased_at__isnull=False)
    by_department = {
        pk: (count, newest)
        for pk, count, newest in _counted(_became_due(today).filter(left), "department")
    }
    for user_id, departments in leads_of(list(by_department), on=today).items():
        parts = [by_department[pk] for pk in departments]
        yield user_id, sum(count for count, _day in parts), max(day for _count, day in parts)


def _counted(cases: QuerySet[Case], by: str) -> Iterator[tuple[int, int, date]]:
    rows = cases.values(by, "after_days").annotate(
        n=Count("customer", distinct=True), newest=Max("spent_on"), whose=F(by)
    )
    found: dict[int, tuple[int, date]] = {}
    for row in rows:
        count, newest = found.get(row["whose"], (0, date.min))
        due = _newest(row["newest"], row["after_days"])
        found[row["whose"]] = (count + row["n"], max(newest, due))
    for whose, (count, newest) in found.items():
        yield whose, count, newest
