from datetime import date, datetime, timedelta

from django.utils import timezone

from cms.services.posting import post_day, post_owed
from empowerment.services.asking import pass_on
from empowerment.services.asking_outcomes import ask_for_outcomes
from empowerment.services.drawing import draw_reviews
from empowerment.services.matching import match_lines
from incentives.models import DayVerdict
from incentives.rules import Status
from incentives.services.closing import CloseRefused, close_day, company_scope, policies_on
from incentives.services.estimates import renew_estimates
from incentives.services.notices import remind_of_awaited
from incentives.services.statement_batches import take_away_old
from incentives.tasks import go_on_with_statements
from people.commands import ProductCommand
from people.rules import days_between
from people.services.access import follow_the_day
from people.services.audit_chain import seal
from people.services.calendars import company_yesterday
from people.services.digests import send_digests
from people.services.outbox import send_waiting
from people.services.retention import forget_what_is_over
from recognition.services.circle_months import keep_circle
from recognition.services.delivering import deliver_waiting, forget_old_deliveries
from recognition.services.feeds import end_feeds
from recognition.services.noticing import notice_of_day
from recognition.services.telling import tell_waiting
from recognition.services.visibility import follow_defaults
from surveys.services.acting_notices import remind_of_overdue

DAYS_BACK = 14
"""How far back a day that was never closed is still closed by itself."""


class Command(ProductCommand):
    help = (
        "Close the days that are due, post what is owed, renew estimates of the bonus, keep the"
        " circle of a month that is over, send mail. Run it every few minutes."
    )

    def handle(self, **options) -> None:
        now, by = timezone.now(), self.account(options)
        follow_the_day(today=timezone.localdate(now), by=by)
        end_feeds(now=now)
        follow_defaults(now=now)
        closed, posted, refusals = [], [], []
        for day in self._days_due(company_yesterday(now)):
            try:
                verdicts = close_day(day, by=by, now=now)
            except CloseRefused as refused:
                refusals.append(f"{day}: {refused}")
            else:
                closed.append(day)
                # Figures that have come since are posted too, while the day is provisional.
                if any(v.pk and v.is_company and not v.posting_withheld for v in verdicts):
                    post_day(day, now=now)
                    posted.append(day)
        # What could be closed is posted, whatever was refused beside it.
        posted += post_owed(now=now)
        refusals += renew_estimates(by=by, now=now)
        keep_circle(now=now)
        forget_what_is_over(now=now)
        forget_old_deliveries(now=now)
        take_away_old(now=now)
        go_on_with_statements()
        match_lines(by=by, now=now)
        seal()
        notice_of_day(by=by, now=now)
        pass_on(now=now, by=by)
        ask_for_outcomes(by=by, now=now)
        draw_reviews(by=by, now=now)
        self._mail(now)
        self._say(closed, posted, options["format"])
        if refusals:
            self.refuse("; ".join(refusals))

    def _days_due(self, yesterday: date | None) -> list[date]:
        """Recent days that are not final in every pool, and older ones left provisional."""
        left = DayVerdict.objects.filter(status=Status.PROVISIONAL).values_list("date", flat=True)
        days = set(left)
        if yesterday:
            first_known = DayVerdict.objects.order_by("date").values_list("date", flat=True).first()
            # A company that has never closed a day begins with yesterday, not two weeks back.
            first = max(yesterday - timedelta(days=DAYS_BACK), first_known or yesterday)
            days |= {day for day in days_between(first, yesterday) if not _is_final(day)}
        return sorted(days)

    def _mail(self, now: datetime) -> None:
        tell_waiting(now=now)
        remind_of_awaited(now=now)
        remind_of_overdue(now=now)
        send_digests(now=now)
        send_waiting()
        deliver_waiting()

    def _say(self, closed: list, posted: list, form: str) -> None:
        if form == "json":
            self.write_json({"closed": list(map(str, closed)), "posted": list(map(str, posted))})
        else:
            self.stdout.write(f"{len(closed)} days looked at, {len(posted)} posted")


def _is_final(day: date) -> bool:
    company, _policy = company_scope(day)
    scopes = {company and company.pk, *(pool.pk for pool, _policy in policies_on(day))}
    final = DayVerdict.objects.filter(date=day, status=Status.FINAL)
    return scopes <= set(final.values_list("pool_id", flat=True))
