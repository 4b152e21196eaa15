"""Figures come in: the latest revision counts, the same figure again changes nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from incentives import rules
from incentives.models import DayVerdict, Excuse, GoalVerdict, HeldFigure, Metric, Result
from incentives.services.closing import lock_days
from incentives.services.notices import tell_of_held
from people.models import Department, User
from people.services import audit
from people.services.retrying import retried

GoalKey = tuple[date, int, int]
"""Business day, department id, metric id."""

LONGEST_REASON = 500


class RecordRefused(Exception):
    """Nothing was recorded; `problems` holds (position in the input, message)."""

    def __init__(self, problems: list[tuple[int, str]]):
        self.problems = problems
        super().__init__("; ".join(message for _position, message in problems[:3]))


@dataclass(frozen=True, slots=True)
class Figure:
    """A value for a goal, scaled by 10^7; `reason` is asked for when it replaces another."""

    day: date
    department_id: int
    metric_id: int
    value_scaled: int
    reason: str = ""

    @property
    def key(self) -> GoalKey:
        return (self.day, self.department_id, self.metric_id)


@dataclass
class Recorded:
    """What came of the figures, as counts; `held` waits for a second person."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0
    changes: list[tuple[Figure, int | None]] = field(default_factory=list)


@retried
def record(
    figures: list[Figure],
    *,
    by: User,
    source: str,
    reason_for_changes: str = "",
    accept_implausible: str = "",
    hold_implausible: bool = False,
    confirmed_by: User | None = None,
    dry_run: bool = False,
) -> Recorded:
    """Record figures all or nothing.

    Implausible ones are held for a second person, or accepted with a reason, or refused.
    Raises RecordRefused with the position of each figure that can't be recorded.
    """
    if not figures:
        return Recorded()
    with transaction.atomic():
        lock_days({figure.day for figure in figures})
        changed, outcome = _what_changes(figures)
        implausible = _implausible(changed)
        held = implausible if hold_implausible and not accept_implausible else set()
        problems = _final_days_touched(changed)
        problems += [
            (position, _out_of_range(figure))
            for position, figure, _known in changed
            if position in implausible and not held and not accept_implausible
        ]
        rows = [change for change in changed if change[0] not in held]
        revisions, more = _revisions(rows, reason_for_changes, accept_implausible, implausible)
        problems += more
        if problems:
            raise RecordRefused(sorted(problems))
        outcome.held = len(held)
        outcome.changes = [(f, known.value_scaled if known else None) for _n, f, known in changed]
        if not dry_run:
            _hold([f for n, f, _known in changed if n in held], by=by, source=source)
            _add(revisions, by=by, source=source, confirmed_by=confirmed_by)
            _drop_held([figure.key for figure, _revision, _reason in revisions], by=by)
    return outcome


Change = tuple[int, Figure, Result | None]


def _what_changes(figures: list[Figure]) -> tuple[list[Change], Recorded]:
    known = _latest(figures)
    outcome, changed = Recorded(), []
    for position, figure in enumerate(figures):
        before = known.get(figure.key)
        if before is None:
            outcome.created += 1
        elif before.value_scaled != figure.value_scaled:
            outcome.updated += 1
        else:
            outcome.unchanged += 1
            continue
        changed.append((position, figure, before))
    return changed, outcome


def _latest(figures: list[Figure]) -> dict[GoalKey, Result]:
    days = {figure.day for figure in figures}
    rows = Result.objects.filter(date__gte=min(days), date__lte=max(days)).order_by("revision")
    departments = {figure.department_id for figure in figures}
    if len(departments) <= 500:
        rows = rows.filter(department__in=departments)
    rows = rows.only("date", "department_id", "metric_id", "value_scaled", "revision")
    return {(row.date, row.department_id, row.metric_id): row for row in rows}


def _implausible(changed: list[Change]) -> set[int]:
    metrics = Metric.objects.in_bulk({figure.metric_id for _n, figure, _known in changed})
    return {
        position
        for position, figure, _known in changed
        if not metrics[figure.metric_id].is_plausible(figure.value_scaled)
    }


def _out_of_range(figure: Figure) -> str:
    metric = Metric.objects.get(pk=figure.metric_id)
    low, high = (
        "…" if bound is None else f"{metric.figure(bound):f}"
        for bound in (metric.plausible_min, metric.plausible_max)
    )
    return (
        f"{metric.figure(figure.value_scaled):f} is outside the plausible range {low} to {high} of"
        f" {metric.code}; correct it, or accept it with a reason (--accept-implausible REASON)"
    )


def goals_of_final_days(days: Iterable[date]) -> set[GoalKey]:
    """The goals that a final verdict of these days is made of."""
    verdicts = DayVerdict.objects.filter(
        status=rules.Status.FINAL, date__in=set(days), version=1
    ).values_list("pk", "date")
    found: set[GoalKey] = set()
    for pk, day in verdicts:
        goals = GoalVerdict.objects.filter(verdict=pk)
        found.update(
            (day, department_id, metric_id)
            for department_id, metric_id in goals.values_list(
                "target__department_id", "target__metric_id"
            )
        )
    return found


