"""Importing leave: known by the employee and the first day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from people.models import Employee, Leave, LeaveKind, Membership, User
from people.services import audit
from people.services.employment import EmploymentRefused, leave_state, refuse_own
from people.services.import_lines import LineReader
from people.services.importing import (
    ByAlias,
    ImportRefused,
    Problem,
    Problems,
    Report,
    Sent,
    dry_or_not,
    each_row,
    register,
)
from people.services.leaves import (
    Stint,
    already_away,
    leaves_refused,
    may_enter,
    refuse_outside,
    stints,
)
from people.tabular import normalise

KIND_WORDS = {
    LeaveKind.PARENTAL: ("parental leave", "maternity", "maternity leave", "paternity",
                         "paternity leave", "elternzeit", "mutterschutz", "产假", "陪产假",
                         "育儿假"),
    LeaveKind.SICKNESS: ("sick", "sick leave", "illness", "krank", "krankheit", "病假"),
    LeaveKind.CARE: ("care leave", "care of relatives", "pflege", "pflegezeit", "护理假",
                     "照护假"),
    LeaveKind.SABBATICAL: ("sabbatical leave", "sabbatjahr", "auszeit", "学术休假", "长期休假"),
    LeaveKind.UNPAID: ("unpaid leave", "unbezahlt", "unbezahlter urlaub", "无薪假", "事假"),
    LeaveKind.OTHER: ("other leave", "sonstige", "sonstiges", "andere", "其他", "其它"),
}  # fmt: skip
KINDS = {
    normalise(word): kind for kind, words in KIND_WORDS.items() for word in (kind.value, *words)
}
Key = tuple[str, date]


@dataclass(frozen=True)
class LeaveRow:
    line: int
    number: str
    kind: str
    from_date: date
    until_date: date | None


class LeaveImporter(ByAlias):
    kind = "leaves"
    title = _("Leave")
    permission = "people.keep_leaves"
    required: tuple[str, ...] = ("number", "kind", "from_date", "until_date")
    aliases = {
        "number": ("employee", "employee number", "staff number", "personalnummer", "工号",
                   "员工编号"),
        "kind": ("leave", "kind of leave", "type", "art", "abwesenheitsart", "假期类型", "类型"),
        "from_date": ("from", "start", "start date", "first day", "von", "ab", "beginn",
                      "开始日期", "起始日期"),
        "until_date": ("until", "to", "end", "end date", "last day", "bis", "ende", "结束日期",
                       "截止日期"),
    }  # fmt: skip

    def plan(self, sent: Sent) -> None:
        if not may_enter(sent.by):
            raise ImportRefused([Problem(leaves_refused())])
        problems = Problems()
        rows = [
            row for mapped, raw in each_row(sent.sheets, sent.progress)
            if (row := _row(LineReader(mapped, raw, problems)))
        ]  # fmt: skip
        _refuse_repeats(rows, problems)
        problems.refuse_if_any()
        writer = _Writer(sent.report, by=sent.by, reason=f"import of {sent.filename}"[:500])
        dry_or_not(lambda: writer.write(rows), dry_run=sent.dry_run)


def _row(reader: LineReader) -> LeaveRow | None:
    before = reader.problems.count
    number, said = reader.needed("number"), reader.needed("kind")
    kind = KINDS.get(normalise(said))
    if said and kind is None:
        reader.problem("kind", f"“{said[:40]}” is not one of {', '.join(LeaveKind.values)}")
    from_date, until_date = reader.day("from_date"), reader.day("until_date")
    if from_date is None and not reader.text("from_date"):
        reader.problem("from_date", "is empty; leave holds from a day on")
    if reader.problems.count > before or kind is None or from_date is None:
        return None
    return LeaveRow(reader.raw.line, number, kind, from_date, until_date)


def _key(row: LeaveRow) -> Key:
    return (row.number, row.from_date)


def _refuse_repeats(rows: list[LeaveRow], problems: Problems) -> None:
    lines: dict[Key, int] = {}
    for row in rows:
        first = lines.setdefault(_key(row), row.line)
        if first != row.line:
            message = f"{row.number} has leave from {row.from_date} in line {first} already"
            problems.add(message, row.line, "from_date")


class _Writer:
    """Writes checked lines in bulk; what the file does not name stays as it is."""

    def __init__(self, report: Report, *, by: User, reason: str):
        self.report, self.by, self.reason = report, by, reason
        self.problems = Problems()
        self.log: list[tuple[str, dict | None, dict]] = []
        self.about: list[Employee | None] = []
        self.changed: list[Leave] = []
        self.new: list[Leave] = []

    def write(self, rows: list[LeaveRow]) -> None:
        """All rows, or ImportRefused."""
        known = {employee.number: employee for employee in Employee.objects.filter(erased_at=None)}
        employed = _employed()
        held = {
            (leave.employee.number, leave.from_date): leave
            for leave in Leave.objects.select_related("employee")
        }
        for row in rows:
            employee = known.get(row.number)
            if employee is None:
                message = f"“{row.number}” is not an employee number"
                self.problems.add(message, row.line, "number")
                continue
            leave = held.setdefault(_key(row), Leave(employee=employee, from_date=row.from_date))
            if self._set(leave, row):
                self._refuse(row, employee, employed.get(employee.pk, []))
        self._refuse_overlaps(held.values(), {_key(row): row.line for row in rows})
        self.problems.refuse_if_any()
        Leave.objects.bulk_update(self.changed, ["kind", "until_date"], batch_size=400)
        Leave.objects.bulk_create(self.new, batch_size=2000)
        audit.record_many(
            "import_leave", by=self.by, changes=self.log, why=self.reason, people=self.about
        )

    def _set(self, leave: Leave, row: LeaveRow) -> bool:
        """As the line says; False when it is so already."""
        before = leave_state(leave) if leave.pk else None
        leave.kind, leave.until_date = row.kind, row.until_date
        if before == leave_state(leave):
            self.report.unchanged += 1
            return False
        if before is None:
            self.report.created += 1
            self.new.append(leave)
        else:
            self.report.updated += 1
            self.changed.append(leave)
        self._note(leave, before)
        return True

    def _refuse(self, row: LeaveRow, employee: Employee, employed: list[Stint]) -> None:
        try:
            refuse_own(employee, by=self.by)
            refuse_outside(employed, from_date=row.from_date, until_date=row.until_date)
        except EmploymentRefused as refused:
            self.problems.add(str(refused), row.line, refused.field or "number")

    def _note(self, leave: Leave, before: dict | None) -> None:
        self.log.append((f"employee:{leave.employee_id}", before, leave_state(leave)))
        self.about.append(leave.employee)
        until = leave.until_date or "…"
        self.report.changes.append(
            f"{leave.employee.number}: {leave.kind}, {leave.from_date} – {until}"
        )

    def _refuse_overlaps(self, leaves: Iterable[Leave], lines: dict[Key, int]) -> None:
        """Looked at when all lines stand: a file may shorten one leave and add the next."""
        in_order = sorted(leaves, key=lambda leave: (leave.employee_id, leave.from_date))
        for earlier, later in pairwise(in_order):
            if earlier.employee_id != later.employee_id:
                continue
            if earlier.until_date and earlier.until_date < later.from_date:
                continue
            number = later.employee.number
            line = lines.get((number, later.from_date))
            other = earlier
            if line is None:
                line, other = lines.get((number, earlier.from_date)), later
            self.problems.add(already_away(other), line, "from_date")


def _employed() -> dict[int, list[Stint]]:
    """By employee id, when each works here."""
    spans: dict[int, list[tuple[date, date | None]]] = {}
    rows = Membership.objects.values_list("employee", "from_date", "until_date")
    for employee, first, last in rows:
        spans.setdefault(employee, []).append((first, last))
    return {employee: stints(of_one) for employee, of_one in spans.items()}


register(LeaveImporter())
