"""Targets change by a new effective date with a reason, and never behind a final day's back."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from incentives import rules
from incentives.models import DayVerdict, Metric, Result, Target
from people.models import Department, User
from people.services import audit
from people.services.calendars import subtree
from people.services.retrying import retried
from people.services.rule_changes import change_rules


class TargetsRefused(Exception):
    """No target was changed; `problems` holds (position in the input, message)."""

    def __init__(self, problems: list[tuple[int, str]]):
        self.problems = problems
        super().__init__("; ".join(message for _position, message in problems[:3]))


@dataclass(frozen=True)
class NewMetric:
    """A metric as a targets file describes it; bounds are scaled by 10^7."""

    code: str
    name: str
    unit: str
    direction: str
    decimals: int
    plausible_min: int | None = None
    plausible_max: int | None = None


@dataclass(frozen=True)
class NewTarget:
    department: Department
    metric: NewMetric
    value_scaled: int
    weight: int
    from_date: date
    until_date: date | None
    reason: str


@dataclass
class TargetsChanged:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    changes: list[str] = field(default_factory=list)


@retried
def set_targets(wanted: list[NewTarget], *, by: User, dry_run: bool = False) -> TargetsChanged:
    """Set targets all or nothing. Raises TargetsRefused with the position of each problem."""
    outcome = TargetsChanged()
    problems: list[tuple[int, str]] = []
    with transaction.atomic():
        change_rules()
        departments = {target.department.pk for target in wanted}
        list(Department.objects.select_for_update().filter(pk__in=departments).order_by("pk"))
        # In the order of their days, so that each ends the one before it however a file is sorted.
        for position, target in sorted(enumerate(wanted), key=lambda each: each[1].from_date):
            try:
                with transaction.atomic():
                    _set_one(target, outcome, by=by)
            except ValueError as error:
                problems.append((position, str(error)))
        problems += _too_many(wanted)
        if problems:
            raise TargetsRefused(sorted(problems))
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def _set_one(wanted: NewTarget, outcome: TargetsChanged, *, by: User) -> None:
    metric = _metric(wanted.metric, by=by)
    own = Target.objects.filter(department=wanted.department, metric=metric)
    same_start = own.filter(from_date=wanted.from_date).first()
    if same_start and wanted.until_date is None and _is_followed(same_start, own):
        # It was open until the next one ended it; the file that set it says “open” still.
        wanted = replace(wanted, until_date=same_start.until_date)
    if same_start and _content(same_start) == _content_wanted(wanted):
        outcome.unchanged += 1
        return
    open_before = own.filter(from_date__lt=wanted.from_date, until_date=None).first()
    _refuse_final_days(wanted, earlier=same_start, ends_another=open_before is not None)
    if same_start:
        before = _described(same_start)
        same_start.value_scaled, same_start.weight = wanted.value_scaled, wanted.weight
        same_start.until_date, same_start.reason = wanted.until_date, wanted.reason
        same_start.made_by = by
        _refuse_overlap(own.exclude(pk=same_start.pk), wanted)
        same_start.save()
        outcome.updated += 1
        _log(wanted, before, by=by, outcome=outcome)
        return
    before = _described(open_before)
    if open_before:
        open_before.until_date = wanted.from_date - timedelta(days=1)
        open_before.save()
    _refuse_overlap(own, wanted)
    Target.objects.create(
        department=wanted.department,
        metric=metric,
        value_scaled=wanted.value_scaled,
        weight=wanted.weight,
        from_date=wanted.from_date,
        until_date=wanted.until_date,
        reason=wanted.reason,
        made_by=by,
    )
    outcome.created += 1
    _log(wanted, before, by=by, outcome=outcome)


def _is_followed(target: Target, own: QuerySet[Target]) -> bool:
    """Whether another target begins the day after this one's last."""
    last = target.until_date
    return last is not None and own.filter(from_date=last + timedelta(days=1)).exists()


