"""Looking at cases after the fact: who looks, what is said, and the answer to it.

Nothing approved is refused here: a look ends with words, or without any.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import Case, CaseStep, Review
from empowerment.rules.signals import FEWEST_PEERS
from empowerment.services.giving_back import lock
from empowerment.services.review_notices import tell_answer, tell_comment
from people.models import Placement, Role, RoleAssignment, User
from people.services import audit
from people.services.retrying import retried

What = CaseStep.What
LONGEST_COMMENT = 500
SIGNALS = [why.value for why in Review.Why if why != Review.Why.SAMPLE]


class ReviewRefused(Exception):
    """Nothing was said or marked; `field` of the form is at fault, "" when none is."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


class Lookers:
    """Who looks at whose cases on a day: leads of the department and above it, never at an own
    case or at one that they approved; where that leaves nobody, executives."""

    def __init__(self, *, on: date):
        self._chains = _chains(on)
        held = RoleAssignment.objects.on(on).filter(role=Role.EXECUTIVE, user__is_active=True)
        self._executives = frozenset(held.values_list("user", flat=True))

    def of(self, case: Case) -> frozenset[int]:
        """User ids."""
        concerned = {case.employee.user_id, case.decided_by_id}
        leads = self._chains.get(case.department_id, frozenset())
        return leads - concerned or self._executives - concerned

    def looked_at_by(self, user: User) -> Q:
        """The cases that `of` gives to somebody, as a condition on Case."""
        led = [pk for pk, leads in self._chains.items() if user.pk in leads]
        mine = Q(department__in=led)
        if user.pk in self._executives:
            mine |= self._left_over()
        return mine & ~Q(employee__user=user.pk) & ~Q(decided_by=user.pk)

    def _left_over(self) -> Q:
        """Cases whose leads, two at most, have all spent or approved the money themselves."""
        by_leads: dict[frozenset[int], list[int]] = defaultdict(list)
        for department_id, leads in self._chains.items():
            if len(leads) <= 2:
                by_leads[leads].append(department_id)
        return reduce(
            or_,
            (
                reduce(and_, map(_concerns, sorted(leads)), Q(department__in=departments))
                for leads, departments in by_leads.items()
            ),
            Q(pk__in=[]),
        )


def _concerns(user_id: int) -> Q:
    return Q(employee__user=user_id) | Q(decided_by=user_id)


def _chains(on: date) -> Mapping[int, frozenset[int]]:
    """By department, who leads it or one above."""
    parents = dict(Placement.objects.on(on).values_list("department", "parent"))
    leads: dict[int | None, set[int]] = defaultdict(set)
    held = RoleAssignment.objects.on(on).filter(role=Role.LEAD, user__is_active=True)
    for department_id, user_id in held.values_list("department", "user"):
        leads[department_id].add(user_id)
    chains = {}
    for department_id in parents:
        above: int | None = department_id
        found: set[int] = set()
        while above is not None:
            found |= leads[above]
            above = parents.get(above)
        chains[department_id] = frozenset(found)
    return chains


def may_look(user: User, case: Case, *, on: date) -> bool:
    return user.pk in Lookers(on=on).of(case)


@retried
@transaction.atomic
def review(case: Case, *, text: str, by: User, now: datetime) -> list[Review]:
    """Mark all that waits of a case as looked at, with a comment or without; what is told of it
    stays with the case. Sent again by the same person it changes nothing.

    Raises ReviewRefused: not theirs to look at, nothing to look at, looked at by somebody else.
    """
    case = lock(case)
    _refuse_who_does_not_look(case, by=by, now=now)
    waiting = list(case.reviews.filter(reviewed_at=None))
    if not waiting:
        if case.reviews.filter(reviewed_by=by).exists():
            return []
        raise ReviewRefused(_("Nothing of this case waits to be looked at."))
    for each in waiting:
        each.reviewed_by, each.reviewed_at = by, now
    Review.objects.bulk_update(waiting, ["reviewed_by", "reviewed_at"])
    step = _step(case, What.REVIEWED, text, by=by, now=now)
    audit.record(
        "review_case", by=by, subject=f"case:{case.pk}", person=case.employee,
        after=sorted(each.why for each in waiting), why=step.text,
    )  # fmt: skip
    if step.text:
        tell_comment(step, case)
    return waiting


