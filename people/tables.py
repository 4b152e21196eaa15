"""Lists as django-tables2 classes."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from people.columns import DayColumn, MomentColumn
from people.models import (
    AuditEntry,
    Department,
    Employee,
    ImportDraft,
    Membership,
    Notice,
    OutgoingMail,
    RoleAssignment,
    SalaryLook,
    Site,
)
from people.services import audit
from people.services.importing import importer
from people.services.notices import text_of
from people.weeks import working_week


def link_to(employee: Employee) -> str:
    return format_html('<a href="{}">{}</a>', reverse("person", args=[employee.number]), employee)


class DirectoryTable(tables.Table):
    """Employees with the membership in force as `now_in`."""

    name = tables.Column(_("Name"), order_by=("sort_key", "number"))
    number = tables.Column(_("Number"))
    job_title = tables.Column(_("Job title"), orderable=False)
    department = tables.Column(_("Department"), empty_values=(), orderable=False)
    email = tables.Column(_("E-mail"), orderable=False)

    class Meta:
        model = Employee
        fields = ("name", "number", "job_title", "department", "email")
        sequence = ("name", "job_title", "department", "email", "number")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("Nobody was found: try a part of the name, or fewer filters.")

    def render_name(self, record):
        return link_to(record)

    def value_name(self, record):
        return record.name

    def render_department(self, record):
        return record.now_in[0].department.name if record.now_in else "–"

    def render_email(self, value):
        return format_html('<a href="mailto:{0}">{0}</a>', value)

    def value_email(self, value):
        return value


class StaffTable(DirectoryTable):
    left_on = DayColumn(_("Last day"), orderable=False)

    class Meta(DirectoryTable.Meta):
        fields = (*DirectoryTable.Meta.fields, "left_on")
        sequence = (*DirectoryTable.Meta.sequence, "left_on")


class SalaryLookTable(tables.Table):
    at = MomentColumn(_("When"))
    by = tables.Column(_("Who looked"), accessor="by__display_name", orderable=False)
    employee = tables.Column(_("Whose salary"), order_by=("employee__sort_key",))
    where = tables.Column(_("Where"), orderable=False)

    class Meta:
        model = SalaryLook
        fields = ("at", "by", "employee", "where")
        order_by = "-at"
        attrs = {"class": "table"}
        empty_text = _("Nobody has looked yet.")

    def render_employee(self, value):
        return link_to(value)

    def value_employee(self, value):
        return value.name


SHOWN_CHANGES = 3
"""So many changes of one entry are seen at once; the others unfold."""


def written(value) -> str:
    """A value of the log for people to read."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(map(written, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {written(each)}" for key, each in value.items())
    return str(value)


def change_lines(entry: audit.OpenedEntry) -> list[str]:
    """`name: Ann → Anna` for each thing that changed."""
    lines = [f"{written(before)} → {written(after)}" for _key, before, after in entry.changes]
    named = zip(entry.changes, lines, strict=True)
    return [f"{key}: {line}" if key else line for (key, _before, _after), line in named]


def _stacked(lines: list[str]):
    return format_html_join("", "<div>{}</div>", ((line,) for line in lines))


class AuditTable(tables.Table):
    """Entries of permissions.log_for: their people come with keys."""

    at = MomentColumn(_("When"), order_by=("id",))
    by = tables.Column(_("Who"), accessor="by__display_name", orderable=False)
    action = tables.Column(_("What"))
    subject = tables.Column(_("About"), orderable=False)
    changes = tables.Column(_("Before → after"), empty_values=(), orderable=False)
    why = tables.Column(_("Why"), empty_values=(), orderable=False)

    class Meta:
        model = AuditEntry
        fields = ("at", "by", "action", "subject", "changes", "why")
        order_by = "-at"
        attrs = {"class": "table"}
        empty_text = _("No entries: try fewer filters.")

    def render_action(self, value):
        return value.replace("_", " ")

    def value_action(self, value):
        return value

    def render_subject(self, value, record):
        return link_to(record.person) if record.person else value

    def value_subject(self, value, record):
        return f"{value} {record.person.name}" if record.person else value

    def render_changes(self, record):
        entry = _opened(record)
        if entry.erased:
            return format_html('<span class="tag">{}</span>', gettext("erased"))
        lines = change_lines(entry)
        first, rest = _stacked(lines[:SHOWN_CHANGES]), lines[SHOWN_CHANGES:]
        if not rest:
            return first or "–"
        more = ngettext("%(n)s more", "%(n)s more", len(rest)) % {"n": len(rest)}
        folded = "{}<details><summary>{}</summary>{}</details>"
        return format_html(folded, first, more, _stacked(rest))

    def value_changes(self, record):
        entry = _opened(record)
        return gettext("erased") if entry.erased else "; ".join(change_lines(entry))

    def render_why(self, record):
        return _opened(record).why or "–"

    def value_why(self, record):
        return _opened(record).why


def _opened(record: AuditEntry) -> audit.OpenedEntry:
    key = getattr(record.person, "key", None)
    return audit.opened_with(key.key if key else "", record)


