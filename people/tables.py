"""Lists as django-tables2 classes."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from people.models import Employee, SalaryLook


def link_to(employee: Employee) -> str:
    return format_html('<a href="{}">{}</a>', reverse("person", args=[employee.number]), employee)


class DirectoryTable(tables.Table):
    """Employees with the membership in force as `now_in`."""

    name = tables.Column(_("Name"), order_by=("sort_key", "number"))
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
    left_on = tables.DateColumn(verbose_name=_("Last day"), short=True, orderable=False)

    class Meta(DirectoryTable.Meta):
        fields = (*DirectoryTable.Meta.fields, "left_on")
        sequence = (*DirectoryTable.Meta.sequence, "left_on")


class SalaryLookTable(tables.Table):
    at = tables.DateTimeColumn(verbose_name=_("When"), short=True)
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
