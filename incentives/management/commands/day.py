from datetime import date

from django.utils import timezone

from incentives.models import Pool
from incentives.rules import GoalState
from incentives.services.closing import CloseRefused
from incentives.services.goals import ShownGoal
from incentives.services.reading import (
    as_csv,
    as_line,
    company_verdict,
    goals_of,
    verdict_of,
    versions_of,
)
from people.commands import ProductCommand
from people.commands import day as day_type


class Command(ProductCommand):
    help = "Show a day with each goal and its versions."
    writes = False

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("date", type=day_type)
        parser.add_argument("--pool", metavar="CODE")

    def handle(self, **options) -> None:
        day: date = options["date"]
        verdict = self._verdict(day, options["pool"])
        try:
            goals = goals_of(verdict, now=timezone.now())
        except CloseRefused as refused:
            self.refuse(str(refused))
        shown = [self._goal(goal) for goal in goals]
        versions = [as_line(version) for version in versions_of(day, verdict.pool)]
        if options["format"] == "json":
            self.write_json({**as_line(verdict), "goals": shown, "versions": versions})
            return
        self.stdout.write(as_csv(as_line(verdict)))
        for goal in shown:
            self.stdout.write(",".join("" if v is None else str(v) for v in goal.values()))
        for version in versions[:-1]:
            self.stdout.write(f"was: {as_csv(version)}")

    def _verdict(self, day: date, code: str | None):
        if code:
            pool = Pool.objects.filter(code=code).first()
            if pool is None:
                self.refuse(f"--pool {code}: no such pool")
            verdict = verdict_of(day, pool)
        else:
            verdict = company_verdict(day)
        if verdict is None:
            self.refuse(f"{day} has no verdict yet; close it first (close_day --date {day})")
        return verdict

    def _goal(self, goal: ShownGoal) -> dict:
        return {
            "department": goal.department.code,
            "metric": goal.metric.code,
            "direction": str(goal.metric.direction),
            "target": f"{goal.target:f}",
            "value": None if goal.value is None else f"{goal.value:f}",
            "state": GoalState(goal.state).name.lower(),
        }
