from django.utils import timezone

from incentives.models import Pool
from incentives.services.bonus_years import close_year
from incentives.services.eligibility import BonusRefused
from people.commands import ProductCommand
from people.money import money


class Command(ProductCommand):
    help = "Close a pool's year and carry what is left into the next one."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("year", type=int)
        parser.add_argument("--pool", required=True, metavar="CODE")
        parser.add_argument("--reason", required=True)

    def handle(self, **options) -> None:
        pool = Pool.objects.filter(code=options["pool"]).first()
        if pool is None:
            self.refuse(f"--pool {options['pool']}: no such pool")
        try:
            act = close_year(
                pool, options["year"], reason=options["reason"], by=self.account(options),
                now=timezone.now(),
            )  # fmt: skip
        except BonusRefused as refused:
            self.refuse(str(refused))
        if options["format"] == "json":
            self.write_json(
                {"pool": pool.code, "year": act.year, "carried_minor": act.amount_minor}
            )
        else:
            carried = money(act.amount_minor, pool.currency)
            self.stdout.write(f"{pool.code} {act.year} is closed, {carried} carried over")
