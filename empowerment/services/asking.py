"""Above the limits: asked of a lead, with a clock that passes it on, and never of oneself.

Whoever is concerned is told in the transaction of the change: neither lost nor twice.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import Case, CaseStep
from empowerment.rules.limits import Measure, checks_of
from empowerment.services import notices
from empowerment.services.allowances import (
    Spender,
    SpendingRefused,
    limits_of,
    spender_of,
    used_by,
)
from empowerment.services.budgets import no_budget
from empowerment.services.giving_back import lock
from empowerment.services.spending import (
    BeyondLimits,
    Spend,
    entered,
    known_case,
    limits_in,
    lock_customer,
    pay,
    refuse_what_can_never_be,
    spend,
)
from ledger.services.posting import FloorBroken
from people.models import Placement, Role, RoleAssignment, User
from people.services import audit
from people.services.calendars import subtree
from people.services.policies import in_force
from people.services.retrying import retried
from people.services.roles import roles_in_force

What = CaseStep.What


def ask(wanted: Spend, *, by: User, now: datetime) -> Case:
    """Ask a lead for what is above the limits; what is within them is approved at once.

    The same key again gives the same case. Raises SpendingRefused, also where nobody could decide;
    nothing is asked then.
    """
    try:
        return spend(wanted, by=by, now=now)
    except BeyondLimits:
        pass
    if not wanted.reason.strip():
        raise SpendingRefused(
            _("Say why the customer needs it, so that a lead can decide."), "reason"
        )
    try:
        return _ask(wanted, by=by, now=now)
    except IntegrityError:
        known = known_case(wanted, by=by)
        if known is None:
            raise
        return known


@retried
@transaction.atomic
def _ask(wanted: Spend, *, by: User, now: datetime) -> Case:
    refuse_what_can_never_be(wanted, now=now)
    spender = spender_of(by, now=now, lock=True)
    limits = limits_in(wanted.currency, spender)
    customer_id = lock_customer(wanted.reference, now=now)
    checks = checks_of(limits.lines, used_by(spender, customer_id, limits))
    case = entered(wanted, spender, customer_id, checks, now=now)
    case.state = Case.State.ASKED
    today = timezone.localdate(now)
    case.asked_of_id = asked_next(case, on=today)
    asked = deciders(case, on=today)
    if not asked:
        raise SpendingRefused(
            _("Nobody could decide on this: there is no lead above you and no executive. Ask HR.")
        )
    case.decide_by = now + answered_within(on=today)
    case.save(force_insert=True)
    _step(case, What.ASKED, "", by=by, now=now)
    audit.record(
        "ask_for_case", by=by, subject=f"case:{case.pk}", person=case.employee,
        after=Case.State.ASKED.value, why=wanted.reason,
    )  # fmt: skip
    notices.tell_of_asked([(case, user) for user in asked])
    return case


def answered_within(*, on: date) -> timedelta:
    """How long a lead has before a request is passed on (policy `answer_minutes`)."""
    return timedelta(minutes=int(in_force("answer_minutes", on=on)))


def asked_next(case: Case, *, on: date) -> int | None:
    """The nearest department, from the case's own upwards, with a lead who has not been asked: not
    the asker, and who leads two departments is asked once. None: executives decide."""
    parents = dict(Placement.objects.on(on).values_list("department", "parent"))
    leads = _leads(but_not=case.employee.user_id, on=on)
    way: list[int] = []
    here: int | None = case.department_id
    while here is not None:
        way.append(here)
        here = parents.get(here)
    # Nobody whom the asker leads answers: the way begins at the topmost of the asker's own.
    own = _led_by(case.employee.user_id, on=on)
    way = way[max((at for at, each in enumerate(way) if each in own), default=0) :]
    after = case.asked_of_id
    # Where departments have moved since, the way begins anew.
    passed = way[: way.index(after) + 1] if after in way else []
    asked = leads[after or 0].union(*(leads[each] for each in passed))
    return next((each for each in way[len(passed) :] if leads[each] - asked), None)


def _led_by(user_id: int | None, *, on: date) -> set[int | None]:
    held = RoleAssignment.objects.on(on).filter(role=Role.LEAD, user=user_id)
    return set(held.values_list("department", flat=True))


def answers(case: Case, *, by: User, on: date) -> bool:
    """Whether somebody may answer a request: a lead of its department or above, unless the asker
    leads them; executives once they are asked. Never the asker."""
    if by.pk == case.employee.user_id:
        return False
    if case.asked_of_id is None and Role.EXECUTIVE in roles_in_force(by):
        return True
    own = _led_by(case.employee.user_id, on=on) - {None}
    led = _led_by(by.pk, on=on) - {None}
    below_the_asker = subtree({pk for pk in own if pk}, on=on) - own
    return case.department_id in subtree({pk for pk in led - below_the_asker if pk}, on=on)


def _leads(*, but_not: int | None, on: date) -> dict[int | None, set[int]]:
    held = RoleAssignment.objects.on(on).filter(role=Role.LEAD, user__is_active=True)
    found: dict[int | None, set[int]] = defaultdict(set)
    for department_id, user_id in held.values_list("department", "user"):
        if user_id != but_not:
            found[department_id].add(user_id)
    return found


def deciders(case: Case, *, on: date) -> list[User]:
    """Who is asked now: leads of the department that is asked, or executives; never the asker."""
    held = RoleAssignment.objects.on(on).filter(user__is_active=True)
    if case.asked_of_id:
        held = held.filter(role=Role.LEAD, department=case.asked_of_id)
    else:
        held = held.filter(role=Role.EXECUTIVE)
    found = User.objects.filter(pk__in=held.values("user"))
    return [user for user in found.order_by("pk") if user.pk != case.employee.user_id]


def budget_left(case: Case, *, now: datetime) -> int | None:
    """What the case's department may still spend this month, in minor units of the case; None
    without a budget."""
    limits = limits_of(_here(case, now=now)).get(case.currency)
    line = limits and limits.of(Measure.DEPARTMENT)
    if not limits or not line:
        return None
    return max(0, (line.amount_minor or 0) - limits.budget.spent_minor)


@retried
@transaction.atomic
def decide(case: Case, *, approve: bool, reason: str, by: User, now: datetime) -> Case:
    """A lead's answer. The personal limits are what it lifts; the department's budget holds.

    Raises SpendingRefused: one's own, decided before and by whom, no reason for a no, no budget.
    A second answer of the same person that says the same changes nothing.
    """
    case = lock(case)
    state = Case.State.APPROVED if approve else Case.State.DECLINED
    if case.employee.user_id == by.pk:
        raise SpendingRefused(_("Nobody decides on their own case."))
    if not answers(case, by=by, on=timezone.localdate(now)):
        raise SpendingRefused(_("This is for the leads who are asked, or for executives."))
    if case.state == state and case.decided_by_id == by.pk:
        return case
    _refuse_unless_asked(case)
    if not approve and not reason.strip():
        raise SpendingRefused(_("Say why, and what the customer can be offered instead."), "reason")
    case.state, case.decided_by, case.decided_at = state, by, now
    if approve:
        case.spent_on = _here(case, now=now).today
    case.save(update_fields=["state", "decided_by", "decided_at", "spent_on"])
    _step(case, What.APPROVED if approve else What.DECLINED, reason, by=by, now=now)
    audit.record(
        "decide_case", by=by, subject=f"case:{case.pk}", person=case.employee,
        before=Case.State.ASKED.value, after=state.value, why=reason,
    )  # fmt: skip
    notices.tell_of_decision(case)
    if approve:
        _pay(case, by=by, now=now)
    return case


def _refuse_unless_asked(case: Case) -> None:
    if case.state == Case.State.ASKED:
        return
    state = {"state": case.get_state_display()}
    if case.decided_by:
        raise SpendingRefused(
            _("%(name)s has decided this case already: %(state)s.")
            % {"name": case.decided_by.display_name, **state}
        )
    raise SpendingRefused(_("This case is %(state)s already.") % state)


def _here(case: Case, *, now: datetime) -> Spender:
    """Where the case was entered, wherever its employee works by now."""
    today = now.astimezone(ZoneInfo(case.site.time_zone)).date()
    # The department may have moved since, and has its budget where it is.
    sites = Placement.objects.on(today).filter(department=case.department_id)
    site_id = sites.values_list("site", flat=True).first() or case.site_id
    return Spender(case.employee_id, None, "", case.department_id, site_id, today)


def _pay(case: Case, *, by: User, now: datetime) -> None:
    """Last: who spends from the same department waits for its account."""
    # What is spent on a customer is counted under the customer's lock.
    lock_customer(case.customer.reference, now=now)
    known = limits_of(_here(case, now=now))
    if case.currency not in known:
        raise SpendingRefused(no_budget())
    try:
        pay(case, known[case.currency], by=by)
    except FloorBroken:
        raise SpendingRefused(
            _("The department's budget of this month does not hold that. Ask finance for more.")
        ) from None


@retried
@transaction.atomic
def withdraw(case: Case, *, by: User, now: datetime) -> Case:
    """Take a request back before it is decided. Raises SpendingRefused."""
    case = lock(case)
    if case.employee.user_id != by.pk:
        raise SpendingRefused(_("Only who asked takes a request back."))
    if case.state == Case.State.WITHDRAWN:
        return case
    _refuse_unless_asked(case)
    case.state = Case.State.WITHDRAWN
    case.save(update_fields=["state"])
    _step(case, What.WITHDRAWN, "", by=by, now=now)
    audit.record(
        "withdraw_case", by=by, subject=f"case:{case.pk}", person=case.employee,
        before=Case.State.ASKED.value, after=Case.State.WITHDRAWN.value,
    )  # fmt: skip
    return case


def pass_on(*, now: datetime, by: User) -> int:
    """Pass requests whose time is over, or which nobody is left to answer, to whoever is next, and
    tell those who have become leads since; returns how many were passed on."""
    today = timezone.localdate(now)
    answers = RoleAssignment.objects.on(today).filter(
        ~Q(user=Coalesce(OuterRef("employee__user"), 0)),
        role=Role.LEAD, user__is_active=True, department=OuterRef("asked_of"),
    )  # fmt: skip
    nobody_left = Q(asked_of__isnull=False) & ~Exists(answers)
    due = Case.objects.waiting().filter(Q(decide_by__lte=now) | nobody_left).order_by("pk")
    passed = [_pass_on(pk, now=now, by=by) for pk in due.values_list("pk", flat=True)]
    waiting = Case.objects.waiting().select_related("employee").order_by("pk")
    notices.tell_of_asked((case, user) for case in waiting for user in deciders(case, on=today))
    return sum(passed)


@retried
@transaction.atomic
def _pass_on(case_pk: int, *, now: datetime, by: User) -> bool:
    """Executives are the last; they are reminded, and nothing is decided by waiting."""
    case, today = lock(Case(pk=case_pk)), timezone.localdate(now)
    if case.state != Case.State.ASKED or case.decide_by is None:
        return False
    answering = deciders(case, on=today)
    if case.decide_by > now and (answering or case.asked_of_id is None):
        return False
    case.decide_by = now + answered_within(on=today)
    if case.asked_of_id is None:
        case.save(update_fields=["decide_by"])
        notices.remind(case, answering, on=today)
        return False
    before = case.asked_of
    case.asked_of_id = asked_next(case, on=today)
    case.save(update_fields=["asked_of", "decide_by"])
    _step(case, What.ESCALATED, str(before), by=by, now=now)
    notices.tell_of_asked([(case, user) for user in deciders(case, on=today)])
    notices.tell_of_passing(case)
    return True


def _step(case: Case, what: CaseStep.What, text: str, *, by: User, now: datetime) -> None:
    CaseStep.objects.create(case=case, what=what, text=text.strip(), made_by=by, made_at=now)
