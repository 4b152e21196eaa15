"""Importing employees with their departments, salaries, logins and roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Department, Employee, Membership, Salary, User
from people.money import minor_units
from people.services import audit, employment
from people.services.access import close_account
from people.services.employment import PLAIN, EmploymentRefused, Pay, Place
from people.services.import_lines import LineReader
from people.services.importing import (
    ByAlias,
    MappedSheet,
    Problems,
    Report,
    Sent,
    dry_or_not,
    each_row,
    register,
    too_long,
)
from people.services.roles import (
    HeldRoles,
    RoleKey,
    beyond_accounts,
    beyond_rights,
    everybodys_roles,
    parse_roles,
    roles_in_force,
    set_roles,
)
from people.tabular import BLANKS, Row, normalise

LONGEST = {"number": 30, "name": 200, "email": 254, "job_title": 200, "language": 10}
YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "ja", "j", "wahr", "是", "对"), True),
    **dict.fromkeys(("no", "n", "false", "0", "nein", "falsch", "否", "不是"), False),
}


@dataclass
class EmployeeRow:
    """A line of the file; None where the file has no such column."""

    line: int
    number: str
    department: Department
    hired_on: date
    left_on: date | None
    says_leaving: bool
    name: str
    email: str | None
    job_title: str | None
    language: str | None
    annual_minor: int | None
    currency: str
    fte_bp: int | None
    manager: str | None
    roles: set[RoleKey] | None
    good_leaver: bool | None = None


class EmployeeImporter(ByAlias):
    kind = "employees"
    title = _("Employees")
    permission = "people.import_people"
    required: tuple[str, ...] = ("number", "name", "department", "hired_on")
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
        "good_leaver": ("good leaver", "im guten ausgeschieden", "善意离职", "好离职者"),
    }  # fmt: skip

    def plan(self, sent: Sent) -> None:
        problems = Problems()
        departments = {d.code.casefold(): d for d in Department.objects.all()}
        rows = []
        for mapped, raw in each_row(sent.sheets, sent.progress):
            row = _Reader(mapped, raw, problems, departments).row()
            if row:
                rows.append(row)
        _refuse_clashes(rows, problems)
        _refuse_marks_of_who_stays(rows, problems)
        _refuse_beyond_rights(rows, by=sent.by, problems=problems)
        problems.refuse_if_any()
        as_of = sent.options.as_of or timezone.localdate()
        writer = _Writer(
            sent.report, as_of=as_of, by=sent.by, reason=f"import of {sent.filename}"[:500]
        )
        dry_or_not(lambda: writer.write(rows), dry_run=sent.dry_run)


class _Reader(LineReader):
    def __init__(
        self,
        mapped: MappedSheet,
        raw: Row,
        problems: Problems,
        departments: dict[str, Department],
    ):
        super().__init__(mapped, raw, problems)
        self.departments = departments

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
        for field, most in LONGEST.items():
            if wrong := too_long(self.text(field), most):
                self.problem(field, wrong)
        roles = self.roles(department) if department else None
        good_leaver = self.good_leaver()
        if self.problems.count > before or department is None or hired_on is None:
            return None
        return EmployeeRow(
            self.raw.line, number, department, hired_on, left_on,
            self.mapped.column("left_on") is not None, name, email,
            self.optional("job_title"), self.optional("language"), salary, currency, fte_bp,
            self.optional("manager"), roles, good_leaver,
        )  # fmt: skip

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
            message = f"{share:f} is not a full-time share; write 0.8, or 1 for full time"
            self.problem("fte", message)
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

    def good_leaver(self) -> bool | None:
        """None when nothing is said: what HR has marked by page stays."""
        said = normalise(self.text("good_leaver"))
        if said in BLANKS:
            return None
        if said not in YES_OR_NO:
            self.problem("good_leaver", f"“{said[:40]}” is neither yes nor no")
        return YES_OR_NO.get(said)

    def roles(self, department: Department) -> set[RoleKey] | None:
        text = self.optional("roles")
        if text is None:
            return None
        try:
            return parse_roles(text, own=department, departments=self.departments)
        except ValueError as error:
            self.problem("roles", str(error))
            return None


def _refuse_beyond_rights(rows: list[EmployeeRow], *, by: User, problems: Problems) -> None:
    """Who keeps accounts does not keep salaries, and nobody gives rights above the own (rules, 15).

    Commands that nobody is named for run as "system" and may do all.
    """
    if by.is_system:
        return
    own = roles_in_force(by)
    held = everybodys_roles()
    users = dict(Employee.objects.values_list("number", "user"))
    for row in rows:
        user = users.get(row.number)
        if row.annual_minor is not None and not employment.may_set_salaries(own):
            problems.add(employment.salaries_refused(), row.line, "annual_salary")
        if row.good_leaver is not None and not employment.may_keep_leaves(own):
            problems.add(employment.marks_refused(), row.line, "good_leaver")
        if row.roles is not None:
            changed = {role for role, _department in row.roles ^ set(held.get(user or 0, {}))}
            refusal = beyond_rights(changed, of_user=user, by=by, own=own)
            if refusal:
                problems.add(refusal, row.line, "roles")


def _refuse_clashes(rows: list[EmployeeRow], problems: Problems) -> None:
    lines: dict[str, int] = {}
    mails: dict[str, str] = {
        email.casefold(): number
        for number, email in Employee.objects.exclude(email="").values_list("number", "email")
    }
    strangers = User.objects.filter(employee=None)
    logins = {name.casefold() for name in strangers.values_list("username", flat=True)}
    their_mails = {mail.casefold() for mail in strangers.values_list("email", flat=True)}
    for row in rows:
        if row.number in lines:
            message = f"{row.number} stands in line {lines[row.number]} already"
            problems.add(message, row.line, "number")
        lines.setdefault(row.number, row.line)
        if row.email and row.email.casefold() in their_mails:
            problems.add(employment.another_login(row.email), row.line, "email")
        if row.email:
            owner = mails.setdefault(row.email.casefold(), row.number)
            if owner != row.number:
                problems.add(employment.email_taken(row.email, owner), row.line, "email")
    known = dict(Employee.objects.values_list("number", "hired_on"))
    _refuse_numbers_alike(rows, known, problems)
    for row in rows:
        if row.number.casefold() in logins | their_mails:
            problems.add(employment.another_login(row.number), row.line, "number")
        if known.get(row.number, row.hired_on) != row.hired_on:
            problems.add(
                f"{row.number} is known as hired on {known[row.number]}", row.line, "hired_on"
            )
        if row.manager and row.manager not in lines and row.manager not in known:
            problems.add(f"“{row.manager}” is not an employee number", row.line, "manager")


def _refuse_marks_of_who_stays(rows: list[EmployeeRow], problems: Problems) -> None:
    known = dict(Employee.objects.values_list("number", "left_on"))
    for row in rows:
        last_day = row.left_on if row.says_leaving else known.get(row.number)
        if row.good_leaver is not None and last_day is None:
            problems.add("a leaver has a last day; it is empty here", row.line, "good_leaver")


def _refuse_numbers_alike(
    rows: list[EmployeeRow], known: Iterable[str], problems: Problems
) -> None:
    """People sign in with their number in any case: e1 beside E1 would keep both out."""
    written = {number.casefold(): number for number in known}
    for row in rows:
        number = written.setdefault(row.number.casefold(), row.number)
        if number != row.number:
            problems.add(f"there is an employee {number} already", row.line, "number")


class _Writer:
    """Writes checked lines: new employees in bulk, known ones where something changed."""

    def __init__(self, report: Report, *, as_of: date, by: User, reason: str):
        self.report, self.as_of, self.by, self.reason = report, as_of, by, reason
        self.log: list[tuple[str, dict | None, dict]] = []
        self.about: list[Employee] = []
        self.memberships: dict[int, Membership] = {}
        self.salaries: dict[int, Salary] = {}
        # Written at the end in bulk: a reorganisation moves everybody, a pay round pays everybody.
        self.ended: list[Membership] = []
        self.begun: list[Membership] = []
        self.raised: list[Salary] = []
        self.beyond: dict[int, str] = {}

    def write(self, rows: list[EmployeeRow]) -> None:
        """All rows, or ImportRefused."""
        known = {e.number: e for e in Employee.objects.select_related("user")}
        new = [row for row in rows if row.number not in known]
        created = self._create(new)
        known |= created
        memberships = Membership.objects.select_related("department").order_by("from_date")
        self.memberships = {m.employee_id: m for m in memberships}
        self.salaries = {s.employee_id: s for s in Salary.objects.order_by("from_date")}
        self.beyond = beyond_accounts(by=self.by)
        roles = everybodys_roles()
        self._set_managers(new, known)
        problems = Problems()
        for row in rows:
            employee = known[row.number]
            is_new = row.number in created
            before = None if is_new else self._state(employee)
            changed = False
            try:
                if not is_new:
                    changed = self._update(employee, row, known)
            except EmploymentRefused as refused:
                problems.add(str(refused), row.line, refused.field)
                continue
            changed |= self._access(employee, row, roles, is_new=is_new)
            self._count(row, employee, before, changed=changed)
        self._refuse_circles(rows, known, problems)
        problems.refuse_if_any()
        Membership.objects.bulk_update(self.ended, ["until_date"], batch_size=400)
        Membership.objects.bulk_create(self.begun, batch_size=2000)
        Salary.objects.bulk_create(self.raised, batch_size=2000)
        audit.record_many(
            "import_employee", by=self.by, changes=self.log, why=self.reason, people=self.about
        )

    def _count(
        self, row: EmployeeRow, employee: Employee, before: dict | None, *, changed: bool
    ) -> None:
        if before is None:
            self.report.created += 1
        elif changed:
            self.report.updated += 1
        else:
            self.report.unchanged += 1
            return
        self.log.append((f"employee:{employee.pk}", before, self._state(employee)))
        self.about.append(employee)
        self.report.changes.append(f"{row.number}: {row.name}, {row.department.code}")

    def _create(self, rows: list[EmployeeRow]) -> dict[str, Employee]:
        logins = self._create_logins(rows)
        employees = Employee.objects.bulk_create(
            [
                Employee(
                    number=row.number, name=row.name, email=row.email or "",
                    job_title=row.job_title or "", language=row.language or "",
                    hired_on=row.hired_on, left_on=row.left_on, good_leaver=row.good_leaver,
                    user=logins.get(row.number),
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
        return {employee.number: employee for employee in employees}

    def _create_logins(self, rows: list[EmployeeRow]) -> dict[str, User]:
        """A login for whoever has an e-mail or a role; without a password until one is set."""
        today = timezone.localdate()
        users = User.objects.bulk_create(
            [
                User(
                    username=row.number,
                    email=row.email or "",
                    password=make_password(None),
                    is_active=row.left_on is None or row.left_on >= today,
                )
                for row in rows
                if row.email or row.roles
            ],
            batch_size=2000,
        )
        return {user.username: user for user in users}

    def _state(self, employee: Employee) -> dict:
        return employment.state_of(
            employee,
            membership=self.memberships.get(employee.pk),
            salary=self.salaries.get(employee.pk),
        )

    def _set_managers(self, rows: list[EmployeeRow], known: dict[str, Employee]) -> None:
        managed = [known[row.number] for row in rows if row.manager]
        for row in rows:
            if row.manager:
                known[row.number].manager = known[row.manager]
        Employee.objects.bulk_update(managed, ["manager"], batch_size=400)

    def _refuse_circles(
        self, rows: list[EmployeeRow], known: dict[str, Employee], problems: Problems
    ) -> None:
        """Looked at when all lines stand: on the way from one order to another a circle is fine."""
        managers = {employee.pk: employee.manager_id for employee in known.values()}
        for row in rows:
            if row.manager:
                employee = known[row.number]
                try:
                    employment.refuse_circle(
                        employee, employee.manager_id, manager_of=managers.__getitem__
                    )
                except EmploymentRefused as refused:
                    problems.add(str(refused), row.line, refused.field)

    def _update(self, employee: Employee, row: EmployeeRow, known: dict[str, Employee]) -> bool:
        changed = self._describe(employee, row, known)
        changed |= self._leave(employee, row)
        changed |= self._mark(employee, row)
        changed |= self._move(employee, row)
        changed |= self._pay(employee, row)
        if changed:
            employment.refuse_own(employee, by=self.by)
        return changed

    def _describe(self, employee: Employee, row: EmployeeRow, known: dict[str, Employee]) -> bool:
        wanted: dict[str, Any] = {
            name: getattr(row, name) for name in PLAIN if getattr(row, name) is not None
        }
        if row.manager is not None:
            wanted["manager_id"] = known[row.manager].pk if row.manager else None
        refusal = self.beyond.get(employee.user_id or 0)
        if refusal and wanted.get("email", employee.email) != employee.email:
            raise EmploymentRefused(refusal, field="email")
        return employment.rewrite(employee, wanted)

    def _leave(self, employee: Employee, row: EmployeeRow) -> bool:
        """Leaving ends the membership and the login; a leaving day taken back gives them back."""
        if not row.says_leaving or employee.left_on == row.left_on:
            return False
        held = employment.set_last_day(employee, row.left_on, by=self.by)
        if held:
            self.memberships[employee.pk] = held
        if employee.user and not employee.has_left(on=timezone.localdate()):
            employee.user.is_active = True
            employee.user.save(update_fields=["is_active"])
        return True

    def _mark(self, employee: Employee, row: EmployeeRow) -> bool:
        return row.good_leaver is not None and employment.set_mark(employee, row.good_leaver)

    def _move(self, employee: Employee, row: EmployeeRow) -> bool:
        """Department and full-time share from `as_of` on."""
        held = self.memberships.get(employee.pk)
        if held is None or employee.has_left(on=self.as_of):
            return False
        place = Place(row.department, row.fte_bp or held.fte_bp)
        if place == Place(held.department, held.fte_bp):
            return False
        new = employment.moved(held, employee=employee, place=place, from_date=self.as_of)
        if new is not held:
            self.ended.append(held)
            self.begun.append(new)
        elif held.pk:
            held.save()
        self.memberships[employee.pk] = new
        return True

    def _pay(self, employee: Employee, row: EmployeeRow) -> bool:
        if row.annual_minor is None:
            return False
        held = self.salaries.get(employee.pk)
        pay = Pay(row.annual_minor, row.currency)
        if held and pay == Pay(held.annual_minor, held.currency):
            return False
        from_date = self.as_of if held else row.hired_on
        new = employment.paid(held, employee=employee, pay=pay, from_date=from_date)
        if new.pk:
            new.save()
        else:
            self.raised.append(new)
        self.salaries[employee.pk] = new
        return True

    def _access(
        self,
        employee: Employee,
        row: EmployeeRow,
        roles: dict[int, HeldRoles],
        *,
        is_new: bool,
    ) -> bool:
        """Roles, and a login for whoever gets an e-mail or a role; a leaver's is switched off."""
        if employee.user is None and (row.email or row.roles):
            employee.user = self._create_logins([row])[row.number]
            employee.save(update_fields=["user"])
        user = employee.user
        if user is None:
            return False
        if employee.left_on and employee.has_left(on=timezone.localdate()):
            if user.is_active:
                close_account(user, last_day=employee.left_on, by=self.by)
            return False
        if row.roles is None:
            return False
        from_date = row.hired_on if is_new else self.as_of
        return set_roles(
            user, row.roles, from_date=from_date, reason=self.reason, by=self.by,
            held=roles.get(user.pk, {}),
        )  # fmt: skip


register(EmployeeImporter())
