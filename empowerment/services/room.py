"""What may be spent in people's words: each limit with what is used and left of it, the room that
they leave together, and who can say more."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from empowerment.models import Case
from empowerment.rules.limits import Check, Measure
from empowerment.services.allowances import Allowance, spender_of
from empowerment.services.asking import answered_within, asked_next, deciders
from people.models import User
from people.money import money


def told(check: Check, currency: str) -> str:
    """One limit with its figures, as a sentence: “You may spend at most …”."""
    words = {
        "limit": money(check.limit_minor, currency), "used": money(check.used_minor, currency),
        "left": money(check.left_minor, currency), "days": check.days or 1,
    }  # fmt: skip
    return _sentence(check) % words


def _sentence(check: Check) -> str:
    match check.measure:
        case Measure.CASE:
            return _("At most %(limit)s may go into one case.")
        case Measure.CUSTOMER:
            return ngettext(
                "At most %(limit)s may go to one customer in %(days)s day: %(used)s is spent,"
                " %(left)s is left.",
                "At most %(limit)s may go to one customer in %(days)s days: %(used)s is spent,"
                " %(left)s is left.",
                check.days or 1,
            )
        case Measure.DAY:
            return _(
                "You may spend at most %(limit)s a day: %(used)s is spent today, %(left)s is left."
            )
        case Measure.MONTH:
            return _(
                "You may spend at most %(limit)s a month: %(used)s is spent, %(left)s is left."
            )
    return _(
        "Your department may spend at most %(limit)s this month: %(used)s is spent, %(left)s is"
        " left."
    )


def nothing_set(missing: list[Measure]) -> str:
    """What nobody has set yet, and whom to ask for it."""
    if Measure.DEPARTMENT in missing:
        return _("Your department has no empowerment budget yet. Ask finance.")
    return _("Nobody has set yet what you may spend on one case. Ask HR.")


def room_told(found: list[Allowance], *, named: bool) -> str:
    """The most that may be spent at once now, on a customer who is `named` or on any one."""
    able = [each for each in found if not each.missing]
    if not able:
        return nothing_set(found[0].missing) if found else nothing_set([Measure.CASE])
    amounts = _(" or ").join(money(each.room_minor, each.currency) for each in able)
    if not any(each.room_minor for each in able):
        return (
            _("Nothing more may be spent on this customer today without asking.") if named
            else _("You may spend nothing more today without asking.")
        )  # fmt: skip
    if named:
        return _("You may spend up to %(amounts)s on this customer today.") % {"amounts": amounts}
    return _("You may spend up to %(amounts)s on one customer today.") % {"amounts": amounts}


@dataclass(frozen=True)
class Asked:
    """Who would decide, and until when before it is passed on."""

    names: tuple[str, ...]
    until: datetime


def asked_for_more(by: User, *, now: datetime) -> Asked:
    """Whom somebody asks for more than the limits, here and now. Raises SpendingRefused."""
    spender, today = spender_of(by, now=now), timezone.localdate(now)
    case = Case(employee=by.employee, department_id=spender.department_id)
    case.asked_of_id = asked_next(case, on=today)
    names = sorted(each.display_name for each in deciders(case, on=today))
    return Asked(tuple(names), now + answered_within(on=today))
