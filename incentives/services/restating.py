"""Correcting a final day: look first, say why, a second person when money moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Max

from incentives import rules
from incentives.models import (
    DayVerdict,
    Excuse,
    GoalVerdict,
    Metric,
    Pool,
    Restatement,
    Result,
)
from incentives.services.bonus_policies import terms_for
from incentives.services.closing import (
    EXPENSE,
    CloseRefused,
    contribution,
    judge_again,
    lock_days,
    move_contribution,
)
from incentives.services.notices import tell_of_correction, tell_of_decision, tell_of_proposal
from incentives.services.years import fiscal_year, is_closed, open_year
from incentives.signals import day_restated
from ledger.models import Transfer
from ledger.services.posting import open_account, post, reverse
from people.models import Department, User
from people.services import audit
from people.services.retrying import retried
from people.services.rule_changes import hold_rules

Kind = Restatement.Kind
Answer = TypeVar("Answer")
LONGEST_REASON = 500


class RestateRefused(Exception):
    """Nothing was corrected; the message says why."""


@dataclass(frozen=True)
class Correction:
    """What is to be put right on one goal of one day; `new_scaled` is empty for an excuse."""

    day: date
    department: Department
    metric: Metric
    kind: str
    new_scaled: int | None = None


class _OnlyLooking(Exception):
    """Ends a preview's transaction."""


def preview(correction: Correction, *, by: User) -> dict:
    """What the correction would change, as JSON; nothing is kept. Raises RestateRefused.

    The correction is made in full and taken back, so that the preview can't differ from it. It
    names no persons: somebody hired meanwhile does not stand in the way of an approval.
    """
    return while_corrected(correction, by=by, ask=lambda: None)[0]


@retried
def while_corrected(
    correction: Correction, *, by: User, ask: Callable[[], Answer]
) -> tuple[dict, Answer]:
    """The preview, and what `ask` answers while the correction holds. Raises RestateRefused."""
    seen: list[tuple[dict, Answer]] = []
    try:
        with transaction.atomic():
            hold_rules()
            lock_days([correction.day])
            changes = _rewrite(correction, reason="preview", by=by, approved_by=None)
            seen.append(({"date": str(correction.day), "verdicts": changes}, ask()))
            raise _OnlyLooking
    except _OnlyLooking:
        return seen[0]


@retried
def propose(
    correction: Correction, *, reason: str, by: User, now: datetime, approved_by: User | None = None
) -> Restatement:
    """Correct at once when no money moves or a second person has approved; else wait for one.

    Raises RestateRefused.
    """
    if not reason.strip():
        raise RestateRefused("say why the day is corrected (reason)")
    if len(reason) > LONGEST_REASON:
        raise RestateRefused(f"the reason is longer than {LONGEST_REASON} characters")
    with transaction.atomic():
        hold_rules()
        lock_days([correction.day])
        looked = preview(correction, by=by)
        waiting = _same_proposal(correction, looked, by=by)
        if waiting and not approved_by:
            return waiting
        restatement = Restatement.objects.create(
            date=correction.day,
            department=correction.department,
            metric=correction.metric,
            kind=correction.kind,
            new_scaled=correction.new_scaled,
            reason=reason,
            moves_money=_needs_a_second_person(correction, looked),
            preview=looked,
            made_by=by,
        )
        audit.record(
            "propose_restatement", by=by, subject=f"restatement:{restatement.pk}", after=looked,
            why=reason,
        )  # fmt: skip
        if approved_by or not restatement.moves_money:
            _apply(restatement, by=approved_by or by, now=now)
        else:
            tell_of_proposal(restatement)
    return restatement


def _same_proposal(correction: Correction, looked: dict, *, by: User) -> Restatement | None:
    """What a double click has proposed a moment ago."""
    waiting = Restatement.objects.filter(
        state=Restatement.State.AWAITING,
        date=correction.day,
        department=correction.department,
        metric=correction.metric,
        kind=correction.kind,
        new_scaled=correction.new_scaled,
        made_by=by,
    )
    return next((each for each in waiting if each.preview == looked), None)


@retried
def decide(restatement: Restatement, *, approve: bool, by: User, now: datetime) -> Restatement:
    """Approve or refuse what somebody else proposed. Raises RestateRefused."""
    with transaction.atomic():
        restatement = Restatement.objects.select_for_update().get(pk=restatement.pk)
        if restatement.state != Restatement.State.AWAITING:
            raise RestateRefused("this correction has already been decided")
        hold_rules()
        lock_days([restatement.date])
        if approve:
            if preview(correction_of(restatement), by=by) != restatement.preview:
                raise RestateRefused(
                    "the day has changed since this was proposed; refuse it and propose anew"
                )
            _apply(restatement, by=by, now=now)
        else:
            restatement.state = Restatement.State.REFUSED
            restatement.decided_by, restatement.decided_at = by, now
            restatement.save()
            audit.record(
                "refuse_restatement",
                by=by,
                subject=f"restatement:{restatement.pk}",
                after="refused",
            )
        tell_of_decision(restatement)
    return restatement


