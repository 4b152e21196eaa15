from datetime import timedelta

from django.utils import timezone

from cms.services.posting import post_owed
from incentives.models import DayVerdict
from incentives.rules import Status
from incentives.services.closing import CloseRefused, close_day
from people.commands import ProductCommand
from people.rules import days_between
from people.services.calendars import company_yesterday

DAYS_BACK = 14
"""How far back a day that was never closed is still closed by itself."""


class Command(ProductCommand):
    help = "Close the days that are due and post what is owed. Run it every few minutes."

    def handle(self, **options) -> None:
        now, by = timezone.now(), self.account(options)
        yesterday = company_yesterday(now)
        closed = []
        if yesterday:
            first = max(
                yesterday - timedelta(days=DAYS_BACK), self._first_day_wanted() or yesterday
            )
            final = set(
                DayVerdict.objects.of_company()
                .filter(status=Status.FINAL, date__gte=first)
                .values_list("date", flat=True)
            )
            closed = [day for day in days_between(first, yesterday) if day not in final]
        for day in closed:
            try:
                close_day(day, by=by, now=now)
            except CloseRefused as refused:
                self.refuse(f"{day}: {refused}")
        posted = post_owed(now=now)
        self._say(closed, posted, options["format"])

    def _first_day_wanted(self):
        """A company that has never closed a day begins with yesterday, not two weeks back."""
        return DayVerdict.objects.order_by("date").values_list("date", flat=True).first()

    def _say(self, closed: list, posted: list, form: str) -> None:
        if form == "json":
            self.write_json({"closed": list(map(str, closed)), "posted": list(map(str, posted))})
        else:
            self.stdout.write(f"{len(closed)} days looked at, {len(posted)} posted")
