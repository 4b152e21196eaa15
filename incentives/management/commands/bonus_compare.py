from dataclasses import replace
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from incentives.models import BonusPolicy, BonusRun, Pool
from incentives.services.bonus_comparing import (
    LOOK,
    Comparison,
    Group,
    as_json,
    compare_runs,
    compare_terms,
)
from incentives.services.bonus_policies import Terms, terms_for
from incentives.services.eligibility import BonusRefused
from incentives.services.years import NoSuchYear, year_named
from people.commands import ProductCommand
from people.models import LeaveKind
from people.money import money
from people.services.salary_looks import log_looks

ON_OFF = {"on": True, "off": False}


class Command(ProductCommand):
    help = (
        "Compare a pool's year with the same by other terms, or with another run. Writes nothing."
    )

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("year", type=int)
        parser.add_argument("--pool", required=True, metavar="CODE")
        parser.add_argument("--cap", metavar="PERCENT", help="of the salary")
        parser.add_argument("--cap-basis", choices=BonusPolicy.CapBasis.values)
        parser.add_argument("--department-factor", choices=ON_OFF)
        parser.add_argument("--manager-factor", choices=ON_OFF)
        parser.add_argument("--band", metavar="PERCENT", help="of the manager's factor")
        parser.add_argument("--leavers", choices=BonusPolicy.Leavers.values)
        parser.add_argument("--excluded-leave", metavar="KINDS", help="by comma; empty for none")
        parser.add_argument("--with-year", type=int, help="with the run of another year")
        parser.add_argument("--with-pool", metavar="CODE", help="with the run of another pool")
        parser.add_argument("--people", action="store_true", help="each person; --by has looked")

    def handle(self, **options) -> None:
        try:
            found = self._compared(options)
        except (BonusRefused, NoSuchYear) as refused:
            self.refuse(str(refused))
        if options["people"]:
            seen = (change.employee_id for change in found.changes)
            log_looks(seen, where=LOOK, by=self.account(options))
        if options["format"] == "json":
            self.write_json(as_json(found, people=options["people"]))
            return
        self._say(found, people=options["people"])

    def _compared(self, options: dict) -> Comparison:
        pool = self._pool("--pool", options["pool"])
        if options["with_year"] is None and options["with_pool"] is None:
            terms = self._terms(pool, options)
            return compare_terms(pool, options["year"], terms, as_of=timezone.localdate())
        other = self._pool("--with-pool", options["with_pool"]) if options["with_pool"] else pool
        other_year = options["year"] if options["with_year"] is None else options["with_year"]
        return compare_runs(self._run(pool, options["year"]), self._run(other, other_year))

    def _pool(self, flag: str, code: str) -> Pool:
        pool = Pool.objects.filter(code=code).first()
        return pool or self.refuse(f"{flag} {code}: no such pool")

    def _run(self, pool: Pool, year: int) -> BonusRun:
        run = BonusRun.objects.live().filter(pool=pool, year=year).first()
        return run or self.refuse(f"pool {pool} has no bonus run of {year} (bonus_run)")

    def _terms(self, pool: Pool, options: dict) -> Terms:
        said = {
            "cap_bp": self._percent(options, "cap", most=10_000),
            "manager_band_bp": self._percent(options, "band", most=9_999),
            "cap_basis": options["cap_basis"],
            "leavers": options["leavers"],
            "department_factor": ON_OFF.get(options["department_factor"]),
            "manager_factor": ON_OFF.get(options["manager_factor"]),
            "excluded_leave": self._kinds(options["excluded_leave"]),
        }
        own = terms_for(pool, year_named(options["year"]))
        return replace(own, **{name: value for name, value in said.items() if value is not None})

    def _percent(self, options: dict, name: str, *, most: int) -> int | None:
        if options[name] is None:
            return None
        try:
            basis_points = Decimal(options[name]) * 100
            whole = int(basis_points)
        except (InvalidOperation, ValueError, OverflowError):
            self.refuse(f"--{name} {options[name]}: not a number")
        if whole != basis_points or not 1 <= whole <= most:
            self.refuse(f"--{name} {options[name]}: from 0.01 to {most / 100:g}, two decimals")
        return whole

    def _kinds(self, said: str | None) -> list[str] | None:
        if said is None:
            return None
        kinds = [kind.strip() for kind in said.split(",") if kind.strip()]
        unknown = sorted(set(kinds) - set(LeaveKind.values))
        if unknown:
            known = ", ".join(LeaveKind.values)
            self.refuse(f"--excluded-leave {', '.join(unknown)}: known are {known}")
        return kinds

    def _say(self, found: Comparison, *, people: bool) -> None:
        for name, side in (("before", found.before), ("after", found.after)):
            self.stdout.write(
                f"{name}: {side.title}: {money(side.shared_minor, side.currency)} shared,"
                f" {money(side.carried_minor, side.currency)} carried over,"
                f" {len(side.people)} people, {side.capped} at the cap"
            )
        groups = [found.by_department(), found.by_hours(), found.by_tenure()]
        for group in [found.total(), *(group for its in groups for group in its)]:
            self._say_group(group, found.currency)
        if people:
            for change in found.changes:
                self.stdout.write(
                    f"{change.number}: {change.before_minor} {change.after_minor}"
                    f" {change.change_minor}"
                )

    def _say_group(self, group: Group, currency: str) -> None:
        counts = ", ".join(f"{n} {who.replace('_', ' ')}" for who, n in group.counts.items())
        self.stdout.write(
            f"  {group.title}: {group.people} people, {money(group.before_minor, currency)} to"
            f" {money(group.after_minor, currency)}; {counts}"
        )
