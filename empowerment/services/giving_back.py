"""Money that comes back, in part or all of it: the allowance is given back with it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from empowerment.models import Case, CaseReturn, CaseStep
from empowerment.services import budgets
from empowerment.services.allowances import SpendingRefused, sent_before
from ledger.services.posting import post
from people.dates import short_day
from people.models import Role, RoleAssignment, User
from people.money import money
from people.services import audit
from people.services.calendars import subtree
from people.services.previews import Effects
from people.services.retrying import retried


@dataclass(frozen=True)
class GivenBack:
    """`amount_minor` (> 0) of a case that came back; the same `key` again is the same."""

    key: UUID
    amount_minor: int
    reason: str


@retried
@transaction.atomic
def give_back(case: Case, back: GivenBack, *, by: User, now: datetime) -> CaseReturn:
    """Give money back to the allowance in the windows it was taken from, once.

    Raises SpendingRefused: not theirs to give back, more than is left, nothing, no reason, nothing
    was spent.
    """
    case = lock(case)
    _refuse_others(case, by=by, now=now)
    known = CaseReturn.objects.filter(key=back.key).first()
    if known:
        if (known.case_id, known.amount_minor) != (case.pk, back.amount_minor):
            raise SpendingRefused(sent_before())
        return known
    _refuse(case, back)
    return _give_back(case, back, what=CaseStep.What.RETURNED, by=by, now=now)


@retried
@transaction.atomic
def cancel(case: Case, back: GivenBack, *, by: User, now: datetime) -> Case:
    """All that is left comes back and the case is over; `amount_minor` is taken from the case.

    Raises SpendingRefused; cancelled before, it stays as it was.
    """
    case = lock(case)
    _refuse_others(case, by=by, now=now)
    if case.state == Case.State.CANCELLED:
        return case
    back = GivenBack(back.key, case.net_minor, back.reason)
    if not case.net_minor:
        raise SpendingRefused(_("All of it has come back already."))
    if CaseReturn.objects.filter(key=back.key).exists():
        raise SpendingRefused(sent_before())
    _refuse(case, back)
    _give_back(case, back, what=CaseStep.What.CANCELLED, by=by, now=now)
    case.state = Case.State.CANCELLED
    case.save(update_fields=["state"])
    return case


def give_back_and_say(case: Case, back: GivenBack, *, by: User, now: datetime) -> Effects:
    """The same, as lines for who decides on it; sent again they are the same lines."""
    returned = give_back(case, back, by=by, now=now)
    return _effects(lock(case), returned)


def cancel_and_say(case: Case, back: GivenBack, *, by: User, now: datetime) -> Effects:
    cancelled = cancel(case, back, by=by, now=now)
    last = cancelled.returns.last()
    assert last
    return [
        *_effects(cancelled, last),
        _("The case is cancelled. It stays in the lists, with its reasons."),
    ]


def _effects(case: Case, returned: CaseReturn) -> Effects:
    assert case.spent_on
    said = {
        "amount": money(returned.amount_minor, case.currency),
        "net": money(case.net_minor, case.currency),
        "whole": money(case.amount_minor, case.currency),
        "department": case.department,
        "month": formats.date_format(case.spent_on, "YEAR_MONTH_FORMAT"),
        "day": short_day(case.spent_on),
        "name": case.employee.name,
    }
    counted = (
        _("It counts no longer as spent on the customer, nor for %(name)s on %(day)s.")
        if case.within_limits
        else _("It counts no longer as spent on the customer.")
    )
    return [
        _("%(amount)s go back to the budget of %(department)s for %(month)s.") % said,
        counted % said,
        _("The case costs %(net)s then, of %(whole)s.") % said,
    ]


def may_give_back(case: Case, *, by: User, on: date) -> bool:
    """Whoever entered it, finance, who sees money arrive, and once its employee has left a lead.

    While the employee is here no lead does, whatever else they are: it would refuse afterwards what
    was approved.
    """
    if case.employee.user_id == by.pk:
        return True
    held = RoleAssignment.objects.on(on).filter(user=by)
    led = set(held.filter(role=Role.LEAD).values_list("department", flat=True))
    if case.department_id in subtree(led, on=on):
        return case.employee.has_left(on=on)
    return held.filter(role=Role.FINANCE).exists()


def _refuse_others(case: Case, *, by: User, now: datetime) -> None:
    if not may_give_back(case, by=by, on=timezone.localdate(now)):
        raise SpendingRefused(
            _("Money is given back by who entered the case, or by finance when it has arrived.")
        )


def lock(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)


def _refuse(case: Case, back: GivenBack) -> None:
    if case.state != Case.State.APPROVED:
        raise SpendingRefused(_("Nothing of this case was spent, or it is cancelled."))
    if not back.reason.strip():
        raise SpendingRefused(_("Say why."), "reason")
    if not 0 < back.amount_minor <= case.net_minor:
        raise SpendingRefused(
            _("Between %(least)s and %(most)s can come back.")
            % {"least": money(1, case.currency), "most": money(case.net_minor, case.currency)},
            "amount",
        )


def _give_back(
    case: Case, back: GivenBack, *, what: CaseStep.What, by: User, now: datetime
) -> CaseReturn:
    returned = CaseReturn.objects.create(
        case=case, key=back.key, amount_minor=back.amount_minor, reason=back.reason.strip(),
        made_by=by, made_at=now,
    )  # fmt: skip
    case.returned_minor += back.amount_minor
    case.save(update_fields=["returned_minor"])
    _move_back(returned, case, by=by)
    CaseStep.objects.create(
        case=case, what=what, text=back.reason.strip(), made_by=by, made_at=now,
    )  # fmt: skip
    audit.record(
        "give_case_back", by=by, subject=f"case:{case.pk}", person=case.employee,
        before=case.returned_minor - back.amount_minor, after=case.returned_minor,
        why=back.reason.strip(),
    )  # fmt: skip
    return returned


def _move_back(returned: CaseReturn, case: Case, *, by: User) -> None:
    assert case.spent_on
    budget = budgets.locked(
        case.department_id, month=case.spent_on.replace(day=1), currency=case.currency
    )
    post(
        key=budgets.return_key(returned.pk), from_account=budgets.spent_account(case.currency),
        to_account=budget.account, amount_minor=returned.amount_minor, why="came back", by=by,
    )  # fmt: skip
    budgets.bring_to_limit(budget)
