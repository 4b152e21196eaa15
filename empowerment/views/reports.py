"""What the money keeps, and power that nobody uses."""

from datetime import date

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from empowerment.charts import spent_chart
from empowerment.forms.reports import ReportForm
from empowerment.models import MomentOfTruth, Remedy
from empowerment.services.reporting import (
    CUTS,
    Asked,
    Cut,
    Figures,
    Period,
    currencies,
    cut_for,
    report_reader,
)
from empowerment.services.reviewing import reviews_by_department
from empowerment.services.unused_power import power_for
from empowerment.tables.reports import FiguresTable, LookedTable, PowerRow, PowerTable, Row
from people.dates import month_of
from people.lists import as_file
from people.models import Department, User

POWER, LOOKED = "power", "reviews"


@login_required
@permission_required("empowerment.see_reports", raise_exception=True)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    by = request.GET.get("by", "")
    titles = _titles(request.user)
    by = by if by in titles else CUTS[0]
    reader = report_reader(request.user, on=today)
    form = ReportForm(request.GET, currencies=currencies(), today=today, by=by)
    context: dict = {
        "form": form, "by": by, "tabs": _tabs(request, by, titles),
        "may_import": request.user.has_perm("empowerment.import_outcomes"),
    }  # fmt: skip
    if by == POWER:
        seen = power_for(reader, today=today)
        rows = _named(seen.by_department, _departments(seen.by_department))
        table = PowerTable([PowerRow(name, power) for name, power in rows])
        context |= {"table": table, "power": seen.total}
    elif form.is_valid() and by == LOOKED:
        period = form.period()
        context["table"] = LookedTable(reviews_by_department(since=period.first, until=period.last))
    elif form.is_valid():
        asked = Asked(form.period(), form.cleaned_data["currency"], reader.departments, today)
        cut = cut_for(reader, by, asked)
        table = FiguresTable(_rows(by, cut, asked), first=titles[by])
        context |= {"table": table, "total": cut.total, "currency": asked.currency}
        if by == CUTS[0]:
            context["chart"] = spent_chart(_months(cut, asked.period))
    if request.GET.get("export") and "table" in context:
        return as_file(context["table"], request.GET["export"], name=f"empowerment-{by}")
    context["exports"] = [(form_, _with(request, export=form_)) for form_ in ("csv", "xlsx")]
    return render(request, "empowerment/reports.html", context)


def _titles(user: User) -> dict[str, str]:
    titles = {
        "month": _("Month"), "remedy": _("Remedy"), "moment": _("Moment of truth"),
        "department": _("Department"), POWER: _("Power not used"),
    }  # fmt: skip
    if user.has_perm("empowerment.see_reviews_of_all"):
        titles[LOOKED] = _("Looked at")
    return titles


def _tabs(request: HttpRequest, by: str, titles: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Address, title and whether it is the one shown."""
    return [(_with(request, by=each), title, each == by) for each, title in titles.items()]


def _with(request: HttpRequest, **changed: str) -> str:
    kept = {name: value for name, value in request.GET.items() if name != "export"}
    return f"?{urlencode({**kept, **changed})}"


def _rows(by: str, cut: Cut, asked: Asked) -> list[Row]:
    if by == "month":
        months = [(month_of(month), each) for month, each in _all_months(cut, asked.period)]
        return [Row(name, asked.currency, figures) for name, figures in months]
    names = {
        "remedy": lambda: {value: str(label) for value, label in Remedy.choices},
        "moment": lambda: {each.pk: str(each) for each in MomentOfTruth.objects.all()},
        "department": lambda: _departments(cut.by_key),
    }[by]()
    return [Row(name, asked.currency, figures) for name, figures in _named(cut.by_key, names)]


def _all_months(cut: Cut, period: Period) -> list[tuple[date, Figures | None]]:
    """Each month of the span; without a case it is empty, not missing."""
    empty = None if cut.by_key and cut.total is None else Figures()
    return [(month, cut.by_key.get(month, empty)) for month in period.months()]


def _months(cut: Cut, period: Period) -> dict[date, Figures]:
    return {month: figures or Figures() for month, figures in _all_months(cut, period)}


def _departments(keys) -> dict[int, str]:
    return {each.pk: each.name for each in Department.objects.filter(pk__in=list(keys))}


def _named(by_key: dict, names: dict) -> list[tuple]:
    return sorted(((names[key], value) for key, value in by_key.items()), key=lambda row: row[0])