def correction_of(restatement: Restatement) -> Correction:
    return Correction(
        restatement.date,
        restatement.department,
        restatement.metric,
        restatement.kind,
        restatement.new_scaled,
    )


def _needs_a_second_person(correction: Correction, looked: dict) -> bool:
    return moves_money(looked) or _is_implausible(correction)


def moves_money(looked: dict) -> bool:
    """Whether a preview says that some pool gets or loses money, or that departments of one with
    department factors share it otherwise."""
    if any(_differs(each, "contribution_minor") for each in looked["verdicts"]):
        return True
    counted = {each["pool"] for each in looked["verdicts"] if _differs(each, "met", "counted")}
    year = fiscal_year(date.fromisoformat(looked["date"]))
    pools = Pool.objects.filter(code__in=counted - {None})
    return any(terms_for(pool, year).department_factor for pool in pools)


def _differs(change: dict, *names: str) -> bool:
    return any(change["before"][name] != change["after"][name] for name in names)


def _is_implausible(correction: Correction) -> bool:
    value = correction.new_scaled if correction.kind == Kind.VALUE else None
    return value is not None and not correction.metric.is_plausible(value)


def _apply(restatement: Restatement, *, by: User, now: datetime) -> None:
    if restatement.moves_money and by.pk == restatement.made_by_id:
        raise RestateRefused("money moves: somebody else has to approve this correction")
    restatement.state = Restatement.State.APPLIED
    restatement.decided_by, restatement.decided_at = by, now
    restatement.save()
    changes = _rewrite(
        correction_of(restatement),
        reason=restatement.reason,
        by=restatement.made_by,
        approved_by=by if by.pk != restatement.made_by_id else None,
    )
    audit.record(
        "restate", by=by, subject=f"day:{restatement.date}",
        before=[c["before"] for c in changes], after=[c["after"] for c in changes],
        why=restatement.reason,
    )  # fmt: skip
    tell_of_correction(restatement)
    day = restatement.date
    transaction.on_commit(lambda: day_restated.send(sender=DayVerdict, date=day))


def _rewrite(
    correction: Correction, *, reason: str, by: User, approved_by: User | None
) -> list[dict]:
    verdicts = _final_verdicts_with(correction)
    _keep_the_fact(correction, reason=reason, by=by, approved_by=approved_by)
    return [
        _new_version(verdict, goal, correction, reason=reason, by=by) for verdict, goal in verdicts
    ]


def _final_verdicts_with(correction: Correction) -> list[tuple[DayVerdict, GoalVerdict]]:
    latest = DayVerdict.objects.filter(
        date=correction.day, status=rules.Status.FINAL
    ).latest_versions()
    if not latest:
        raise RestateRefused(
            f"{correction.day} is not final; record the figure or excuse the goal instead"
        )
    goals = GoalVerdict.objects.filter(
        verdict__in=latest,
        target__department=correction.department,
        target__metric=correction.metric,
    )
    found = [(goal.verdict, goal) for goal in goals.select_related("verdict__pool", "target")]
    if not found:
        raise RestateRefused(
            f"{correction.department.code} had no goal in {correction.metric.code} due on"
            f" {correction.day}"
        )
    if _unchanged(correction, found[0][1]):
        raise RestateRefused("this is what already holds; nothing to correct")
    return found


def _unchanged(correction: Correction, goal: GoalVerdict) -> bool:
    if correction.kind == Kind.VALUE:
        return goal.value_scaled == correction.new_scaled
    if correction.kind == Kind.TARGET:
        return goal.target_scaled == correction.new_scaled
    return goal.state == rules.GoalState.EXCUSED


def _keep_the_fact(
    correction: Correction, *, reason: str, by: User, approved_by: User | None
) -> None:
    """The corrected figure or the excuse, beside what was known; a target is the restatement's."""
    goal = {
        "date": correction.day,
        "department": correction.department,
        "metric": correction.metric,
    }
    if correction.kind == Kind.VALUE and correction.new_scaled is not None:
        last = Result.objects.filter(**goal).aggregate(n=Max("revision"))["n"] or 0
        Result.objects.create(
            **goal,
            value_scaled=correction.new_scaled,
            revision=last + 1,
            source=Result.Source.RESTATEMENT,
            reason=reason,
            made_by=by,
            confirmed_by=approved_by,
        )
    elif correction.kind == Kind.EXCUSE:
        Excuse.objects.create(**goal, reason=reason, made_by=by)


