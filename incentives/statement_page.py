"""A statement as a page shows it, for the person and for finance alike."""

from datetime import date
from itertools import groupby
from typing import Any

from incentives.charts import earned_curve
from incentives.models import BonusShare
from incentives.services.bonus_runs import terms_of_run
from incentives.services.explaining import bonus_terms_in_words, policy_in_words
from incentives.services.statements import paid_for_one, statement_of, weight_minor
from people.models import Department
from people.money import major_units


def shown_statement(share: BonusShare) -> dict[str, Any]:
    """What templates/incentives/statement.html takes."""
    run, statement = share.run, statement_of(share)
    days = {
        month: list(its)
        for month, its in groupby(statement.days, key=lambda day: day.date.replace(day=1))
    }
    return {
        "statement": statement,
        "curve": earned_curve(statement),
        "months": [(month, days.get(month.first, [])) for month in statement.months],
        "department": share.department,
        "spans": _spans(share),
        "for_one": paid_for_one(run),
        "weight": major_units(weight_minor(run, share.working["weight"]), run.currency),
        "rule": policy_in_words(run.pool.policy_on(run.through)),
        "terms": bonus_terms_in_words(terms_of_run(run), run.currency),
    }


def _spans(share: BonusShare) -> list[dict[str, Any]]:
    """When the person counted: from, to, in which department, for which salary and hours."""
    spans = share.working["spans"]
    departments = Department.objects.in_bulk({span[2] for span in spans})
    return [
        {
            "first": date.fromisoformat(first),
            "last": date.fromisoformat(last),
            "department": departments[department],
            "annual_minor": annual_minor,
            "fte_bp": fte_bp,
        }
        for first, last, department, annual_minor, fte_bp in spans
    ]
