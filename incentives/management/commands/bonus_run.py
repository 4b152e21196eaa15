import csv

from django.utils import timezone

from incentives.models import BonusRun, Pool
from incentives.services.bonus_runs import draft, factors_of
from incentives.services.eligibility import BonusRefused
from incentives.services.splitting import Sharing, rows, share_out
from people.commands import ProductCommand

COLUMNS = ("employee", "department", "hit_days", "earned_minor", "cap_minor", "share_minor")


class Command(ProductCommand):
    help = "Share a pool's year out: a draft that finance proposes, or with --dry-run only the sum."

    def add_arguments(self, parser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--pool", required=True, metavar="CODE")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--format", choices=["text", "csv", "json"], default="text")
        parser.add_argument("--by", default="system", metavar="LOGIN", help="for the log")

    def handle(self, **options) -> None:
        by, now = self.account(options), timezone.now()
        pool = Pool.objects.filter(code=options["pool"]).first()
        if pool is None:
            self.refuse(f"--pool {options['pool']}: no such pool")
        run = None
        try:
            if not options["dry_run"]:
                run = draft(pool, options["year"], by=by, now=now)
            sharing = share_out(
                pool, options["year"], as_of=timezone.localdate(now),
                factors=factors_of(run) if run else None,
            )  # fmt: skip
        except BonusRefused as refused:
            self.refuse(str(refused))
        self._say(sharing, run, options["format"])

    def _say(self, sharing: Sharing, run: BonusRun | None, form: str) -> None:
        if form == "csv":
            writer = csv.DictWriter(self.stdout, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows(sharing))
            return
        totals = {
            "pool_minor": sharing.balance_minor,
            "shared_minor": sharing.shared_minor,
            "carried_minor": sharing.carried_minor,
            "employees": len(sharing.shares),
            "capped": sharing.capped,
        }
        if run:
            totals["run"] = run.pk
        if form == "json":
            self.write_json(totals)
            return
        for name, value in totals.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {value}")
