import logging
from collections.abc import Callable
from datetime import date, timedelta

from django.core.management import call_command
from django.utils import timezone

from cms.services.morning import may_be_posted
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
from screens.services.alerting import alert_about_missing_post, alert_about_silent_screens
from screens.services.current import bound_screens, forget_old_snapshots, refresh
from screens.services.pairing import forget_old_pairings
from screens.services.withdrawing import give_receipts
from surveys.services.acting_notices import remind_of_overdue

log = logging.getLogger(__name__)

DAYS_BACK = 14
"""How far back a day that was never closed is still closed by itself."""


class Command(ProductCommand):
    help = (
        "Close the days that are due, post what is owed, bring screens up to it, renew estimates"
        " of the bonus, keep the circle of a month that is over, send mail. Run it every few"
        " minutes, on as many machines as you like."
    )

    def handle(self, **options) -> None:
        self._now, self._by = timezone.now(), self.account(options)
        self._closed: list[date] = []
        self._posted: list[date] = []
        self._refusals: list[str] = []
        for part in (self._begin, self._morning, self._screens, self._keep, self._mail):
            self._do(part)
        self._say(options["format"])
        if self._refusals:
            self.refuse("; ".join(self._refusals))

    def _do(self, part: Callable[[], None]) -> None:
        """A mail server that is down must not keep the day from the walls: what fails is logged,
        and the parts after it are done all the same."""
        try:
            part()
        except Exception as fault:
            log.exception("%s failed", part.__name__)
            self._refusals.append(f"{part.__name__.strip('_')}: {fault or type(fault).__name__}")

    def _begin(self) -> None:
        follow_the_day(today=timezone.localdate(self._now), by=self._by)
        end_feeds(now=self._now)
        follow_defaults(now=self._now)
        # Wagtail leaves pages and playlists whose time has come, or is over, to a command.
        call_command("publish_scheduled", verbosity=0)

    def _morning(self) -> None:
        for day in self._days_due(company_yesterday(self._now)):
            try:
                if may_be_posted(day, now=self._now) or _was_judged(day):
                    self._close(day)
            except CloseRefused as refused:
                self._refusals.append(f"{day}: {refused}")
        # What could be closed is posted, whatever was refused beside it.
        self._posted += post_owed(now=self._now)

    def _close(self, day: date) -> None:
        verdicts = close_day(day, by=self._by, now=self._now)
        self._closed.append(day)
        # Figures that have come since are posted too, while the day is provisional.
        if any(v.pk and v.is_company and not v.posting_withheld for v in verdicts):
            post_day(day, now=self._now)
            self._posted.append(day)

    def _screens(self) -> None:
        refresh(bound_screens().filter(revoked_at=None), now=self._now)
        give_receipts(now=self._now)
        alert_about_silent_screens(now=self._now)
        alert_about_missing_post(now=self._now)
        forget_old_snapshots(now=self._now)
        forget_old_pairings(now=self._now)

    def _keep(self) -> None:
        now, by = self._now, self._by
        self._refusals += renew_estimates(by=by, now=now)
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

    def _mail(self) -> None:
        now = self._now
        tell_waiting(now=now)
        remind_of_awaited(now=now)
        remind_of_overdue(now=now)
        send_digests(now=now)
        send_waiting()
        deliver_waiting()

    def _say(self, form: str) -> None:
        closed, posted = self._closed, self._posted
        if form == "json":
            self.write_json({"closed": list(map(str, closed)), "posted": list(map(str, posted))})
        else:
            self.stdout.write(f"{len(closed)} days looked at, {len(posted)} posted")


def _was_judged(day: date) -> bool:
    """A day somebody has closed by hand goes on by itself."""
    return DayVerdict.objects.filter(date=day).exists()


def _is_final(day: date) -> bool:
    company, _policy = company_scope(day)
    scopes = {company and company.pk, *(pool.pk for pool, _policy in policies_on(day))}
    final = DayVerdict.objects.filter(date=day, status=Status.FINAL)
    return scopes <= set(final.values_list("pool_id", flat=True))
