import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

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
            for step in part():
                self._do(step, part.__name__)
        self._say(options["format"])
        if self._refusals:
            self.refuse("; ".join(self._refusals))

    def _do(self, step: Callable[[], object], part: str) -> None:
        """A mail server that is down must not keep the day from the walls, nor a slide that can't
        be built the alarm that says so: what fails is logged, and all after it is done."""
        try:
            step()
        except CloseRefused as refused:
            self._refusals.append(str(refused))
        except Exception as fault:
            log.exception("%s failed", part)
            self._refusals.append(f"{part.strip('_')}: {fault or type(fault).__name__}")

    def _begin(self) -> list[Callable[[], object]]:
        return [
            partial(follow_the_day, today=timezone.localdate(self._now), by=self._by),
            partial(end_feeds, now=self._now),
            partial(follow_defaults, now=self._now),
            # Wagtail leaves pages and playlists whose time has come, or is over, to a command.
            partial(call_command, "publish_scheduled", verbosity=0),
        ]

    def _morning(self) -> list[Callable[[], object]]:
        # What could be closed is posted, whatever was refused beside it.
        return [self._close_due, self._post_owed]

    def _close_due(self) -> None:
        for day in self._days_due(company_yesterday(self._now)):
            self._do(partial(self._close_if_due, day), "_morning")

    def _close_if_due(self, day: date) -> None:
        try:
            if may_be_posted(day, now=self._now) or _was_judged(day):
                self._close(day)
        except CloseRefused as refused:
            self._refusals.append(f"{day}: {refused}")

    def _post_owed(self) -> None:
        self._posted += post_owed(now=self._now)

    def _close(self, day: date) -> None:
        verdicts = close_day(day, by=self._by, now=self._now)
        self._closed.append(day)
        # Figures that have come since are posted too, while the day is provisional.
        if any(v.pk and v.is_company and not v.posting_withheld for v in verdicts):
            post_day(day, now=self._now)
            self._posted.append(day)

    def _screens(self) -> list[Callable[[], object]]:
        steps: tuple[Callable[..., object], ...] = (
            self._refresh, give_receipts, alert_about_silent_screens, alert_about_missing_post,
            forget_old_snapshots, forget_old_pairings,
        )  # fmt: skip
        return [partial(step, now=self._now) for step in steps]

    def _refresh(self, *, now: datetime) -> None:
        refresh(bound_screens().filter(revoked_at=None), now=now)

    def _keep(self) -> list[Callable[[], object]]:
        alone: tuple[Callable[..., object], ...] = (
            keep_circle, forget_what_is_over, forget_old_deliveries, take_away_old,
        )  # fmt: skip
        signed: tuple[Callable[..., object], ...] = (
            notice_of_day, pass_on, ask_for_outcomes, draw_reviews,
        )  # fmt: skip
        return [
            self._renew_estimates,
            *(partial(step, now=self._now) for step in alone),
            go_on_with_statements,
            partial(match_lines, by=self._by, now=self._now),
            seal,
            *(partial(step, now=self._now, by=self._by) for step in signed),
        ]

    def _renew_estimates(self) -> None:
        self._refusals += renew_estimates(by=self._by, now=self._now)

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

    def _mail(self) -> list[Callable[[], object]]:
        steps: tuple[Callable[..., object], ...] = (
            tell_waiting, remind_of_awaited, remind_of_overdue, send_digests,
        )  # fmt: skip
        return [*(partial(step, now=self._now) for step in steps), send_waiting, deliver_waiting]

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
