"""What happens when praise is doubted: report, warn, hold, decide, appeal. Each step is a person's.

A report hides the praise until HR decides. What HR has cleared once is not hidden by the next
report. Whoever is concerned reads every step and appeals against a removal; somebody else than
who removed it decides that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from people.models import Employee, Role, User
from people.services import audit
from people.services.recipients import holders_of, in_portions
from people.services.retrying import retried
from recognition.models import CaseStep, FairPlayCase, Nomination, Nominee, Reply
from recognition.services.nominating import end
from recognition.services.notices import tell_of_step

Kind, State, What = FairPlayCase.Kind, FairPlayCase.State, CaseStep.What
REPORTS_A_DAY = 5


class FairPlayRefused(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True)
class Finding:
    """A pattern that the product noticed: `facts` are JSON, the numbers behind the sentence."""

    kind: FairPlayCase.Kind
    key: str
    facts: dict[str, Any]
    nominations: Collection[int]
    people: Collection[int]


@retried
@transaction.atomic
def report(nomination: Nomination, *, reason: str, by: User, now: datetime) -> FairPlayCase:
    """Doubt a nomination: it is hidden until HR decides, unless HR cleared it before.

    Raises FairPlayRefused without a reason, and after five reports in a day.
    """
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    _refuse_report(reason, by=by, now=now)
    if nomination.state not in (Nomination.State.PUBLISHED, Nomination.State.HELD):
        raise FairPlayRefused(_("This nomination is not shown any more."))
    case, made = FairPlayCase.objects.get_or_create(
        key=f"nomination:{nomination.pk}",
        defaults={"kind": Kind.REPORTED, "opened_at": now, "state": State.HELD},
    )
    if made:
        case.nominations.add(nomination)
        case.people.set(concerned_by([nomination.pk]))
    step = _step(case, What.REPORTED, reason=reason, by=by, now=now)
    if made:
        _hide([nomination.pk])
        tell_of_step(step, case)
    return case


@retried
@transaction.atomic
def report_reply(reply: Reply, *, reason: str, by: User, now: datetime) -> FairPlayCase:
    """Doubt a reply: as with a nomination. Raises FairPlayRefused."""
    reply = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    _refuse_report(reason, by=by, now=now)
    if reply.state not in (Reply.State.PUBLISHED, Reply.State.HELD):
        raise FairPlayRefused(_("This reply is not shown any more."))
    case, made = FairPlayCase.objects.get_or_create(
        key=f"reply:{reply.pk}",
        defaults={
            "kind": Kind.REPORTED, "opened_at": now, "state": State.HELD, "reply": reply,
        },
    )  # fmt: skip
    step = _step(case, What.REPORTED, reason=reason, by=by, now=now)
    if made:
        case.people.add(reply.employee)
        tell_of_step(step, case)
        Reply.objects.filter(pk=reply.pk).update(state=Reply.State.HELD)
    return case


def _refuse_report(reason: str, *, by: User, now: datetime) -> None:
    if not reason.strip():
        raise FairPlayRefused(_("Say what is wrong with it."))
    # The lock on the user keeps five at once from being five times the first.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    lately = CaseStep.objects.filter(
        made_by=by, what=What.REPORTED, made_at__gt=now - timedelta(days=1)
    )
    if lately.count() >= REPORTS_A_DAY:
        raise FairPlayRefused(
            _("You have reported %(count)s times today. Talk to HR about the others.")
            % {"count": REPORTS_A_DAY}
        )


@transaction.atomic
def notice(findings: Iterable[Finding], *, by: User, now: datetime) -> list[FairPlayCase]:
    """Open a case for each pattern not known yet; nothing is hidden by that. Returns the new."""
    found = []
    for each in findings:
        case, made = FairPlayCase.objects.get_or_create(
            key=each.key, defaults={"kind": each.kind, "facts": each.facts, "opened_at": now}
        )
        if made:
            case.nominations.set(each.nominations)
            case.people.set(each.people)
            tell_of_step(_step(case, What.NOTICED, reason="", by=by, now=now), case)
            found.append(case)
    return found


@retried
@transaction.atomic
def warn(case: FairPlayCase, *, reason: str, by: User, now: datetime) -> FairPlayCase:
    """Tell those concerned what is seen, and leave everything as it is. Raises FairPlayRefused."""
    case = _locked(case, states=(State.OPEN,), by=by, reason=reason)
    return _become(case, State.WARNED, What.WARNED, reason=reason, by=by, now=now)


@retried
@transaction.atomic
def hold(case: FairPlayCase, *, reason: str, by: User, now: datetime) -> FairPlayCase:
    """Hide what is doubted until it is decided. Raises FairPlayRefused."""
    case = _locked(case, states=(State.OPEN, State.WARNED), by=by, reason=reason)
    _hide(case.nominations.values_list("pk", flat=True))
    return _become(case, State.HELD, What.HELD, reason=reason, by=by, now=now)


@retried
@transaction.atomic
def clear(case: FairPlayCase, *, reason: str, by: User, now: datetime) -> FairPlayCase:
    """Nothing is wrong: what was hidden is shown again. Raises FairPlayRefused."""
    states = (State.OPEN, State.WARNED, State.HELD)
    case = _locked(case, states=states, by=by, reason=reason)
    _show_again(case)
    return _become(case, State.CLEARED, What.CLEARED, reason=reason, by=by, now=now)


@retried
@transaction.atomic
def remove(case: FairPlayCase, *, reason: str, by: User, now: datetime) -> FairPlayCase:
    """Take the praise away, and back what it won. Only what is held. Raises FairPlayRefused."""
    case = _locked(case, states=(State.HELD,), by=by, reason=reason)
    for nomination in _held(case).select_for_update(of=("self",)).order_by("pk"):
        end(nomination, Nomination.State.REMOVED, by=by, now=now, reason=reason[:500])
    if case.reply_id:
        Reply.objects.filter(pk=case.reply_id).update(state=Reply.State.REMOVED)
    return _become(case, State.REMOVED, What.REMOVED, reason=reason, by=by, now=now)


@retried
@transaction.atomic
def appeal(case: FairPlayCase, *, reason: str, by: User, now: datetime) -> FairPlayCase:
    """Somebody concerned says why the removal is wrong, once. Raises FairPlayRefused."""
    case = FairPlayCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.people.filter(user=by).exists():
        raise FairPlayRefused(_("Only those concerned appeal."))
    if case.state != State.REMOVED:
        raise FairPlayRefused(_("There is no removal to appeal against."))
    if not reason.strip():
        raise FairPlayRefused(_("Say why it was right as it was."))
    tell_of_step(_step(case, What.APPEALED, reason=reason, by=by, now=now), case)
    FairPlayCase.objects.filter(pk=case.pk).update(state=State.APPEALED)
    case.state = State.APPEALED
    return case


@retried
@transaction.atomic
def decide_appeal(
    case: FairPlayCase, *, restore: bool, reason: str, by: User, now: datetime
) -> FairPlayCase:
    """Restore what was removed, or confirm that; never who removed it. Money that was taken back
    is not given again: the award is raised anew. Raises FairPlayRefused."""
    case = _locked(case, states=(State.APPEALED,), by=by, reason=reason)
    if by.pk == case.decided_by_id:
        raise FairPlayRefused(_("Who removed it does not decide the appeal: somebody else has to."))
    if not restore:
        return _become(case, State.UPHELD, What.UPHELD, reason=reason, by=by, now=now)
    _restore(case)
    return _become(case, State.CLEARED, What.RESTORED, reason=reason, by=by, now=now)


def concerned_by(nomination_ids: Collection[int]) -> list[Employee]:
    """Who gave these and whom they name."""
    given = Nomination.objects.filter(pk__in=nomination_ids).values("giver")
    named = Nominee.objects.filter(nomination__in=nomination_ids).values("employee")
    return list(Employee.objects.filter(Q(pk__in=given) | Q(pk__in=named)).order_by("pk"))


def concerned_by_each(groups: Sequence[Collection[int]]) -> list[list[int]]:
    """For each group of nominations, the ids of who gave them and whom they name; in two queries
    for some hundreds of nominations."""
    ids = sorted({each for group in groups for each in group})
    of: dict[int, set[int]] = defaultdict(set)
    for portion in in_portions(ids):
        given = Nomination.objects.filter(pk__in=portion).values_list("pk", "giver")
        named = Nominee.objects.filter(nomination__in=portion)
        for pk, person in [*given, *named.values_list("nomination", "employee")]:
            of[pk].add(person)
    return [sorted(set().union(*(of[each] for each in group))) for group in groups]


def hr_for(case: FairPlayCase) -> list[User]:
    """Who of HR may decide it: nobody whom it is about or who reported it, nor, on appeal, who
    removed the praise."""
    busy: list[int | None] = [*case.people.values_list("user", flat=True), *reporters(case)]
    if case.state == State.APPEALED:
        busy.append(case.decided_by_id)
    return holders_of(Role.HR, but_not=busy)


def for_executives() -> QuerySet[FairPlayCase]:
    """Appeals, and what is about everybody in HR: executives have the last word there."""
    hr = holders_of(Role.HR)
    of_hr = Count("people", filter=Q(people__user__in=hr))
    waiting = FairPlayCase.objects.waiting().annotate(of_hr=of_hr)
    return waiting.filter(Q(state=State.APPEALED) | Q(of_hr=len(hr)))


def _locked(case: FairPlayCase, *, states: Collection[str], by: User, reason: str) -> FairPlayCase:
    case = FairPlayCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.state not in states:
        raise FairPlayRefused(
            _("This case is “%(state)s” by now; look at it again.")
            % {"state": case.get_state_display()}
        )
    if case.people.filter(user=by).exists():
        raise FairPlayRefused(_("This case is about you: somebody else decides it."))
    if by.pk in reporters(case):
        raise FairPlayRefused(_("You reported this: somebody else decides it."))
    if not reason.strip():
        raise FairPlayRefused(_("Say why: those concerned read it."))
    return case


def reporters(case: FairPlayCase) -> list[int]:
    """Ids of the users who reported what a case is about."""
    reported = case.steps.filter(what=What.REPORTED).order_by()
    return list(reported.values_list("made_by", flat=True))


def _become(
    case: FairPlayCase, state: str, what: str, *, reason: str, by: User, now: datetime
) -> FairPlayCase:
    case.state, case.decided_by, case.decided_at = state, by, now
    case.save(update_fields=["state", "decided_by", "decided_at"])
    tell_of_step(_step(case, what, reason=reason, by=by, now=now), case)
    audit.record(
        f"fair_play_{what}", by=by, subject=f"fair-play:{case.pk}", after={"state": str(state)},
        why=reason,
    )  # fmt: skip
    return case


def _step(case: FairPlayCase, what: str, *, reason: str, by: User, now: datetime) -> CaseStep:
    return CaseStep.objects.create(case=case, what=what, reason=reason, made_by=by, made_at=now)


def _hide(nomination_ids: Iterable[int]) -> None:
    published = Nomination.objects.published().filter(pk__in=list(nomination_ids))
    published.update(state=Nomination.State.HELD)


def _held(case: FairPlayCase) -> QuerySet[Nomination]:
    return case.nominations.filter(state=Nomination.State.HELD)


def restorable(case: FairPlayCase) -> QuerySet[Nomination]:
    """What this case removed and no other case has removed too."""
    ended = (State.REMOVED, State.APPEALED, State.UPHELD)
    others = FairPlayCase.objects.filter(state__in=ended).exclude(pk=case.pk)
    return case.nominations.filter(state=Nomination.State.REMOVED).exclude(cases__in=others)


def _restore(case: FairPlayCase) -> None:
    """Held again where another case holds it, else published."""
    ours = restorable(case)
    locked = {each.pk for each in ours.select_for_update(of=("self",)).order_by("pk")}
    others = FairPlayCase.objects.filter(state=State.HELD).exclude(pk=case.pk)
    held = set(ours.filter(cases__in=others).values_list("pk", flat=True))
    for state, pks in (
        (Nomination.State.HELD, held), (Nomination.State.PUBLISHED, locked - held),
    ):  # fmt: skip
        Nomination.objects.filter(pk__in=pks).update(
            state=state, ended_at=None, ended_by=None, end_reason=""
        )
    if case.reply_id:
        Reply.objects.filter(pk=case.reply_id).update(state=Reply.State.PUBLISHED)


def _show_again(case: FairPlayCase) -> None:
    """Unless another case holds it too. The rows are locked first: of two cases that are cleared
    at once, the second sees what became of the first."""
    list(_held(case).select_for_update(of=("self",)).order_by("pk"))
    others = FairPlayCase.objects.filter(state=State.HELD).exclude(pk=case.pk)
    free = _held(case).exclude(cases__in=others)
    Nomination.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(
        state=Nomination.State.PUBLISHED
    )
    if case.reply_id:
        Reply.objects.filter(pk=case.reply_id, state=Reply.State.HELD).update(
            state=Reply.State.PUBLISHED
        )
