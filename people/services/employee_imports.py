"""Importing employees with their departments, salaries, logins and roles."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.money import minor_units
from people.models import Department, Employee, Membership, Salary, User
from people.services import audit
from people.services.importing import (
    ByAlias,
    MappedSheet,
    Options,
    Problems,
    Progress,
    Report,
    dry_or_not,
    each_row,
    register,
)
from people.services.roles import RoleKey, parse_roles, set_roles
from people.tabular import Row, normalise, parse_date, parse_number

PLAIN = ("name", "email", "job_title", "language")

@dataclass
class EmployeeRow:
    """A line of the file; None where the file has no such column."""

    line: int
    number: str
    department: Department
    hired_on: date
    left_on: date | None
    name: str
    email: str | None
    job_title: str | None
    language: str | None
    annual_minor: int | None
    currency: str
    fte_bp: int | None
    manager: str | None
    roles: set[RoleKey] | None


class EmployeeImporter(ByAlias):
    kind = "employees"
    title = _("Employees")
    permission = "people.import_people"
    required = ("number", "name", "department", "hired_on")
    aliases = {
        "number": ("employee", "employee number", "employee_ref", "staff number", "personalnummer",
                   "工号", "员工编号"),
        "name": ("full name", "employee name", "姓名", "mitarbeiter"),
        "email": ("e-mail", "mail", "邮箱", "电子邮件"),
        "department": ("department code", "dept", "unit", "abteilungscode", "部门代码"),
        "department_name": ("abteilung", "部门"),
        "job_title": ("title", "job", "position", "stelle", "职位", "岗位"),
        "hired_on": ("hire date", "hire_date", "start date", "eintritt", "入职日期"),
        "left_on": ("leaving date", "end date", "austritt", "离职日期"),
        "annual_salary": ("salary", "jahresgehalt", "gehalt", "年薪"),
        "currency": ("währung", "币种"),
        "fte": ("full-time share", "stellenanteil", "全职比例"),
        "manager": ("manager number", "vorgesetzter", "上级", "经理"),
        "language": ("sprache", "语言"),
        "roles": ("role", "rollen", "角色"),
    }  # fmt: skip

    def plan(
        self,
        sheets: list[MappedSheet],
        report: Report,
        *,
        options: Options,
        by: User,
        filename: str,
        dry_run: bool,
        progress: Progress,
    ) -> None:
        problems = Problems()
        departments = {d.code.casefold(): d for d in Department.objects.all()}
        rows = []
        for mapped, raw in each_row(sheets, progress):
            row = _Reader(mapped, raw, problems, departments).row()
            if row:
                rows.append(row)
        _refuse_clashes(rows, problems)
        problems.refuse_if_any()
        as_of = options.as_of or timezone.localdate()
        writer = _Writer(report, as_of=as_of, by=by, reason=f"import of {filename}"[:500])
        dry_or_not(lambda: writer.write(rows), dry_run=dry_run)


class _Reader:
    """Reads one line; problems are noted with their column, and the line is then left out."""

    def __init__(
        self,
        mapped: MappedSheet,
        raw: Row,
        problems: Problems,
        departments: dict[str, Department],
    ):
        self.mapped, self.raw, self.problems, self.departments = mapped, raw, problems, departments

    def row(self) -> EmployeeRow | None:
        before = self.problems.count
        department = self.departments.get(self.text("department").casefold())
        if department is None:
            self.problem("department", f"“{self.text('department')}” is not a department")
        number, name = self.needed("number"), self.needed("name")
        hired_on, left_on = self.day("hired_on"), self.day("left_on")
        if hired_on is None:
            self.problem("hired_on", "is empty; the first department and salary hold from that day")
        if hired_on and left_on and left_on < hired_on:
            self.problem("left_on", f"{left_on} is before the hiring day {hired_on}")
        currency = self.text("currency").upper()
        salary, fte_bp, email = self.salary(currency), self.fte_bp(), self.email()
        roles = self.roles(department) if department else None
        if self.problems.count > before or department is None or hired_on is None:
            return None
        return EmployeeRow(
            self.raw.line, number, department, hired_on, left_on, name, email,
            self.optional("job_title"), self.optional("language"), salary, currency, fte_bp,
            self.optional("manager"), roles,
        )  # fmt: skip

    def problem(self, field: str, message: str) -> None:
        column = self.mapped.column(field)
        self.problems.add(message, self.raw.line, column.header if column else field)

    def text(self, field: str) -> str:
        return self.mapped.text(self.raw, field)

    def optional(self, field: str) -> str | None:
        return self.text(field) if self.mapped.column(field) else None

    def needed(self, field: str) -> str:
        text = self.text(field)
        if not text:
            self.problem(field, "is empty; every line needs one")
        return text

    def day(self, field: str) -> date | None:
        column = self.mapped.column(field)
        if column is None or not self.text(field):
            return None
        try:
            return parse_date(self.mapped.cell(self.raw, column), order=column.date_order)
        except ValueError as error:
            self.problem(field, str(error))
            return None

    def number(self, field: str, *, percent: bool = False) -> Decimal | None:
        column = self.mapped.column(field)
        if column is None:
            return None
        try:
            parsed = parse_number(
                self.mapped.cell(self.raw, column),
                decimal_comma=column.decimal_comma,
                percent_unit=percent,
            )
        except ValueError as error:
            self.problem(field, str(error))
            return None
        return parsed[0] if parsed else None

    def salary(self, currency: str) -> int | None:
        amount = self.number("annual_salary")
        if amount is None:
            return None
        if amount < 0:
            self.problem("annual_salary", f"{amount} is below zero")
        elif len(currency) != 3 or not currency.isalpha():
            self.problem("currency", f"“{currency}” is not a currency; for example GBP")
        else:
            try:
                return minor_units(amount, currency)
            except ValueError as error:
                self.problem("annual_salary", str(error))
        return None

    def fte_bp(self) -> int | None:
        """1 or 100% is full time; 0.8 and 80% are four days a week."""
        share = self.number("fte", percent=True)
        if share is None:
            return None
        if "%" in normalise(self.text("fte")):
            share /= 100
        basis_points = share * 10_000
        if basis_points != int(basis_points) or not 0 < basis_points <= 10_000:
            self.problem("fte", f"{share:f} is not a full-time share; write 0.8, or 1 for full time")
            return None
        return int(basis_points)

    def email(self) -> str | None:
        email = self.optional("email")
        if email:
            try:
                validate_email(email)
            except ValidationError:
                self.problem("email", f"“{email}” is not an e-mail address")
        return email

    def roles(self, department: Department) -> set[RoleKey] | None:
        text = self.optional("roles")
        if text is None:
            return None
        try:
            return parse_roles(text, own=department, departments=self.departments)
        except ValueError as error:
            self.problem("roles", str(error))
            return None


def _refuse_clashes(rows: list[EmployeeRow], problems: Problems) -> None:
    lines: dict[str, int] = {}
    mails: dict[str, str] = {
        email.casefold(): number
        for number, email in Employee.objects.exclude(email="").values_list("number", "email")
    }
    for row in rows:
        if row.number in lines:
            problems.add(f"{row.number} stands in line {lines[row.number]} already", row.line, "number")
        lines.setdefault(row.number, row.line)
        if row.email:
            owner = mails.setdefault(row.email.casefold(), row.number)
            if owner != row.number:
                problems.add(f"{row.email} belongs to employee {owner}", row.line, "email")
    known = dict(Employee.objects.values_list("number", "hired_on"))
    for row in rows:
        if known.get(row.number, row.hired_on) != row.hired_on:
            problems.add(
                f"{row.number} is known as hired on {known[row.number]}", row.line, "hired_on"
            )
        if row.manager and row.manager not in lines and row.manager not in known:
            problems.add(f"“{row.manager}” is not an employee number", row.line, "manager")


class _Writer:
    """Writes checked lines: new employees in bulk, known ones where something changed."""

    def __init__(self, report: Report, *, as_of: date, by: User, reason: str):
        self.report, self.as_of, self.by, self.reason = report, as_of, by, reason
        self.log: list[tuple[str, dict | None, dict]] = []

    def write(self, rows: list[EmployeeRow]) -> None:
        known = {e.number: e for e in Employee.objects.select_related("user", "manager")}
        new = [row for row in rows if row.number not in known]
        known |= self._create(new)
        memberships = {m.employee_id: m for m in Membership.objects.order_by("from_date")}
        salaries = {s.employee_id: s for s in Salary.objects.order_by("from_date")}
        created = {row.number for row in new}
        for row in rows:
            employee = known[row.number]
            if row.number in created:
                self._set_manager(employee, row, known)
                self._access(employee, row, from_date=row.hired_on)
                continue
            before = dict(self._state(employee, memberships.get(employee.pk)))
            changed = self._update(employee, row, known)
            changed |= self._move(employee, row, memberships.get(employee.pk))
            changed |= self._pay(employee, row, salaries.get(employee.pk))
            changed |= self._access(employee, row, from_date=self.as_of)
            if changed:
                self.report.updated += 1
                self._note(row, before)
            else:
                self.report.unchanged += 1
        audit.record_many("import_employee", by=self.by, changes=self.log, why=self.reason)

    def _create(self, rows: list[EmployeeRow]) -> dict[str, Employee]:
        employees = Employee.objects.bulk_create(
            [
                Employee(
                    number=row.number, name=row.name, email=row.email or "",
                    job_title=row.job_title or "", language=row.language or "",
                    hired_on=row.hired_on, left_on=row.left_on,
                )
                for row in rows
            ],
            batch_size=2000,
        )  # fmt: skip
        pairs = list(zip(employees, rows, strict=True))
        Membership.objects.bulk_create(
            [
                Membership(
                    employee=employee, department=row.department, from_date=row.hired_on,
                    until_date=row.left_on, fte_bp=row.fte_bp or 10_000,
                )
                for employee, row in pairs
            ],
            batch_size=2000,
        )  # fmt: skip
        Salary.objects.bulk_create(
            [
                Salary(
                    employee=employee, from_date=row.hired_on, annual_minor=row.annual_minor,
                    currency=row.currency,
                )
                for employee, row in pairs
                if row.annual_minor is not None
            ],
            batch_size=2000,
        )  # fmt: skip
        for row in rows:
            self.report.created += 1
            self._note(row, None)
        return {employee.number: employee for employee in employees}

    def _note(self, row: EmployeeRow, before: dict | None) -> None:
        after = {"name": row.name, "department": row.department.code, "email": row.email}
        self.log.append((f"employee:{row.number}", before, after))
        self.report.changes.append(f"{row.number}: {row.name}, {row.department.code}")

    def _state(self, employee: Employee, membership: Membership | None):
        yield "name", employee.name
        yield "department", membership.department.code if membership else None
        yield "email", employee.email

    def _set_manager(self, employee: Employee, row: EmployeeRow, known: dict[str, Employee]) -> bool:
        if row.manager is None:
            return False
        manager = known[row.manager] if row.manager else None
        if employee.manager_id == (manager and manager.pk):
            return False
        employee.manager = manager
        employee.save(update_fields=["manager"])
        return True

    def _update(self, employee: Employee, row: EmployeeRow, known: dict[str, Employee]) -> bool:
        changed = False
        for name in PLAIN:
            value = getattr(row, name)
            if value is not None and getattr(employee, name) != value:
                setattr(employee, name, value)
                changed = True
        if changed:
            employee.save()
        return changed | self._set_manager(employee, row, known)

    def _move(self, employee: Employee, row: EmployeeRow, held: Membership | None) -> bool:
        """Department and full-time share from `as_of` on; leaving ends the membership."""
        changed = self._leave(employee, row, held)
        if held is None or row.left_on:
            return changed
        fte_bp = row.fte_bp or held.fte_bp
        if (held.department_id, held.fte_bp) == (row.department.pk, fte_bp):
            return changed
        if held.from_date < self.as_of:
            held.until_date = self.as_of - timedelta(days=1)
            held.save()
            held = Membership(employee=employee, from_date=self.as_of)
        held.department, held.fte_bp = row.department, fte_bp
        held.save()
        return True

    def _leave(self, employee: Employee, row: EmployeeRow, held: Membership | None) -> bool:
        if employee.left_on == row.left_on:
            return False
        employee.left_on = row.left_on
        employee.save(update_fields=["left_on"])
        if held:
            held.until_date = row.left_on
            held.save()
        return True

    def _pay(self, employee: Employee, row: EmployeeRow, held: Salary | None) -> bool:
        if row.annual_minor is None:
            return False
        if held and (held.annual_minor, held.currency) == (row.annual_minor, row.currency):
            return False
        Salary.objects.update_or_create(
            employee=employee,
            from_date=self.as_of if held else row.hired_on,
            defaults={"annual_minor": row.annual_minor, "currency": row.currency},
        )
        return True

    def _access(self, employee: Employee, row: EmployeeRow, *, from_date: date) -> bool:
        """A login for whoever has an e-mail or a role; a leaver's is switched off."""
        user = employee.user
        if user is None and not (row.email or row.roles):
            return False
        if user is None:
            user = User.objects.create(
                username=row.number, email=row.email or "", password=make_password(None)
            )
            employee.user = user
            employee.save(update_fields=["user"])
        active = row.left_on is None or row.left_on >= timezone.localdate()
        if user.is_active != active:
            user.is_active = active
            user.save(update_fields=["is_active"])
        if row.roles is None:
            return False
        return set_roles(user, row.roles, from_date=from_date, reason=self.reason, by=self.by)


register(EmployeeImporter())
