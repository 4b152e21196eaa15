"""What became of customers: who is asked after 30 and 90 days, and their answers.

The question is about a customer, not about a case: everybody who entered a case of which it is due
is asked, and the first answer holds for all of the customer's cases of which it is asked then,
colleagues' too. The day is the company's: asked for a month, nobody misses it by a time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import Case, Customer, FollowUp, Outcome
from empowerment.rules.outcomes import ASKED_AFTER, days_asked, question_due
from people.models import User
from people.permissions import led_departments
from people.services import audit
from people.services.retrying import retried

MOST_READ = 400
"""Cases that are looked through for one page of questions."""


class OutcomeRefused(Exception):
    """Nothing was noted, and why."""


@dataclass(frozen=True)
class Question:
    """A customer of whom somebody is asked: the latest case of theirs, and how many they have;
    `said` is what is known already."""

    case: Case
    cases: int
    said: str = ""


def in_question(*, today: date) -> QuerySet[Case]:
    """Cases of which it is asked today, answered or not, each with `after_days`."""
    asked = Q()
    for after_days in ASKED_AFTER:
        asked |= Q(spent_on__range=days_asked(after_days, today=today))
    first, second = ASKED_AFTER
    newest_of_second = days_asked(second, today=today)[1]
    which = models.Case(When(spent_on__lte=newest_of_second, then=second), default=Value(first))
    return Case.objects.filter(asked, state=Case.State.APPROVED).annotate(after_days=which)


def unanswered(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Of cases in question those whose question is still open."""
    answers = FollowUp.objects.filter(case=OuterRef("pk"), after_days=OuterRef("after_days"))
    return cases.exclude(Exists(answers))


def asked_of(user: User, *, today: date) -> Q:
    """Whose customers somebody is asked about: their own, and as a lead those of who has left."""
    left = Q(employee__left_on__lt=today) | Q(employee__erased_at__isnull=False)
    led = led_departments(user, on=today)
    return Q(employee__user=user.pk) | (left & Q(department__in=led) if led else Q(pk=None))


def may_answer(user: User, case: Case, *, today: date) -> bool:
    if case.employee.user_id == user.pk:
        return True
    gone = case.employee.erased_at is not None or case.employee.has_left(on=today)
    return gone and case.department_id in led_departments(user, on=today)


def asks_outcome(user: User, case: Case, *, today: date) -> bool:
    """Whether this person may say now what became of the case's customer."""
    return may_answer(user, case, today=today) and in_question(today=today).contains(case)


def count_questions(user: User, *, now: datetime) -> int:
    """How many customers somebody is to be asked about."""
    today = timezone.localdate(now)
    cases = unanswered(in_question(today=today)).filter(asked_of(user, today=today))
    return cases.aggregate(n=models.Count("customer", distinct=True))["n"]


def questions(user: User, *, now: datetime) -> list[Question]:
    """The customers somebody is to be asked about, whose time is over first, first."""
    today = timezone.localdate(now)
    return _by_customer(unanswered(in_question(today=today)), user, today=today)


def answered(user: User, *, now: datetime) -> list[Question]:
    """The customers somebody has told of and may still correct, the last told first."""
    today = timezone.localdate(now)
    own = FollowUp.objects.filter(case=OuterRef("pk"), after_days=OuterRef("after_days"))
    told = in_question(today=today).filter(Exists(own.filter(made_by=user)))
    last = own.order_by("-pk")
    told = told.annotate(said=last.values("answer")[:1], told=last.values("pk")[:1])
    return _by_customer(told.order_by("-told"), user, today=today)


def _by_customer(cases: QuerySet[Case], user: User, *, today: date) -> list[Question]:
    if not cases.query.order_by:
        cases = cases.order_by("spent_on", "pk")
    found: dict[int, list[Case]] = {}
    known = cases.filter(asked_of(user, today=today)).select_related("customer", "moment")
    for case in known[:MOST_READ]:
        found.setdefault(case.customer_id, []).append(case)
    return [
        Question(max(own, key=lambda case: case.pk), len(own), getattr(own[0], "said", ""))
        for own in found.values()
    ]


@retried
@transaction.atomic
def answer(case: Case, outcome: Outcome, *, by: User, now: datetime) -> list[FollowUp]:
    """Note what became of the customer for every case of theirs that is in question today.

    The same again changes nothing; another answer counts from now on. Returns what was added.
    Raises OutcomeRefused: not asked of this case now, or not asked of this person.
    """
    today = timezone.localdate(now)
    if not may_answer(by, case, today=today):
        raise OutcomeRefused(_("Only who entered a case is asked, or a lead when they have left."))
    _lock(case.customer_id)
    cases = in_question(today=today).filter(customer=case.customer_id).order_by("pk")
    asked = {each: _after_days(each, today=today) for each in cases.select_related("employee")}
    if case not in asked:
        raise OutcomeRefused(not_asked_now(case, today=today))
    known = _last_answers(list(asked))
    new = [(each, days) for each, days in asked.items() if known.get((each.pk, days)) != outcome]
    added = FollowUp.objects.bulk_create(
        FollowUp(case=each, after_days=days, answer=outcome, made_by=by, made_at=now)
        for each, days in new
    )  # fmt: skip
    note_outcomes([(each, outcome) for each, _days in new], by=by, why="")
    return added


def _after_days(case: Case, *, today: date) -> int:
    assert case.spent_on
    days = question_due(case.spent_on, today=today)
    assert days
    return days


def not_asked_now(case: Case, *, today: date) -> str:
    if case.state != Case.State.APPROVED or case.spent_on is None:
        return _("This case spent nothing, so there is nothing to ask.")
    if question_due(case.spent_on, today=today) is None:
        return _("It is asked from day 30 to day 60 after a case, and from day 90 to day 120.")
    return _("The customer's outcome is not asked now.")


def _lock(customer_id: int) -> None:
    """Two answers about one customer come one after the other."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def _last_answers(cases: list[Case]) -> dict[tuple[int, int], str]:
    rows = FollowUp.objects.filter(case__in=cases).order_by("pk")
    return {(case, days): said for case, days, said in rows.values_list(
        "case", "after_days", "answer"
    )}  # fmt: skip


def note_outcomes(told: list[tuple[Case, Outcome]], *, by: User, why: str) -> None:
    """The answers that count from now on, on their cases and in the log; the customers are locked
    by the caller. Each case comes with its `employee`."""
    for outcome in Outcome:
        pks = [case.pk for case, said in told if said == outcome]
        for start in range(0, len(pks), 500):
            Case.objects.filter(pk__in=pks[start : start + 500]).update(outcome=outcome)
    audit.record_many(
        "note_outcome", by=by, why=why, people=[case.employee for case, _said in told],
        changes=[(f"case:{case.pk}", case.outcome, said.value) for case, said in told],
    )  # fmt: skip