def _final_days_touched(changed: list[Change]) -> list[tuple[int, str]]:
    decided = goals_of_final_days(figure.day for _n, figure, _known in changed)
    return [
        (position, f"{figure.day} is final; correct this figure by a restatement")
        for position, figure, _known in changed
        if figure.key in decided
    ]


def _revisions(
    rows: list[Change], reason_for_changes: str, accept_reason: str, implausible: set[int]
) -> tuple[list[tuple[Figure, int, str]], list[tuple[int, str]]]:
    revisions, problems = [], []
    for position, figure, known in rows:
        reason = figure.reason or (reason_for_changes if known else "")
        if position in implausible:
            reason = f"{reason} {accept_reason}".strip()
        if known and not reason:
            problems.append((position, "the figure was recorded before; say why it changes"))
        if len(reason) > LONGEST_REASON:
            problems.append((position, f"the reason is longer than {LONGEST_REASON} characters"))
        revisions.append((figure, known.revision + 1 if known else 1, reason))
    return revisions, problems


def _add(
    revisions: list[tuple[Figure, int, str]], *, by: User, source: str, confirmed_by: User | None
) -> None:
    Result.objects.bulk_create(
        [
            Result(
                date=figure.day,
                department_id=figure.department_id,
                metric_id=figure.metric_id,
                value_scaled=figure.value_scaled,
                revision=revision,
                source=source,
                reason=reason,
                made_by=by,
                confirmed_by=confirmed_by,
            )
            for figure, revision, reason in revisions
        ]
    )
    # Each revision is itself a log entry with who, when and why; the log names the batch.
    if revisions:
        per_day: dict[str, int] = defaultdict(int)
        for figure, _revision, _reason in revisions:
            per_day[str(figure.day)] += 1
        audit.record("record_results", by=by, subject=f"results:{source}", after=dict(per_day))


def _hold(figures: list[Figure], *, by: User, source: str) -> None:
    waiting = []
    for figure in figures:
        held, _made = HeldFigure.objects.update_or_create(
            date=figure.day,
            department_id=figure.department_id,
            metric_id=figure.metric_id,
            state=HeldFigure.State.WAITING,
            defaults={
                "value_scaled": figure.value_scaled,
                "reason": figure.reason,
                "source": source,
                "made_by": by,
            },
        )
        audit.record(
            "hold_figure", by=by, subject=f"held:{held.pk}", after=str(figure.value_scaled)
        )
        waiting.append(held)
    tell_of_held(waiting, by=by)


def _drop_held(keys: list[GoalKey], *, by: User) -> None:
    """A figure that was recorded since makes an implausible one that still waits pointless."""
    recorded = set(keys)
    for held in HeldFigure.objects.filter(state=HeldFigure.State.WAITING):
        if (held.date, held.department_id, held.metric_id) in recorded:
            held.state, held.decided_by = HeldFigure.State.REFUSED, by
            held.save()
            audit.record(
                "decide_held_figure", by=by, subject=f"held:{held.pk}", after=held.state,
                why="another figure was recorded",
            )  # fmt: skip


@retried
def decide_held(held: HeldFigure, *, confirm: bool, by: User) -> HeldFigure:
    """Confirm or refuse an implausible figure; never the one who entered it.

    Raises RecordRefused.
    """
    with transaction.atomic():
        held = HeldFigure.objects.select_for_update().get(pk=held.pk)
        if held.state != HeldFigure.State.WAITING:
            raise RecordRefused([(0, "this figure has already been decided")])
        if confirm and held.made_by_id == by.pk:
            raise RecordRefused([(0, "who entered a figure does not confirm it")])
        held.state = HeldFigure.State.CONFIRMED if confirm else HeldFigure.State.REFUSED
        held.decided_by = by
        held.save()
        if confirm:
            _record_confirmed(held, by=by)
        audit.record("decide_held_figure", by=by, subject=f"held:{held.pk}", after=held.state)
    return held


def _record_confirmed(held: HeldFigure, *, by: User) -> None:
    figure = Figure(held.date, held.department_id, held.metric_id, held.value_scaled, held.reason)
    record(
        [figure],
        by=held.made_by,
        source=held.source,
        reason_for_changes="confirmed",
        accept_implausible="confirmed",
        confirmed_by=by,
    )


@retried
def excuse(day: date, *, department: Department, metric: Metric, reason: str, by: User) -> Excuse:
    """Excuse a goal of a day that is not final. Raises RecordRefused."""
    if not reason.strip():
        raise RecordRefused([(0, "say why the goal is excused")])
    with transaction.atomic():
        lock_days([day])
        if (day, department.pk, metric.pk) in goals_of_final_days([day]):
            raise RecordRefused([(0, f"{day} is final; excuse the goal by a restatement")])
        made, new = Excuse.objects.get_or_create(
            date=day, department=department, metric=metric,
            defaults={"reason": reason, "made_by": by},
        )  # fmt: skip
        if new:
            subject = f"goal:{day}:{department.code}:{metric.code}"
            audit.record("excuse", by=by, subject=subject, after="excused", why=reason)
    return made
