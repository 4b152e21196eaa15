"""Two sharings side by side: persons for finance, groups of at least five for all others."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incentives.charts import bar_chart
from incentives.forms.comparisons import CompareRunsForm, CompareTermsForm
from incentives.models import Pool
from incentives.services.bonus_comparing import (
    LOOK,
    SMALLEST_GROUP,
    Change,
    Comparison,
    bars,
    compare_runs,
    compare_terms,
    picked,
    tells_of_a_few,
)
from incentives.services.bonus_policies import Terms, terms_for
from incentives.services.eligibility import BonusRefused
from incentives.services.reading import balances_by_year
from incentives.services.years import fiscal_year, year_named
from incentives.tables import ChangeTable
from people.lists import show_list
from people.services.salary_looks import log_looks

TEMPLATE = "incentives/bonus_compare.html"


@login_required
@permission_required("incentives.compare_bonus", raise_exception=True)
@require_safe
@transaction.atomic
def compare(request):
    """Whose amounts are shown stands in the log before they are seen."""
    sees_people = request.user.has_perm("incentives.see_bonus_of_people")
    terms_form, runs_form = _forms(request, sees_people=sees_people)
    found = _compared(terms_form, runs_form)
    title = _("Compare bonuses")
    context = {"title": title, "terms_form": terms_form, "runs_form": runs_form}
    if found is None:
        return render(request, TEMPLATE, context)
    context |= _shown(found, smallest=1 if sees_people else SMALLEST_GROUP)
    if not sees_people:
        return render(request, TEMPLATE, context)
    said = (terms_form if terms_form.is_bound else runs_form).cleaned_data

    def looked_at(rows: Iterable[Change]) -> None:
        log_looks((row.employee_id for row in rows), where=LOOK, by=request.user)

    return show_list(
        request, ChangeTable, picked(found.changes, who=said["who"], search=said["search"]),
        title=title, template=TEMPLATE, shown=context, looked_at=looked_at,
    )  # fmt: skip


def _forms(request, *, sees_people: bool) -> tuple[CompareTermsForm, CompareRunsForm]:
    years = _years()
    choices = [(each, each.replace(":", " ")) for each in years]
    asked_terms, asked_runs = "of" in request.GET, "before" in request.GET
    terms_form = CompareTermsForm(
        request.GET if asked_terms else None, years=choices, sees_people=sees_people,
        initial=CompareTermsForm.showing(_own_terms(years)),
    )  # fmt: skip
    runs = request.GET if asked_runs and not asked_terms else None
    return terms_form, CompareRunsForm(runs, sees_people=sees_people)


def _years() -> list[str]:
    """Every pool with its years, as `code:year`, the newest first."""
    this_year = fiscal_year(timezone.localdate()).name
    known = balances_by_year()
    found = {
        (year, pool.code)
        for pool in Pool.objects.all()
        for year in {this_year, *(int(year) for year, _balance in known.get(pool.code, []))}
    }
    return [f"{code}:{year}" for year, code in sorted(found, key=lambda each: (-each[0], each[1]))]


def _pool_and_year(of: str) -> tuple[Pool, int]:
    code, year = of.rsplit(":", 1)
    return Pool.objects.get(code=code), int(year)


def _own_terms(years: list[str]) -> Terms:
    if not years:
        return Terms()
    pool, year = _pool_and_year(years[0])
    return terms_for(pool, year_named(year))


def _compared(terms_form: CompareTermsForm, runs_form: CompareRunsForm) -> Comparison | None:
    form = terms_form if terms_form.is_bound else runs_form
    if not form.is_bound or not form.is_valid():
        return None
    try:
        if form is runs_form:
            return compare_runs(form.cleaned_data["before"], form.cleaned_data["after"])
        pool, year = _pool_and_year(form.cleaned_data["of"])
        return compare_terms(pool, year, terms_form.terms(), as_of=timezone.localdate())
    except BonusRefused as refused:
        form.add_error(None, str(refused))
        return None


def _shown(found: Comparison, *, smallest: int) -> dict[str, Any]:
    if len(found.changes) < smallest:
        return {"too_few": smallest}
    if tells_of_a_few(found.changes, smallest):
        return {"tells_of_fewer_than": smallest}
    # Two ways to group with sums of money, one taken from the other, would tell of one person.
    sees_people = smallest == 1
    return {
        "compared": found,
        "total": found.total(),
        "groups": [
            (_("Department"), found.by_department(smallest=smallest), True),
            (_("Hours"), found.by_hours(smallest=smallest), sees_people),
            (_("Years of service"), found.by_tenure(smallest=smallest), sees_people),
        ],
        "chart": bar_chart(bars(found, smallest=smallest)),
    }
