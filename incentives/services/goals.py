"""The goals of one day in one statement: due, with target, figure and state.

Read by pages and previews, and written as it stands when a day becomes final, so that what was
shown in the morning and what is stored can't differ.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Model

from incentives import rules
from incentives.models import (
    DayVerdict,
    Excuse,
    GoalVerdict,
    Metric,
    Restatement,
    Result,
    Target,
)
from people.models import Department, Placement


def _table(model: type[Model]) -> str:
    return model._meta.db_table


@dataclass(frozen=True)
class GoalsOfDay:
    """Which goals to look at: the day, the sites that work on it, the scope (None: all)."""

    day: date
    site_ids: tuple[int, ...]
    scope_id: int | None
    unreported: str
    final: bool

    def sql(self, columns: str) -> tuple[str, list]:
        """SELECT of `columns` over goal g, metric m, department d, placement p; with parameters."""
        sites = ", ".join(["%s"] * len(self.site_ids)) or "NULL"
        scope_with, scope_where, scope_parameters = self._scope()
        target, target_parameters = self._target_in_force()
        state = rules.goal_state_sql(
            "r.value_scaled",
            target,
            "m.direction",
            "e.id",
            rules.state_without_figure(self.unreported, final=self.final),
        )
        text = f"""
            {scope_with}
            SELECT {columns.format(state=state, target=target)}
            FROM {_table(Target)} t
            JOIN {_table(Metric)} m ON m.id = t.metric_id
            JOIN {_table(Department)} d ON d.id = t.department_id
            JOIN {_table(Placement)} p ON p.department_id = t.department_id
                AND p.from_date <= %s AND (p.until_date IS NULL OR p.until_date >= %s)
                AND p.site_id IN ({sites})
            LEFT JOIN {_table(Result)} r ON r.date = %s AND r.department_id = t.department_id
                AND r.metric_id = t.metric_id AND NOT EXISTS (
                    SELECT 1 FROM {_table(Result)} n WHERE n.date = %s
                    AND n.department_id = r.department_id AND n.metric_id = r.metric_id
                    AND n.revision > r.revision)
            LEFT JOIN {_table(Excuse)} e ON e.date = %s AND e.department_id = t.department_id
                AND e.metric_id = t.metric_id
            WHERE t.from_date <= %s AND (t.until_date IS NULL OR t.until_date >= %s) {scope_where}
        """
        times = columns.count("{state}") * 2 + columns.count("{target}")
        parameters = [
            *scope_parameters, *target_parameters * times, self.day, self.day, *self.site_ids,
            self.day, self.day, self.day, self.day, self.day,
        ]  # fmt: skip
        return text, parameters

    def _scope(self) -> tuple[str, str, list]:
        if self.scope_id is None:
            return "", "", []
        below = f"""WITH RECURSIVE scope(id) AS (
            SELECT CAST(%s AS bigint) UNION
            SELECT s.department_id FROM {_table(Placement)} s JOIN scope ON s.parent_id = scope.id
            WHERE s.from_date <= %s AND (s.until_date IS NULL OR s.until_date >= %s))"""
        where = "AND t.department_id IN (SELECT id FROM scope)"
        return below, where, [self.scope_id, self.day, self.day]

    def _target_in_force(self) -> tuple[str, list]:
        """The target's value, or what a restatement made of it for this one day."""
        corrected = Restatement.objects.filter(
            date=self.day, kind=Restatement.Kind.TARGET, state=Restatement.State.APPLIED
        ).order_by("id")
        values = {(c.department_id, c.metric_id): c.new_scaled for c in corrected}
        if not values:
            return "t.value_scaled", []
        cases, parameters = "", []
        for (department_id, metric_id), value in values.items():
            cases += " WHEN t.department_id = %s AND t.metric_id = %s THEN CAST(%s AS bigint)"
            parameters += [department_id, metric_id, value]
        return f"CASE{cases} ELSE t.value_scaled END", parameters

    def rows(self, columns: str, order: str = "") -> list[tuple]:
        text, parameters = self.sql(columns)
        with connection.cursor() as cursor:
            cursor.execute(f"{text} {order}", parameters)
            return cursor.fetchall()

    def due_site_ids(self) -> set[int]:
        return {site_id for (site_id,) in self.rows("DISTINCT p.site_id")}

    def tally(self) -> rules.Tally:
        text, parameters = self.sql("{state} AS state, t.weight AS weight")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT state, COUNT(*), SUM(weight) FROM ({text}) g GROUP BY state", parameters
            )
            return tally(cursor.fetchall())

    def store(self, verdict: DayVerdict) -> rules.Tally:
        """Write the goals under a final verdict; returns their tally."""
        text, parameters = self.sql("%s, t.id, {state}, r.value_scaled, {target}, t.weight")
        # The verdict's id is the first placeholder after those of the scope.
        at = text[: text.index("%s, t.id")].count("%s")
        parameters.insert(at, verdict.pk)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_table(GoalVerdict)}"
                f" (verdict_id, target_id, state, value_scaled, target_scaled, weight) {text}",
                parameters,
            )
        return stored_tally(verdict)


def tally(rows: Iterable[tuple[int, int, int]]) -> rules.Tally:
    """A tally from (state, goals, weight) rows; a state may come in several rows."""
    goals: dict[rules.GoalState, int] = defaultdict(int)
    weights: dict[rules.GoalState, int] = defaultdict(int)
    for state, count, weight in rows:
        goals[rules.GoalState(state)] += count
        weights[rules.GoalState(state)] += int(weight)
    return rules.Tally(dict(goals), dict(weights))


def stored_tally(verdict: DayVerdict) -> rules.Tally:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT state, COUNT(*), SUM(weight) FROM {_table(GoalVerdict)}"
            " WHERE verdict_id = %s GROUP BY state",
            [verdict.pk],
        )
        return tally(cursor.fetchall())


@dataclass(frozen=True)
class ShownGoal:
    """A goal as people read it."""

    department: Department
    metric: Metric
    target_scaled: int
    value_scaled: int | None
    state: rules.GoalState
    weight: int
    excuse: str = ""

    @property
    def target(self) -> Decimal:
        return self.metric.figure(self.target_scaled)

    @property
    def value(self) -> Decimal | None:
        return None if self.value_scaled is None else self.metric.figure(self.value_scaled)