def _new_version(
    old: DayVerdict, goal: GoalVerdict, correction: Correction, *, reason: str, by: User
) -> dict:
    new = DayVerdict.objects.get(pk=old.pk)
    new.pk, new.version, new.reason, new.made_by = None, old.version + 1, reason, by
    new.status, new.hit, new.counted_weight = rules.Status.PROVISIONAL, None, 0
    new.contribution_minor, new.posting_withheld = 0, False
    new.save(force_insert=True)
    _copy_goals(old, new, corrected=_corrected(goal, correction, under=new))
    judge_again(new)
    new.status = rules.Status.FINAL
    new.contribution_minor = _contribution(new) if new.hit else 0
    new.save()
    if new.contribution_minor != old.contribution_minor:
        _move_the_difference(old, new, reason=reason, by=by)
    return {
        "pool": old.pool.code if old.pool else None,
        "before": numbers(old),
        "after": numbers(new),
    }


def numbers(verdict: DayVerdict) -> dict:
    """A version's figures as a preview shows them."""
    return {
        "version": verdict.version,
        "due": verdict.due,
        "met": verdict.met,
        "counted": verdict.counted,
        "needed": verdict.needed,
        "hit": verdict.hit,
        "contribution_minor": verdict.contribution_minor,
        "currency": verdict.currency,
    }


def _contribution(verdict: DayVerdict) -> int:
    try:
        return contribution(verdict)
    except CloseRefused as refused:
        raise RestateRefused(str(refused)) from refused


def _copy_goals(old: DayVerdict, new: DayVerdict, *, corrected: GoalVerdict) -> None:
    """The new version's goals: the old ones, with one put right."""
    table = GoalVerdict._meta.db_table
    columns = "target_id, state, value_scaled, target_scaled, weight"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (verdict_id, {columns})"
            f" SELECT %s, {columns} FROM {table} WHERE verdict_id = %s AND target_id <> %s",
            [new.pk, old.pk, corrected.target_id],
        )
    corrected.save(force_insert=True)


def _corrected(goal: GoalVerdict, correction: Correction, *, under: DayVerdict) -> GoalVerdict:
    value, target = goal.value_scaled, goal.target_scaled
    if correction.kind == Kind.VALUE:
        value = correction.new_scaled
    elif correction.kind == Kind.TARGET and correction.new_scaled is not None:
        target = correction.new_scaled
    state = rules.goal_state(
        value,
        target,
        correction.metric.direction,
        excused=correction.kind == Kind.EXCUSE or goal.state == rules.GoalState.EXCUSED,
        without_figure=rules.state_without_figure(under.unreported, final=True),
    )
    return GoalVerdict(
        verdict=under,
        target=goal.target,
        state=state,
        value_scaled=value,
        target_scaled=target,
        weight=goal.weight,
    )


def live_contribution(verdict: DayVerdict) -> Transfer | None:
    """The transfer that a day's contribution stands on now: of this version or an earlier one."""
    if verdict.pool is None:
        return None
    # Exact keys: SQLite's LIKE takes a pool BONUS for a pool bonus.
    keys = [f"pool:{verdict.pool.code}:{verdict.date}:v{n}" for n in range(1, verdict.version + 1)]
    return Transfer.objects.filter(key__in=keys, reverses=None, reversed_by=None).first()


def _move_the_difference(old: DayVerdict, new: DayVerdict, *, reason: str, by: User) -> None:
    """In an open year the old contribution is reversed and the new one made; in a closed one the
    difference moves in the open year. Was the year opened again since, that comes home first."""
    if new.pool is None:
        return
    why = f"{new.date} corrected: {reason}"[:500]
    if is_closed(new.pool, fiscal_year(new.date).name):
        _move_prior(old, new, pool=new.pool, why=why, by=by)
        return
    standing = live_contribution(new)
    for transfer in [*_standing_priors(new), *([standing] if standing else [])]:
        reverse(transfer, why=why, by=by)
    if new.contribution_minor:
        move_contribution(new, by=by)


def _prior_key(verdict: DayVerdict, version: int) -> str:
    return f"pool:{verdict.pool}:{verdict.date}:v{version}:prior"


def _standing_priors(verdict: DayVerdict) -> list[Transfer]:
    keys = [_prior_key(verdict, n) for n in range(1, verdict.version)]
    return list(Transfer.objects.filter(key__in=keys, reversed_by=None).order_by("pk"))


def _move_prior(old: DayVerdict, new: DayVerdict, *, pool: Pool, why: str, by: User) -> None:
    more = new.contribution_minor - old.contribution_minor
    accounts = [
        open_account(EXPENSE, currency=pool.currency),
        open_account(pool.account_code(open_year(pool, new.date)), currency=pool.currency),
    ]
    from_account, to_account = accounts if more > 0 else reversed(accounts)
    post(
        key=_prior_key(new, new.version), from_account=from_account, to_account=to_account,
        amount_minor=abs(more), earned_day=new.date, why=why, by=by,
    )  # fmt: skip
