"""A day's board as plain JSON: what the results page and the screens show, word for word."""

import hashlib
import json
from datetime import date, datetime

from incentives import rules
from incentives.models import DayVerdict, Pool
from incentives.services.closing import pool_balance
from incentives.services.explaining import judgement
from incentives.services.goals import ShownGoal
from incentives.services.reading import (
    company_verdict,
    goals_of,
    missed_departments,
    pool_verdicts,
    versions_of,
)
from incentives.services.years import fiscal_year


def build_board(day: date, *, now: datetime) -> dict | None:
    """The board of a day with a verdict, else None. Contains no time of making: the same facts
    give the same bytes."""
    verdict = company_verdict(day)
    if verdict is None:
        return None
    goals = goals_of(verdict, now=now)
    return {
        "date": str(day),
        "status": verdict.status,
        "version": verdict.version,
        "company": judgement(verdict),
        "was": _was(verdict),
        "reason": verdict.reason,
        "missed": missed_departments(goals),
        "goals": [_goal(goal) for goal in goals],
        "pools": [_pool(each, each.pool) for each in pool_verdicts(day) if each.pool],
    }


def canonical(board: dict) -> tuple[str, str]:
    """The board's bytes as text, and their SHA-256."""
    text = json.dumps(board, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).hexdigest()


def _was(verdict: DayVerdict) -> dict | None:
    """The version before, when it was final: what a corrected board names."""
    if verdict.version == 1:
        return None
    before = versions_of(verdict.date, verdict.pool).filter(version=verdict.version - 1).first()
    return judgement(before) if before else None


def _goal(goal: ShownGoal) -> dict:
    return {
        "department": {"code": goal.department.code, "name": goal.department.name},
        "metric": {
            "code": goal.metric.code,
            "name": goal.metric.name,
            "unit": goal.metric.unit,
            "direction": goal.metric.direction,
        },
        "target": f"{goal.target:f}",
        "value": None if goal.value is None else f"{goal.value:f}",
        "state": rules.GoalState(goal.state).name.lower(),
        "excuse": goal.excuse,
    }


def _pool(verdict: DayVerdict, pool: Pool) -> dict:
    return {
        "code": pool.code,
        "headline": verdict.is_company,
        "version": verdict.version,
        "currency": pool.currency,
        "status": verdict.status,
        "hit": verdict.hit,
        "contribution_minor": verdict.contribution_minor,
        "expected_minor": verdict.expected_minor,
        "balance_minor": pool_balance(pool, through=verdict.date),
        "year": fiscal_year(verdict.date).name,
    }
