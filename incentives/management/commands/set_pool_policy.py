from decimal import Decimal, InvalidOperation

from incentives.models import PoolPolicy
from incentives.services.closing import headline_on
from incentives.services.pools import PolicyRefused, set_pool_policy
from people.commands import ProductCommand, day
from people.models import Department
from people.money import minor_units


class Command(ProductCommand):
    help = "Set a pool's policy from a day on; the pool is made when it is new."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--pool", required=True, metavar="CODE")
        parser.add_argument("--from", dest="from_date", type=day, required=True)
        parser.add_argument("--currency", required=True)
        kinds = parser.add_mutually_exclusive_group(required=True)
        kinds.add_argument("--contribution", help="what a hit day pays, for example 250.00")
        kinds.add_argument("--per-head", help="what a hit day pays for each of those eligible")
        kinds.add_argument("--payroll-bp", help="basis points of the day's payroll")
        parser.add_argument("--headline", action="store_true")
        parser.add_argument("--threshold", default="95", help="percent of goals (default 95)")
        parser.add_argument("--mode", choices=PoolPolicy.Mode.values, default="share")
        parser.add_argument("--unreported", choices=PoolPolicy.Unreported.values, default="missed")
        parser.add_argument("--scope", metavar="DEPARTMENT")

    def handle(self, **options) -> None:
        currency = options["currency"].upper()
        kind, amount = self._contribution(options, currency)
        try:
            policy = set_pool_policy(
                options["pool"],
                from_date=options["from_date"],
                currency=currency,
                contribution_kind=kind,
                contribution_amount=amount,
                threshold_bp=self._threshold(options["threshold"]),
                mode=options["mode"],
                unreported=options["unreported"],
                scope=self._scope(options["scope"]),
                headline=options["headline"],
                by=self.account(options),
            )
        except PolicyRefused as refused:
            self.refuse(str(refused))
        self._say(policy, options["format"])

    def _contribution(self, options: dict, currency: str) -> tuple[str, int]:
        if len(currency) != 3 or not currency.isalpha():
            self.refuse(f"--currency {currency}: not a currency; for example GBP")
        if options["payroll_bp"] is not None:
            text = options["payroll_bp"]
            if not (text.isascii() and text.isdecimal() and len(text) < 10):
                self.refuse(f"--payroll-bp {options['payroll_bp']}: not a whole number")
            return PoolPolicy.Kind.PAYROLL, int(options["payroll_bp"])
        flag = "per_head" if options["contribution"] is None else "contribution"
        kind = PoolPolicy.Kind.PER_HEAD if flag == "per_head" else PoolPolicy.Kind.FIXED
        try:
            amount = minor_units(Decimal(options[flag]), currency)
        except (ArithmeticError, ValueError) as error:
            self.refuse(f"--{flag.replace('_', '-')} {options[flag]}: not an amount ({error})")
        if amount < 0:
            self.refuse(f"--{flag.replace('_', '-')} {options[flag]}: is below zero")
        return kind, amount

    def _threshold(self, text: str) -> int:
        try:
            basis_points = Decimal(text) * 100
        except InvalidOperation:
            basis_points = Decimal("nan")
        if not basis_points.is_finite() or not _is_a_share(basis_points):
            self.refuse(f"--threshold {text}: write a percentage above 0 and up to 100, like 95")
        return int(basis_points)

    def _scope(self, code: str | None) -> Department | None:
        if not code:
            return None
        found = Department.objects.filter(code__iexact=code).first()
        if found is None:
            self.refuse(f"--scope {code}: no such department")
        return found

    def _say(self, policy: PoolPolicy, form: str) -> None:
        values = {
            "pool": policy.pool.code,
            "from": str(policy.from_date),
            "currency": policy.pool.currency,
            "headline": headline_on(policy.from_date) == policy.pool,
            "scope": policy.scope.code if policy.scope else None,
            "threshold_bp": policy.threshold_bp,
            "mode": str(policy.mode),
            "unreported": str(policy.unreported),
            "contribution_kind": str(policy.contribution_kind),
            "contribution_amount": policy.contribution_amount,
        }
        if form == "json":
            self.write_json(values)
        else:
            self.stdout.write(", ".join(f"{k} {v}" for k, v in values.items() if v is not None))


def _is_a_share(basis_points: Decimal) -> bool:
    return basis_points == int(basis_points) and 1 <= basis_points <= 10_000
