"""Above the limits: asked of a lead, with a clock that passes it on, and never of oneself."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import Case, CaseStep
from empowerment.rules.limits import checks_of
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
from empowerment.signals import case_asked, case_decided
from ledger.services.posting import FloorBroken
from people.models import Placement, Role, RoleAssignment, User
from people.services import audit
from people.services.policies import in_force
from people.services.retrying import retried

What = CaseStep.What


def ask(wanted: Spend, *, by: User, now: datetime) -> Case:
    """Ask a lead for what is above the limits; what is within them is approved at once.

    The same key again gives the same case. Raises SpendingRefused; nothing is asked then.
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
    case.asked_of_id = asked_next(case.department_id, by=by, on=timezone.localdate(now))
    case.decide_by = now + answered_within(on=timezone.localdate(now))
    case.save(force_insert=True)
    _step(case, What.ASKED, "", by=by, now=now)
    audit.record(
        "ask_for_case", by=by, subject=f"case:{case.pk}", person=case.employee,
        after=Case.State.ASKED.value, why=wanted.reason,
    )  # fmt: skip
    _send(case_asked, case)
    return case


def answered_within(*, on: date) -> timedelta:
    """How long a lead has before a request is passed on (policy `answer_minutes`)."""
    return timedelta(minutes=int(in_force("answer_minutes", on=on)))


def asked_next(
    department_id: int | None, *, by: User, on: date, after: int | None = None
) -> int | None:
    """The nearest department, from this one upwards and past `after`, which somebody else leads;
    None: executives decide."""
    parents = dict(Placement.objects.on(on).values_list("department", "parent"))
    leads = RoleAssignment.objects.on(on).filter(role=Role.LEAD, user__is_active=True)
    led = set(leads.exclude(user=by).values_list("department", flat=True))
    here = parents.get(after) if after else department_id
    while here is not None and here not in led:
        here = parents.get(here)
    return here


def deciders(case: Case, *, on: date) -> list[User]:
    """Who is asked now: leads of the department that is asked, or executives; never the asker."""
    held = RoleAssignment.objects.on(on).filter(user__is_active=True)
    if case.asked_of_id:
        held = held.filter(role=Role.LEAD, department=case.asked_of_id)
    else:
        held = held.filter(role=Role.EXECUTIVE)
    return list(User.objects.filter(pk__in=held.exclude(user=case.employee.user_id).values("user")))


@retried
@transaction.atomic
def decide(case: Case, *, approve: bool, reason: str, by: User, now: datetime) -> Case:
    """A lead's answer. The personal limits are what it lifts; the department's budget holds.

    Raises SpendingRefused: one's own, decided before, no reason for a no, no budget. A second
    answer that says the same changes nothing.
    """
    case = lock(case)
    state = Case.State.APPROVED if approve else Case.State.DECLINED
    if case.employee.user_id == by.pk:
        raise SpendingRefused(_("Nobody decides on their own case."))
    if case.state == state and case.decided_by_id == by.pk:
        return case
    if case.state != Case.State.ASKED:
        raise SpendingRefused(
            _("This case is %(state)s already.") % {"state": case.get_state_display()}
        )
    if not approve and not reason.strip():
        raise SpendingRefused(_("Say why, and what the customer can be offered instead."), "reason")
    case.state, case.decided_by, case.decided_at = state, by, now
    if approve:
        _approve(case, by=by, now=now)
    else:
        case.save(update_fields=["state", "decided_by", "decided_at"])
    _step(case, What.APPROVED if approve else What.DECLINED, reason, by=by, now=now)
    audit.record(
        "decide_case", by=by, subject=f"case:{case.pk}", person=case.employee,
        before=Case.State.ASKED.value, after=state.value, why=reason,
    )  # fmt: skip
    _send(case_decided, case)
    return case


def _approve(case: Case, *, by: User, now: datetime) -> None:
    # What is spent on a customer is counted under the customer's lock.
    lock_customer(case.customer.reference, now=now)
    # Where the case was entered, wherever its employee works by now.
    today = now.astimezone(ZoneInfo(case.site.time_zone)).date()
    here = Spender(case.employee_id, None, "", case.department_id, case.site_id, today)
    case.spent_on = today
    case.save(update_fields=["state", "decided_by", "decided_at", "spent_on"])
    known = limits_of(here)
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
    if case.state != Case.State.ASKED:
        raise SpendingRefused(
            _("This case is %(state)s already.") % {"state": case.get_state_display()}
        )
    case.state = Case.State.WITHDRAWN
    case.save(update_fields=["state"])
    _step(case, What.WITHDRAWN, "", by=by, now=now)
    audit.record(
        "withdraw_case", by=by, subject=f"case:{case.pk}", person=case.employee,
        before=Case.State.ASKED.value, after=Case.State.WITHDRAWN.value,
    )  # fmt: skip
    return case


def pass_on(*, now: datetime, by: User) -> int:
    """Pass requests whose time is over to whoever is next, each once a clock; returns how many."""
    overdue = Case.objects.waiting().filter(decide_by__lte=now).order_by("pk")
    return sum(_pass_on(pk, now=now, by=by) for pk in overdue.values_list("pk", flat=True))


@retried
@transaction.atomic
def _pass_on(case_pk: int, *, now: datetime, by: User) -> bool:
    case = lock(Case(pk=case_pk))
    if case.state != Case.State.ASKED or case.decide_by is None or case.decide_by > now:
        return False
    if case.asked_of_id is None:
        # Executives are the last; they are reminded, and nothing is decided by waiting.
        case.decide_by = now + answered_within(on=timezone.localdate(now))
        case.save(update_fields=["decide_by"])
        _send(case_asked, case)
        return False
    today = timezone.localdate(now)
    asker = case.employee.user
    before = case.asked_of
    case.asked_of_id = asked_next(None, by=asker or by, on=today, after=case.asked_of_id)
    case.decide_by = now + answered_within(on=today)
    case.save(update_fields=["asked_of", "decide_by"])
    _step(case, What.ESCALATED, str(before), by=by, now=now)
    _send(case_asked, case)
    return True


def _step(case: Case, what: CaseStep.What, text: str, *, by: User, now: datetime) -> None:
    CaseStep.objects.create(case=case, what=what, text=text.strip(), made_by=by, made_at=now)


def _send(signal: Signal, case: Case) -> None:
    transaction.on_commit(lambda: signal.send(sender=Case, case_id=case.pk), robust=True)
