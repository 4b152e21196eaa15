from datetime import date

from django.conf import settings
from django.utils import timezone

from cms.services.posting import post_day
from demo import city
from incentives.models import DayVerdict, PoolPolicy
from incentives.services.backtesting import back_test
from incentives.services.closing import close_day
from incentives.services.figure_imports import read_targets_file
from incentives.services.pools import set_pool_policy
from people.commands import ProductCommand
from people.models import User
from people.rules import days_between
from people.services.importing import Options, run_import

FIRST, LAST = date(2016, 1, 14), date(2017, 3, 31)


class Command(ProductCommand):
    help = "Load the city's services with the city's own targets, and show how often they pay."

    def handle(self, **options) -> None:
        if settings.MAX_TARGETS_PER_DEPARTMENT < 3:
            self.refuse("the city needs MAX_TARGETS_PER_DEPARTMENT=3 (make demo-city sets it)")
        by = User.objects.system()
        if not DayVerdict.objects.exists():
            self._load(by)
        self._show()

    def _load(self, by: User) -> None:
        files = {
            "sites": city.sites_file(), "departments": city.departments_file(),
            "targets": city.targets_file(), "results": city.results_file(),
        }  # fmt: skip
        for kind, content in files.items():
            run_import(kind, content, filename=f"city {kind}.csv", options=Options(), by=by)
        set_pool_policy(
            "bonus", from_date=FIRST, currency="USD", contribution_kind=PoolPolicy.Kind.FIXED,
            contribution_amount=250_00, unreported=PoolPolicy.Unreported.LEAVE_OUT,
            headline=True, by=by,
        )  # fmt: skip
        now = timezone.now()
        for day in self.each(days_between(FIRST, LAST), "days closed and posted"):
            if any(verdict.pk for verdict in close_day(day, by=by, now=now, final=True)):
                post_day(day, now=now)

    def _show(self) -> None:
        targets = read_targets_file(city.targets_file(), filename="targets", options=Options())
        test = back_test(targets, unreported="leave_out")
        self.stdout.write(f"{test.days} days with the city's own published targets:")
        for threshold, days in test.hits.items():
            self.stdout.write(f"  {threshold:3}% of goals met on {days} days")
        self.stdout.write(
            f"The best day met {test.best_bp / 100:.1f}%: a 95% pool would never have paid."
            if not test.hits[95]
            else f"A 95% pool would have paid on {test.hits[95]} days."
        )
