"""Importing targets and results: files of people who have no time to tidy them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incentives import rules
from incentives.models import Metric, Result
from incentives.services import recording
from incentives.services.recording import Figure, Recorded, RecordRefused
from incentives.services.targets import NewMetric, NewTarget, TargetsRefused, set_targets
from people.models import Department, User
from people.permissions import led_departments
from people.services.importing import (
    ByAlias,
    Column,
    ImportRefused,
    MappedSheet,
    Options,
    Problem,
    Problems,
    Progress,
    Report,
    Sent,
    each_row,
    is_total,
    no_progress,
    plain,
    register,
    understand,
)
from people.tabular import Cell, Row, normalise, parse_date, parse_number

DEPARTMENT = ("department code", "dept", "unit", "kürzel", "abteilungscode", "部门代码", "单位代码")
DEPARTMENT_NAME = (
    "department name",
    "unit_name",
    "unit name",
    "abteilung",
    "部门",
    "部门名称",
    "单位",
)


def read_figure(cell: Cell, column: Column, metric: Metric | NewMetric) -> int | None:
    """A cell as a figure of a metric, scaled by 10^7; None for a blank. Raises ValueError."""
    parsed = parse_number(
        cell,
        decimal_comma=column.decimal_comma,
        percent_unit=metric.unit == rules.Unit.PERCENT,
    )
    if parsed is None:
        return None
    value, from_float = parsed
    return rules.scaled(rules.fit_decimals(value, metric.decimals, from_float=from_float))


def departments_by_code(only: set[int] | None = None) -> dict[str, Department]:
    """Departments by casefolded code, at will only some."""
    found = Department.objects.all()
    return {d.code.casefold(): d for d in found if only is None or d.pk in only}


class TargetReader:
    """Reads the lines of a targets file; used by the import and by the back-test."""

    def __init__(self) -> None:
        self.departments = departments_by_code()
        self.problems = Problems()
        # A code is one metric however it is cased, and a file describes a metric in one way.
        self.codes = {normalise(c): c for c in Metric.objects.values_list("code", flat=True)}
        self.described: dict[str, tuple[int, NewMetric]] = {}

    def read(self, sheets: list[MappedSheet], progress: Progress) -> list[tuple[int, NewTarget]]:
        """(line, target) pairs. Raises ImportRefused."""
        found = []
        for mapped, raw in each_row(sheets, progress):
            target = self._target(mapped, raw)
            if target:
                found.append((raw.line, target))
        self.problems.refuse_if_any()
        return found

    def _target(self, mapped: MappedSheet, raw: Row) -> NewTarget | None:
        before = self.problems.count
        cells = _Cells(mapped, raw, self.problems)
        code = cells.text("department")
        department = self.departments.get(code.casefold())
        if department is None:
            cells.problem("department", f"“{code}” is not a department; import it first")
        metric = self._metric(cells)
        value = cells.figure("value", metric) if metric else None
        if metric and value is None and self.problems.count == before:
            cells.problem("value", "is empty; a target needs a value")
        start = cells.day("effective_from")
        until = cells.day("effective_until")
        if start is None:
            cells.problem("effective_from", "is empty; a target holds from a day on")
        if start and until and until < start:
            cells.problem("effective_until", f"{until} is before {start}")
        weight = cells.whole("weight", default=1)
        if weight is not None and weight < 1:
            cells.problem("weight", "is below 1; weights are positive whole numbers")
        if self.problems.count > before or not (department and metric and start):
            return None
        reason = cells.short("reason", 500) or str(_("set by import"))
        if self.problems.count > before:
            return None
        return NewTarget(department, metric, value or 0, weight or 1, start, until, reason)

    def _metric(self, cells: "_Cells") -> NewMetric | None:
        before = self.problems.count
        code = cells.short("metric", 60)
        code = self.codes.setdefault(normalise(code), code)
        unit = cells.choice("unit", rules.Unit)
        direction = cells.choice("direction", rules.Direction)
        decimals = cells.whole("decimals", default=None)
        if not code:
            cells.problem("metric", "is empty; every line needs one")
        wrong = decimals is None or not 0 <= decimals <= rules.SCALE_DIGITS
        if wrong and self.problems.count == before:
            cells.problem("decimals", f"write a whole number from 0 to {rules.SCALE_DIGITS}")
        if self.problems.count > before or decimals is None:
            return None
        name = cells.short("metric_name", 200) or code
        bare = NewMetric(code, name, unit, direction, decimals)
        low, high = cells.figure("plausible_min", bare), cells.figure("plausible_max", bare)
        if low is not None and high is not None and high < low:
            cells.problem("plausible_max", "is below plausible_min")
        metric = NewMetric(code, name, unit, direction, decimals, low, high)
        line, first = self.described.setdefault(code, (cells.raw.line, metric))
        if first != metric:
            cells.problem("metric", f"{code} is described differently in line {line}")
        return metric


class _Cells:
    """One line's cells by field; what can't be read is noted as a problem with its column."""

    def __init__(self, mapped: MappedSheet, raw: Row, problems: Problems):
        self.mapped, self.raw, self.problems = mapped, raw, problems

    def problem(self, field: str, message: str) -> None:
        column = self.mapped.column(field)
        self.problems.add(message, self.raw.line, column.header if column else field)

    def text(self, field: str) -> str:
        return self.mapped.text(self.raw, field)

    def short(self, field: str, most: int) -> str:
        text = self.text(field)
        if len(text) > most:
            self.problem(field, f"has {len(text)} characters; at most {most} are possible")
        return text[:most]

    def choice(self, field: str, choices: type[Enum]) -> str:
        text, known = self.text(field).lower(), [str(choice.value) for choice in choices]
        if text not in known:
            self.problem(field, f"“{self.text(field)}” is none of {', '.join(known)}")
        return text

    def whole(self, field: str, *, default: int | None) -> int | None:
        text = self.text(field)
        if not text:
            return default
        if not text.isascii() or not text.removesuffix(".0").isdecimal() or len(text) > 9:
            self.problem(field, f"“{text}” is not a whole number")
            return None
        return int(text.removesuffix(".0"))

    def day(self, field: str) -> date | None:
        column = self.mapped.column(field)
        if column is None or not self.text(field):
            return None
        try:
            return parse_date(self.mapped.cell(self.raw, column), order=column.date_order)
        except ValueError as error:
            self.problem(field, str(error))
            return None

    def figure(self, field: str, metric: Metric | NewMetric) -> int | None:
        column = self.mapped.column(field)
        if column is None:
            return None
        try:
            return read_figure(self.mapped.cell(self.raw, column), column, metric)
        except ValueError as error:
            self.problem(field, str(error))
            return None


class TargetImporter(ByAlias):
    kind = "targets"
    title = _("Targets")
    permission = "incentives.set_targets"
    required: tuple[str, ...] = (
        "department",
        "metric",
        "unit",
        "direction",
        "decimals",
        "value",
        "effective_from",
    )
    aliases = {
        "department": DEPARTMENT,
        "department_name": DEPARTMENT_NAME,
        "metric": ("metric code", "kennzahl", "指标", "指标代码"),
        "metric_name": ("metric name", "bezeichnung", "指标名称"),
        "unit": ("einheit", "单位"),
        "direction": ("richtung", "方向"),
        "decimals": ("dezimalstellen", "nachkommastellen", "小数位"),
        "value": ("target", "target value", "ziel", "zielwert", "目标", "目标值"),
        "weight": ("gewicht", "权重"),
        "effective_from": ("from", "valid from", "gültig ab", "生效日期"),
        "effective_until": ("until", "valid until", "gültig bis", "失效日期"),
        "reason": ("why", "grund", "begründung", "原因"),
        "plausible_min": ("min", "minimum"),
        "plausible_max": ("max", "maximum"),
    }

    def words(self, sheet_meaning: str) -> dict[str, str]:
        # “unit” and “单位” are words for department elsewhere; in a targets file they are the unit.
        unit = {plain(word): "unit" for word in ("unit", *self.aliases["unit"])}
        return super().words(sheet_meaning) | unit

    def plan(self, sent: Sent) -> None:
        read = TargetReader().read(sent.sheets, sent.progress)
        try:
            outcome = set_targets(
                [target for _line, target in read], by=sent.by, dry_run=sent.dry_run
            )
        except TargetsRefused as refused:
            raise ImportRefused(
                Problem(message, read[position][0], "value")
                for position, message in refused.problems
            ) from refused
        sent.report.created, sent.report.updated = outcome.created, outcome.updated
        sent.report.unchanged, sent.report.changes = outcome.unchanged, outcome.changes


Goal = tuple[Department, Metric, Column]


@dataclass
class _Found:
    """Figures with the line and column each came from."""

    figures: list[Figure]
    places: list[tuple[int, str]]


class ResultImporter(ByAlias):
    kind = "results"
    title = _("Results")
    permission = "incentives.import_results"
    required: tuple[str, ...] = ("date",)
    further_meanings = ("department", "metric", "value", "metric:CODE")
    wide_sheets = True
    aliases = {
        "date": (
            "day",
            "business day",
            "report date",
            "datum",
            "tag",
            "berichtstag",
            "日期",
            "报告日期",
        ),
        "department": DEPARTMENT,
        "department_name": DEPARTMENT_NAME,
        "metric": ("metric code", "kennzahl", "指标", "指标代码"),
        "value": ("figure", "result", "wert", "数值", "值"),
        "reason": ("why", "grund", "begründung", "原因"),
    }

    def meanings(self) -> list[str]:
        metrics = Metric.objects.values_list("code", flat=True)
        return [*super().meanings(), *(f"metric:{code}" for code in metrics)]

    def words(self, sheet_meaning: str) -> dict[str, str]:
        known = super().words(sheet_meaning)
        if sheet_meaning:
            for code in departments_by_code():
                known.setdefault(plain(code), f"department:{code}")
            return known
        for code, name in Metric.objects.values_list("code", "name"):
            known.setdefault(plain(code), f"metric:{code}")
            known.setdefault(plain(name), f"metric:{code}")
        return known

    def plan(self, sent: Sent) -> None:
        found = _ResultReader(sent.report, by=sent.by).read(sent.sheets, sent.progress)
        try:
            outcome = recording.record(
                found.figures,
                by=sent.by,
                source=Result.Source.FILE,
                reason_for_changes=str(_("imported again from %s") % sent.filename)[:500],
                accept_implausible=sent.options.accept_implausible,
                dry_run=sent.dry_run,
            )
        except RecordRefused as refused:
            problems = Problems()
            for position, message in refused.problems:
                problems.add(message, *found.places[position])
            problems.refuse_if_any()
            raise
        _take_over(sent.report, outcome)


def _take_over(report: Report, outcome: Recorded) -> None:
    report.created, report.updated = outcome.created, outcome.updated
    report.unchanged = outcome.unchanged
    shown = outcome.changes[:200]
    departments = Department.objects.in_bulk({figure.department_id for figure, _b in shown})
    metrics = Metric.objects.in_bulk({figure.metric_id for figure, _b in shown})
    for figure, before in shown:
        metric = metrics[figure.metric_id]
        was = "" if before is None else f" (was {metric.figure(before):f})"
        report.changes.append(
            f"{figure.day} {departments[figure.department_id].code} {metric.code}"
            f" {metric.figure(figure.value_scaled):f}{was}"
        )


class _ResultReader:
    """Reads figures out of long lines, wide lines and sheets of one metric."""

    def __init__(self, report: Report, *, by: User):
        self.report, self.problems = report, Problems()
        allowed = _allowed_departments(by)
        self.only_own = allowed is not None
        self.departments = departments_by_code(allowed)
        self.metrics = {normalise(metric.code): metric for metric in Metric.objects.all()}
        self.found = _Found([], [])
        self.seen: dict[tuple, tuple[int, int]] = {}

    def read(self, sheets: list[MappedSheet], progress: Progress) -> _Found:
        """All figures of the file. Raises ImportRefused."""
        parse_day = lru_cache(maxsize=4096)(parse_date)
        for mapped in sheets:
            self._refuse_without_figures(mapped)
        for mapped, raw in each_row(sheets, progress):
            self._line(mapped, raw, parse_day)
        self.problems.refuse_if_any()
        return self.found

    def _refuse_without_figures(self, mapped: MappedSheet) -> None:
        meanings = {column.meaning for column in mapped.columns}
        if mapped.sheet_meaning or any(":" in meaning for meaning in meanings):
            wanted = {"department"} if not mapped.sheet_meaning else set()
        else:
            wanted = {"department", "metric", "value"}
        missing = sorted(wanted - meanings)
        if missing:
            raise ImportRefused(
                [Problem(f"no column for {', '.join(missing)}; name it with --map 'HEADER=FIELD'")]
            )

    def _line(self, mapped: MappedSheet, raw: Row, parse_day: Callable[..., date]) -> None:
        label = mapped.text(raw, "department")
        names = [mapped.text(raw, "department_name"), mapped.text(raw, "date")]
        if is_total(label) or (not label and any(is_total(name) for name in names)):
            self._skip(raw, f"“{label or names[0] or names[1]}” is a total and not a department")
            return
        day = self._day(mapped, raw, parse_day)
        if day is None:
            return
        before = len(self.found.figures)
        repeats = sum(
            self._one(mapped, raw, day, department, metric, figure_column)
            for department, metric, figure_column in self._goals(mapped, raw, label)
        )
        if repeats and len(self.found.figures) == before:
            self._skip(raw, "repeats an earlier line")

    def _day(self, mapped: MappedSheet, raw: Row, parse_day: Callable[..., date]) -> date | None:
        column = mapped.column("date")
        if column is None:
            return None
        try:
            return parse_day(mapped.cell(raw, column), order=column.date_order)
        except ValueError as error:
            self.problems.add(str(error), raw.line, column.header)
            return None

    def _skip(self, raw: Row, why: str) -> None:
        self.report.skipped += 1
        if len(self.report.notes) < 200:
            self.report.notes.append(f"line {raw.line}: {why}; left out")

    def _goals(self, mapped: MappedSheet, raw: Row, label: str) -> Iterator[Goal]:
        """(department, metric, column of the figure) for every figure that a line can hold."""
        if mapped.sheet_meaning:
            yield from self._goals_of_one_metric(mapped, raw)
            return
        column = mapped.column("department")
        department = self._department(label, raw, column.header if column else "department")
        if department is None:
            return
        for column in mapped.columns:
            if column.meaning == "value":
                named = mapped.column("metric")
                code, header = mapped.text(raw, "metric"), named.header if named else "metric"
            elif column.meaning.startswith("metric:"):
                code, header = column.meaning.removeprefix("metric:"), column.header
            else:
                continue
            metric = self._metric(code, raw, header)
            if metric:
                yield department, metric, column

    def _goals_of_one_metric(self, mapped: MappedSheet, raw: Row) -> Iterator[Goal]:
        metric = self._metric(mapped.sheet_meaning.removeprefix("metric:"), raw, None)
        for column in mapped.columns:
            if metric and column.meaning.startswith("department:"):
                code = column.meaning.removeprefix("department:")
                department = self._department(code, raw, column.header)
                if department:
                    yield department, metric, column

    def _department(self, code: str, raw: Row, column: str) -> Department | None:
        department = self.departments.get(code.casefold())
        if department is None:
            wrong = (
                "is not a department you report for" if self.only_own else "is no department code"
            )
            self.problems.add(f"“{code}” {wrong}", raw.line, column)
        return department

    def _metric(self, code: str, raw: Row, column: str | None) -> Metric | None:
        metric = self.metrics.get(normalise(code))
        if metric is None:
            self.problems.add(
                f"“{code}” is not a metric; metrics are made by the targets file", raw.line, column
            )
        return metric

    def _one(
        self,
        mapped: MappedSheet,
        raw: Row,
        day: date,
        department: Department,
        metric: Metric,
        column: Column,
    ) -> bool:
        """Take one figure; True when it repeats an earlier line's."""
        try:
            value = read_figure(mapped.cell(raw, column), column, metric)
        except ValueError as error:
            self.problems.add(str(error), raw.line, column.header)
            return False
        if value is None:
            return False
        key = (day, department.pk, metric.pk)
        if key in self.seen:
            line, earlier = self.seen[key]
            if earlier != value:
                self.problems.add(
                    f"{department.code} on {day} has another figure in line {line}",
                    raw.line,
                    column.header,
                )
            return True
        self.seen[key] = (raw.line, value)
        reason = mapped.text(raw, "reason")
        self.found.figures.append(Figure(day, department.pk, metric.pk, value, reason))
        self.found.places.append((raw.line, column.header))
        return False


def _allowed_departments(by: User) -> set[int] | None:
    """A lead reports for the own departments; HR, administrators and commands for all."""
    if by.is_system or by.has_perm("incentives.set_targets"):
        return None
    return led_departments(by, on=timezone.localdate())


def read_targets_file(
    content: bytes, *, filename: str, options: Options, progress: Progress = no_progress
) -> list[NewTarget]:
    """The targets of a file without setting them, for a back-test. Raises ImportRefused."""
    sheets = understand(TargetImporter(), content, filename, options, Report())
    return [target for _line, target in TargetReader().read(sheets, progress)]


def as_figure(text: str, metric: Metric) -> int | None:
    """A typed figure, scaled by 10^7; None for a blank. Raises ValueError with what to do."""
    return read_figure(text, Column(0, "", "value"), metric)


register(TargetImporter())
register(ResultImporter())