class ImportTable(tables.Table):
    """One's own files, the newest first."""

    filename = tables.Column(_("File"))
    kind = tables.Column(_("What"))
    state = tables.Column(_("State"))
    made_at = MomentColumn(_("Uploaded"), order_by=("made_at", "id"))

    class Meta:
        model = ImportDraft
        fields = ("filename", "kind", "state", "made_at")
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("No file yet: choose one above.")

    def render_filename(self, value, record):
        return format_html('<a href="{}">{}</a>', reverse("import", args=[record.pk]), value)

    def value_filename(self, value):
        return value

    def render_kind(self, value):
        return importer(value).title


NUMBER = {"td": {"class": "number"}}


class SiteTable(tables.Table):
    """Sites with `working_days` and `departments` of today."""

    name = tables.Column(_("Site"))
    code = tables.Column(_("Code"))
    time_zone = tables.Column(_("Time zone"))
    working_days = tables.Column(_("Working days"), orderable=False)
    departments = tables.Column(_("Departments"), attrs=NUMBER)

    class Meta:
        model = Site
        fields = ("name", "code", "time_zone", "working_days", "departments")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("No sites yet: add one, or import them.")

    def render_name(self, value, record):
        return format_html('<a href="{}">{}</a>', reverse("site", args=[record.code]), value)

    def value_name(self, value):
        return value

    def render_working_days(self, value):
        return working_week(value)

    def value_working_days(self, value):
        return value


class OrganisationTable(tables.Table):
    """Departments open on `day`, with `site`, `parent` and `heads`; `leads` by department id."""

    name = tables.Column(_("Department"), order_by=("name", "code"))
    code = tables.Column(_("Code"))
    parent = tables.Column(_("Below"), default="")
    site = tables.Column(_("Site"))
    heads = tables.Column(_("Colleagues"), attrs=NUMBER)
    led_by = tables.Column(_("Leads"), empty_values=(), orderable=False)

    class Meta:
        model = Department
        fields = ("name", "code", "parent", "site", "heads", "led_by")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("No department was open then, or none fits the filters.")

    def __init__(self, *args, day, leads, **kwargs):
        super().__init__(*args, **kwargs)
        self.day, self.leads = day, leads

    def render_name(self, value, record):
        address = reverse("department-in-organisation", args=[record.code])
        return format_html('<a href="{}?on={}">{}</a>', address, self.day, value)

    def value_name(self, value):
        return value

    def render_led_by(self, record):
        return ", ".join(self.leads.get(record.pk, ())) or "–"

    def value_led_by(self, record):
        return ", ".join(self.leads.get(record.pk, ()))


class MemberTable(tables.Table):
    name = tables.Column(_("Name"), accessor="employee", order_by=("employee__sort_key",))
    job_title = tables.Column(_("Job title"), accessor="employee__job_title", orderable=False)
    number = tables.Column(_("Number"), accessor="employee__number", orderable=False)

    class Meta:
        model = Membership
        fields = ("name", "job_title", "number")
        order_by = "name"
        attrs = {"class": "table"}
        empty_text = _("Nobody works here on that day.")

    def render_name(self, value):
        return link_to(value)


class NoticeTable(tables.Table):
    """What somebody was told, in the words of kinds; what is not read yet stands out."""

    made_at = MomentColumn(_("When"), order_by=("id",))
    what = tables.Column(_("What"), empty_values=(), orderable=False)

    class Meta:
        model = Notice
        fields = ("made_at", "what")
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("Nothing yet: what you should know will stand here.")

    def render_what(self, record):
        link = format_html(
            '<a href="{}">{}</a>', reverse("notice", args=[record.pk]), text_of(record)
        )
        if record.read_at:
            return link
        return format_html('<strong>{}</strong> <span class="tag">{}</span>', link, _("new"))

    def value_what(self, record):
        return text_of(record)


class MailTable(tables.Table):
    """Mails that people decide on, each with its page."""

    made_at = MomentColumn(_("Written"), order_by=("made_at", "id"))
    to = tables.Column(_("To"))
    subject = tables.Column(_("Subject"))
    state = tables.Column(_("State"))
    tries = tables.Column(_("Tries"), attrs={"td": {"class": "number"}})
    last_error = tables.Column(_("What the mail server said"), orderable=False)

    class Meta:
        model = OutgoingMail
        fields = ("made_at", "to", "subject", "state", "tries", "last_error")
        order_by = "-made_at"
        attrs = {"class": "table"}
        empty_text = _("Every mail has left: there is nothing to decide.")

    def render_subject(self, value, record):
        return format_html('<a href="{}">{}</a>', reverse("mail", args=[record.pk]), value)

    def value_subject(self, value):
        return value


class RoleTable(tables.Table):
    user = tables.Column(_("Who"), order_by=("user__employee__sort_key", "user__username"))
    role = tables.Column(_("Role"))
    department = tables.Column(_("Department"), order_by=("department__name",))
    from_date = DayColumn(_("From"))
    until_date = DayColumn(_("Last day"))
    reason = tables.Column(_("Why"), orderable=False)
    made_by = tables.Column(_("By"), accessor="made_by__display_name", orderable=False)

    class Meta:
        model = RoleAssignment
        fields = ("user", "role", "department", "from_date", "until_date", "reason", "made_by")
        order_by = "user"
        attrs = {"class": "table"}
        empty_text = _("Nobody has a role beyond that of an employee.")

    def render_user(self, value):
        employee = getattr(value, "employee", None)
        return link_to(employee) if employee else value.display_name

    def value_user(self, value):
        return value.display_name
