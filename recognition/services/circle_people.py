"""Who has not been recognised, and who praises: people by name, for HR and their leads only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from people.models import Employee, Employees, Membership, User
from people.services import audit
from recognition.models import Nomination, Nominee, ReminderPutOff
from recognition.rules.awards import months_before
from recognition.rules.circle import since, turn_of_week
from recognition.services.circle import counting, employed_on

SETTLED_MONTHS = 3
"""Nobody is missed before that."""
PUT_OFF_DAYS = 90


def working_in(people: Employees, departments: Collection[int] | None, *, on: date) -> Employees:
    """Those of these departments on a day; None: of all."""
    if departments is None:
        return people
    places = Membership.objects.on(on).filter(department__in=departments)
    return people.filter(pk__in=places.values("employee"))


def unrecognised(day: date) -> Employees:
    """Those employed and not recognised in the twelve months up to a day, with the day of their
    newest praise as `last_praised`, None for never."""
    praise = Nominee.objects.filter(
        employee=OuterRef("pk"), nomination__state=Nomination.State.PUBLISHED,
        nomination__published_on__lte=day,
    )  # fmt: skip
    newest = praise.order_by("-nomination__published_on").values("nomination__published_on")
    # Asked person by person: a lead's few on each first page must not cost the whole company.
    return (
        employed_on(day)
        .filter(~Exists(praise.filter(nomination__published_on__gte=since(day))))
        .annotate(last_praised=Subquery(newest[:1]))
    )


def givers(day: date) -> Employees:
    """Those employed, with `given`: their nominations of the twelve months, and `last_gave`."""
    own = Nomination.objects.published().filter(giver=OuterRef("pk"), published_on__lte=day)
    given = counting(day).filter(giver=OuterRef("pk")).order_by().values("giver")
    return employed_on(day).annotate(
        given=Coalesce(Subquery(given.annotate(n=Count("pk")).values("n")), Value(0)),
        last_gave=Subquery(own.order_by("-published_on").values("published_on")[:1]),
    )


def gave(people: Employees, day: date, *, something: bool) -> Employees:
    """Those who praised somebody in the twelve months, or those who did not."""
    named = Q(pk__in=counting(day).values("giver"))
    return people.filter(named if something else ~named)


@dataclass(frozen=True)
class Reminder:
    """A colleague of whom nothing was told: `ever` says whether something was, over a year ago."""

    employee: Employee
    ever: bool


def reminders(user: User, departments: Collection[int], *, on: date) -> list[Reminder]:
    """At most three colleagues of these departments whose turn it is this week.

    Here for three months, and never recognised or not for a year; not who reads it, and not whom
    they have put off.
    """
    settled = unrecognised(on).filter(hired_on__lte=months_before(on, SETTLED_MONTHS))
    found = working_in(settled, departments, on=on).exclude(user=user).order_by("pk")
    put_off_now = ReminderPutOff.objects.filter(user=user, until_date__gte=on)
    turn = turn_of_week(
        list(found.values_list("pk", flat=True)), on,
        but=frozenset(put_off_now.values_list("employee", flat=True)),
    )  # fmt: skip
    chosen = {each.pk: each for each in found.filter(pk__in=turn)}
    return [Reminder(chosen[pk], chosen[pk].last_praised is not None) for pk in turn]


@transaction.atomic
def put_off(employee: Employee, *, by: User, now: datetime) -> ReminderPutOff:
    """Do not remind this lead of a colleague for 90 days."""
    today = timezone.localdate(now)
    ReminderPutOff.objects.filter(user=by, until_date__lt=today).delete()
    until = today + timedelta(days=PUT_OFF_DAYS)
    reminder, _made = ReminderPutOff.objects.update_or_create(
        user=by, employee=employee, defaults={"until_date": until}
    )
    audit.record(
        "put_off_reminder", by=by, subject=f"employee:{employee.pk}",
        after={"until_date": until.isoformat()}, person=employee,
    )  # fmt: skip
    return reminder