def _metric(wanted: NewMetric, *, by: User) -> Metric:
    """The metric, made when new; what is fixed is not changed, and a blank range erases none."""
    metric = Metric.objects.filter(code=wanted.code).first()
    if metric is None:
        audit.record("make_metric", by=by, subject=f"metric:{wanted.code}", after=vars(wanted))
        return Metric.objects.create(**vars(wanted))
    if metric.decimals != wanted.decimals and Result.objects.filter(metric=metric).exists():
        raise ValueError(
            f"metric {metric.code} has {metric.decimals} decimals and results; that is fixed:"
            " use another metric code"
        )
    fixed = (metric.unit, metric.direction) == (wanted.unit, wanted.direction)
    if not fixed and Target.objects.filter(metric=metric).exists():
        raise ValueError(
            f"metric {metric.code} is known as {metric.unit}, {metric.direction}; a metric that"
            " changes its unit or direction needs a code of its own"
        )
    described = {name: value for name, value in vars(wanted).items() if value is not None}
    before = {name: getattr(metric, name) for name in described}
    if before != described:
        for name, value in described.items():
            setattr(metric, name, value)
        metric.save()
        audit.record(
            "change_metric", by=by, subject=f"metric:{metric.code}", before=before, after=described
        )
    return metric


def _content(target: Target) -> tuple:
    return (target.value_scaled, target.weight, target.until_date)


def _content_wanted(wanted: NewTarget) -> tuple:
    return (wanted.value_scaled, wanted.weight, wanted.until_date)


def _described(target: Target | None) -> dict | None:
    if target is None:
        return None
    return {
        "value_scaled": target.value_scaled,
        "weight": target.weight,
        "from": str(target.from_date),
        "until": str(target.until_date or ""),
    }


def _log(wanted: NewTarget, before: dict | None, *, by: User, outcome: TargetsChanged) -> None:
    after = {
        "value_scaled": wanted.value_scaled,
        "weight": wanted.weight,
        "from": str(wanted.from_date),
        "until": str(wanted.until_date or ""),
    }
    subject = f"target:{wanted.department.code}:{wanted.metric.code}"
    value = rules.unscaled(wanted.value_scaled, wanted.metric.decimals)
    outcome.changes.append(
        f"{wanted.department.code} {wanted.metric.code} {value:f} from {wanted.from_date}"
    )
    why = wanted.reason
    audit.record("set_target", by=by, subject=subject, before=before, after=after, why=why)


def _refuse_overlap(others: QuerySet[Target], wanted: NewTarget) -> None:
    clash = others.filter(from_date__lte=wanted.until_date or date.max).exclude(
        until_date__lt=wanted.from_date
    )
    found = clash.first()
    if found:
        raise ValueError(
            f"overlaps the target {found.from_date} to {found.until_date or 'open'} of"
            f" {wanted.department.code} for {wanted.metric.code}"
        )


def _refuse_final_days(wanted: NewTarget, *, earlier: Target | None, ends_another: bool) -> None:
    """A target that decided a final day, or would have, changes by restating that day only."""
    first, last = wanted.from_date, None if ends_another else wanted.until_date
    if earlier:
        first = _first_day_of_change(wanted, earlier)
        last = max(last, earlier.until_date) if last and earlier.until_date else None
    final = DayVerdict.objects.filter(
        status=DayVerdict.Status.FINAL, date__gte=first, date__lte=last or date.max, version=1
    ).order_by("date")
    for day, scope_id in final.values_list("date", "scope"):
        if scope_id is None or wanted.department.pk in subtree({scope_id}, on=day):
            raise ValueError(
                f"{day} is final and was decided without this target; start it later, or restate"
                " the day (restate)"
            )


def _first_day_of_change(wanted: NewTarget, earlier: Target) -> date:
    """Ending a target only touches the days after its new end."""
    if (wanted.value_scaled, wanted.weight) != (earlier.value_scaled, earlier.weight):
        return wanted.from_date
    ends = [end for end in (wanted.until_date, earlier.until_date) if end]
    return min(ends) + timedelta(days=1)


def _too_many(wanted: list[NewTarget]) -> list[tuple[int, str]]:
    limit = settings.MAX_TARGETS_PER_DEPARTMENT
    by_department = defaultdict(list)
    ids = {target.department.pk for target in wanted}
    for known in Target.objects.filter(department__in=ids):
        by_department[known.department_id].append(known)
    problems = []
    for position, target in enumerate(wanted):
        others = by_department[target.department.pk]
        starts = [o.from_date for o in others if o.from_date >= target.from_date]
        most = max((_in_force(others, day) for day in starts), default=0)
        if most > limit:
            problems.append(
                (
                    position,
                    f"{target.department.code} would have {most} targets at once; the limit is"
                    f" {limit} (setting MAX_TARGETS_PER_DEPARTMENT)",
                )
            )
    return problems


def _in_force(targets: list[Target], day: date) -> int:
    return sum(
        1 for t in targets if t.from_date <= day and (t.until_date is None or t.until_date >= day)
    )