@retried
@transaction.atomic
def comment(case: Case, *, text: str, by: User, now: datetime) -> CaseStep:
    """Say something about a case that was spent: who may look at it, or, once somebody has said
    something, whoever spent it. The same words again are the same comment.

    Raises ReviewRefused.
    """
    case = lock(case)
    is_own = case.employee.user_id == by.pk
    if is_own and not may_answer(case):
        raise ReviewRefused(_("Nobody has written about this case yet."))
    if not is_own:
        _refuse_who_does_not_look(case, by=by, now=now)
    if not text.strip():
        raise ReviewRefused(_("Write what you want to say."), "text")
    last = case.steps.filter(what__in=(What.REVIEWED, What.COMMENTED)).last()
    if last and (last.made_by_id, last.text) == (by.pk, text.strip()):
        return last
    step = _step(case, What.COMMENTED, text, by=by, now=now)
    audit.record(
        "comment_case", by=by, subject=f"case:{case.pk}", person=case.employee, why=step.text
    )
    if is_own:
        tell_answer(step, case)
    else:
        tell_comment(step, case)
    return step


def may_answer(case: Case) -> bool:
    """Whether there is something that whoever spent the money can answer."""
    said = case.steps.filter(what__in=(What.REVIEWED, What.COMMENTED))
    return said.exclude(made_by__employee=case.employee_id).exists()


def _refuse_who_does_not_look(case: Case, *, by: User, now: datetime) -> None:
    if case.spent_on is None:
        raise ReviewRefused(_("Nothing was spent in this case."))
    if case.employee.user_id == by.pk:
        raise ReviewRefused(_("Somebody else looks at your own case."))
    if case.decided_by_id == by.pk:
        raise ReviewRefused(_("You approved this case; somebody else looks at it."))
    if not may_look(by, case, on=timezone.localdate(now)):
        raise ReviewRefused(_("This case is for its own leads to look at."))


def _step(case: Case, what: CaseStep.What, text: str, *, by: User, now: datetime) -> CaseStep:
    if len(text.strip()) > LONGEST_COMMENT:
        raise ReviewRefused(
            _("Write at most %(most)s characters.") % {"most": LONGEST_COMMENT}, "text"
        )
    return CaseStep.objects.create(case=case, what=what, text=text.strip(), made_by=by, made_at=now)


def reviews_of(user: User, *, on: date) -> QuerySet[Review]:
    """What somebody may look at, or has."""
    # One look at a case's row for each review: a list of their cases may be a million long.
    own = Case.objects.filter(Lookers(on=on).looked_at_by(user), pk=OuterRef("case"))
    return Review.objects.filter(Exists(own)).order_by("-pk")


@dataclass(frozen=True)
class Looked:
    """A department's reviews without a name: cases drawn and looked at, and how many signals of
    each kind; these are None where so few people spent money that they would be somebody's."""

    department: str
    drawn: int
    reviewed: int
    signals: dict[str, int] | None


def reviews_by_department(*, since: date, until: date) -> list[Looked]:
    """Of the cases of these days, the last one included, by department's name."""
    found = Review.objects.filter(case__spent_on__gte=since, case__spent_on__lte=until)
    rows: Any = (
        found.order_by()
        .values("case__department", name=F("case__department__name"))
        .annotate(
            drawn=Count("case", distinct=True),
            reviewed=Count("case", distinct=True, filter=Q(reviewed_at__isnull=False)),
            people=Count("case__employee", distinct=True),
            **{why: Count("pk", filter=Q(why=why)) for why in SIGNALS},
        )
        .order_by("name", "case__department")
    )
    return [
        Looked(
            row["name"], row["drawn"], row["reviewed"],
            {why: row[why] for why in SIGNALS} if row["people"] >= FEWEST_PEERS else None,
        )
        for row in rows
    ]  # fmt: skip
