"""What people are told of requests above the limits: who is to decide, and who asked.

A mail carries a link, the amount and the clock, and never whom the money is for.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from empowerment.models import Case
from people.dates import moment
from people.models import Role, User
from people.money import money
from people.services.notices import Facts, Kind, News, Way, register, tell_all

DECIDERS = frozenset({Role.LEAD, Role.EXECUTIVE})


def _amount(facts: Facts) -> str:
    return money(facts["amount_minor"], facts["currency"])


def _asked(facts: Facts) -> str:
    return _("A colleague asks for %(amount)s for a customer. Answer by %(time)s.") % {
        "amount": _amount(facts), "time": moment(datetime.fromisoformat(facts["decide_by"])),
    }  # fmt: skip


def _waits(facts: Facts) -> str:
    return _("A request for %(amount)s for a customer still waits for your answer.") % {
        "amount": _amount(facts)
    }


def _passed_on(facts: Facts) -> str:
    said = {"amount": _amount(facts), "department": facts["department"]}
    if not facts["department"]:
        return _("Nobody has answered in time: your request for %(amount)s is with the executives"
                 " now.") % said  # fmt: skip
    return _("Nobody has answered in time: your request for %(amount)s is with the leads of"
             " %(department)s now.") % said  # fmt: skip


def _decided(facts: Facts) -> str:
    said = {"amount": _amount(facts)}
    if facts["approved"]:
        return _("Your request for %(amount)s is approved: put it right now.") % said
    return _("Your request for %(amount)s is declined: read why, and what you can offer.") % said


CASE_ASKED = Kind(
    "case-asked", gettext_lazy("A case waits for your decision"), _asked, way=Way.AT_ONCE,
    roles=DECIDERS,
)  # fmt: skip
CASE_WAITS = Kind(
    "case-waits", gettext_lazy("A case still waits for your decision"), _waits,
    roles=frozenset({Role.EXECUTIVE}),
)  # fmt: skip
CASE_PASSED_ON = Kind(
    "case-passed-on", gettext_lazy("Your request was passed on"), _passed_on, way=Way.AT_ONCE
)
CASE_DECIDED = Kind(
    "case-decided", gettext_lazy("Your request was decided"), _decided, way=Way.AT_ONCE
)
register(CASE_ASKED, CASE_WAITS, CASE_PASSED_ON, CASE_DECIDED)


def _of(case: Case) -> dict:
    return {"amount_minor": case.amount_minor, "currency": case.currency}


def _asked_whom(case: Case) -> str:
    return str(case.asked_of_id or "executives")


def tell_of_asked(asked: Iterable[tuple[Case, User]]) -> None:
    """Each of them once for each department that is asked, and once as an executive."""
    tell_all(
        CASE_ASKED,
        (
            News(
                user, f"case:{case.pk}:asked:{_asked_whom(case)}",
                _of(case) | {"decide_by": case.decide_by.isoformat() if case.decide_by else ""},
                reverse("decide-asked-case", args=[case.pk]),
            )
            for case, user in asked
        ),
    )  # fmt: skip


def remind(case: Case, users: Iterable[User], *, on: date) -> None:
    """Once a day."""
    key, path = f"case:{case.pk}:waits:{on}", reverse("decide-asked-case", args=[case.pk])
    tell_all(CASE_WAITS, [News(user, key, _of(case), path) for user in users])


def tell_of_passing(case: Case) -> None:
    """Whoever asked, if they are still here."""
    facts = _of(case) | {"department": str(case.asked_of or "")}
    _tell_asker(CASE_PASSED_ON, case, f"passed:{_asked_whom(case)}", facts)


def tell_of_decision(case: Case) -> None:
    facts = _of(case) | {"approved": case.state == Case.State.APPROVED}
    _tell_asker(CASE_DECIDED, case, "decided", facts)


def _tell_asker(kind: Kind, case: Case, what: str, facts: dict) -> None:
    asker = case.employee.user
    if asker:
        path = reverse("case", args=[case.pk])
        tell_all(kind, [News(asker, f"case:{case.pk}:{what}", facts, path)])
