from decimal import Decimal, InvalidOperation

from incentives.models import BonusPolicy, Pool
from incentives.services.bonus_policies import BonusPolicyRefused, Terms, set_bonus_policy
from people.commands import ProductCommand, day
from people.models import LeaveKind
from people.money import minor_units

SWITCH = ("on", "off")


class Command(ProductCommand):
    help = "Set how a pool's years are shared, for those that begin on or after a day."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--pool", required=True, metavar="CODE")
        parser.add_argument("--from", dest="from_date", type=day, required=True)
        parser.add_argument("--cap", default="20", help="percent of the salary (default 20)")
        parser.add_argument("--cap-basis", choices=BonusPolicy.CapBasis.values, default="mean")
        parser.add_argument("--department-factor", choices=SWITCH, default="off")
        parser.add_argument("--manager-factor", choices=SWITCH, default="off")
        parser.add_argument("--manager-band", default="20", help="percent (default 20)")
        parser.add_argument("--leavers", choices=BonusPolicy.Leavers.values, default="good")
        parser.add_argument(
            "--excluded-leave", default=LeaveKind.UNPAID.value, metavar="KIND,KIND",
            help=f"of {', '.join(LeaveKind.values)}; empty for none (default unpaid)",
        )  # fmt: skip
        parser.add_argument("--negative-limit", default="0", help="for example 500.00 (default 0)")
        parser.add_argument("--question-days", type=int, default=30)
        parser.add_argument("--reason", required=True)

    def handle(self, **options) -> None:
        pool = Pool.objects.filter(code=options["pool"]).first()
        if pool is None:
            self.refuse(f"--pool {options['pool']}: no such pool")
        terms = self._terms(pool, options)
        try:
            policy = set_bonus_policy(
                pool, terms, from_date=options["from_date"], reason=options["reason"],
                by=self.account(options),
            )  # fmt: skip
        except BonusPolicyRefused as refused:
            self.refuse(str(refused))
        values = {"pool": pool.code, "from": str(policy.from_date), **terms.as_json()}
        if options["format"] == "json":
            self.write_json(values)
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in values.items()))

    def _terms(self, pool: Pool, options: dict) -> Terms:
        return Terms(
            cap_bp=self._basis_points("cap", options["cap"]),
            cap_basis=options["cap_basis"],
            department_factor=options["department_factor"] == "on",
            manager_factor=options["manager_factor"] == "on",
            manager_band_bp=self._basis_points("manager-band", options["manager_band"]),
            leavers=options["leavers"],
            excluded_leave=[kind for kind in options["excluded_leave"].split(",") if kind],
            negative_limit_minor=self._minor_units(options["negative_limit"], pool.currency),
            question_days=self._days(options["question_days"]),
        )

    def _basis_points(self, flag: str, text: str) -> int:
        try:
            found = Decimal(text) * 100
        except InvalidOperation:
            found = Decimal("nan")
        if not found.is_finite() or found != int(found):
            self.refuse(f"--{flag} {text}: write a percentage with two decimals at most, like 20")
        return int(found)

    def _minor_units(self, text: str, currency: str) -> int:
        try:
            return minor_units(Decimal(text), currency)
        except (ArithmeticError, ValueError) as error:
            self.refuse(f"--negative-limit {text}: not an amount ({error})")

    def _days(self, days: int) -> int:
        if not 0 <= days <= 366:
            self.refuse(f"--question-days {days}: write 0 to 366")
        return days
