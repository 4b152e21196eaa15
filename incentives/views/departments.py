"""A department over time, with its targets as steps."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.charts import step_chart
from incentives.filters import DepartmentFilter
from incentives.forms.figures import SpanForm
from incentives.services.reading import history
from incentives.tables import DepartmentTable
from people.lists import show_list
from people.models import Department
from people.services.calendars import company_yesterday

DAYS_SHOWN = 90


@login_required
def index(request):
    found = Department.objects.all()
    return show_list(
        request, DepartmentTable, found, title=_("Departments"), filters=DepartmentFilter
    )


@login_required
def show(request, code: str):
    department = get_object_or_404(Department, code=code)
    form = SpanForm(request.GET or None)
    said = form.cleaned_data if form.is_valid() else {}
    last = said.get("last") or company_yesterday(timezone.now()) or timezone.localdate()
    first = said.get("first") or _days_before(last)
    if first > last:
        first, last = last, first
    charts = [
        {"metric": metric, "chart": step_chart(metric, goals), "goals": goals[::-1]}
        for metric, goals in history(department, first=first, last=last)
    ]
    if form.is_valid() or not form.is_bound:
        form = SpanForm(initial={"first": first, "last": last})
    context = {"department": department, "charts": charts, "form": form}
    return render(request, "incentives/department.html", context)


def _days_before(last: date) -> date:
    """As many days back as are shown; the calendar itself begins with the year 1."""
    return date.fromordinal(max(1, last.toordinal() - DAYS_SHOWN + 1))
