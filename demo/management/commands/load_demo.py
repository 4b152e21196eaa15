from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from cms.models import AnnouncementIndexPage, AnnouncementPage
from cms.services.posting import post_day, results_index
from demo import company
from demo.empowerment import put_customers_right
from demo.polls import KEYS, hold_polls
from demo.praise import praise_each_other
from demo.stories import hang_screens, tell_stories
from incentives.models import BonusRun, DayVerdict, Pool, PoolPolicy, Result
from incentives.rules import Status
from incentives.services.bonus_runs import approve, draft, propose
from incentives.services.closing import close_day
from incentives.services.pools import set_pool_policy
from incentives.services.years import fiscal_year
from people.commands import ProductCommand
from people.models import User
from people.rules import BEGINNING, days_between
from people.services.calendars import company_yesterday
from people.services.importing import Options, run_import
from people.services.pins import set_pin
from people.services.policies import set_policy


class Command(ProductCommand):
    help = "Load the demo company, or feed in the days that have come since; safe to run again."

    def handle(self, **options) -> None:
        by = User.objects.system()
        if not Pool.objects.exists():
            self._found(by)
        yesterday = company_yesterday(timezone.now())
        self._feed(yesterday, by)
        self._close(yesterday, by)
        self._share_out(yesterday)
        praise_each_other(yesterday, by=by)
        put_customers_right(yesterday)
        hold_polls(yesterday)
        tell_stories(yesterday)
        hang_screens(by)
        self._say()

    def _found(self, by: User) -> None:
        """Sites, departments, people, targets and, last, the pool: a run killed on the way begins
        anew, and every step of it changes nothing twice."""
        self._import("sites", company.sites_file(), by)
        self._import("departments", company.departments_file(), by)
        yesterday = company_yesterday(timezone.now())
        weeks = company.shift_weeks(yesterday)
        start = company.FIRST_REAL_DAY + timedelta(weeks=weeks)
        shift = timedelta(weeks=weeks)
        self._import("employees", company.employees_file(hired_shift=shift), by)
        reason = company.LABEL.format(weeks=weeks)
        begins = company.fiscal_year_start(yesterday)
        set_policy("fiscal_year_start", begins, from_date=BEGINNING, reason=reason, by=by)
        self._import("targets", company.targets_file(start, reason), by)
        name_logins()
        self._write_pages(weeks)
        set_pool_policy(
            "bonus", from_date=start, currency="USD", contribution_kind=PoolPolicy.Kind.FIXED,
            contribution_amount=250_00, unreported=PoolPolicy.Unreported.LEAVE_OUT,
            headline=True, by=by,
        )  # fmt: skip

    def _import(self, kind: str, content: bytes, by: User) -> None:
        run_import(kind, content, filename=f"demo {kind}.csv", options=Options(), by=by)

    def _feed(self, yesterday: date, by: User) -> None:
        """Figures of the days that have come since the last run."""
        target = company_start()
        weeks = (target - company.FIRST_REAL_DAY).days // 7
        newest = Result.objects.order_by("-date").values_list("date", flat=True).first()
        content = company.results_file(weeks=weeks, after=newest, through=yesterday)
        if content.count(b"\n") > 1:
            self._import("results", content, by)

    def _close(self, yesterday: date, by: User) -> None:
        final = DayVerdict.objects.filter(status=Status.FINAL).order_by("-date").first()
        first = final.date + timedelta(days=1) if final else company_start()
        last = min(yesterday, company_start() + timedelta(days=364))
        days = days_between(first, last) if first <= last else []
        now = timezone.now()
        for day in self.each(days, "days closed and posted"):
            close_day(day, by=by, now=now)
            post_day(day, now=now)

    def _share_out(self, yesterday: date) -> None:
        """The bonus of the fiscal year that ended lately: proposed by finance, approved by the
        executive; statements to look at from the first day."""
        pool, year = Pool.objects.get(code="bonus"), fiscal_year(yesterday).name - 1
        if BonusRun.objects.live().filter(pool=pool, year=year).exists():
            return
        now = timezone.now()
        run = draft(pool, year, by=_login("fay"), now=now)
        run = propose(run, by=_login("fay"), now=now)
        approve(run, seen_sha256=run.content_sha256, by=_login("eve"), now=now)

    def _write_pages(self, weeks: int) -> None:
        home = results_index().get_parent()
        index = AnnouncementIndexPage.objects.descendant_of(home).first()
        if index.get_children().exists():
            return
        page = AnnouncementPage(
            title="This is a demo company",
            slug="demo",
            summary="Real daily figures of sixteen US carriers in 2013, moved by"
            f" {weeks} weeks. People, pay and employment are made up.",
            body="<p>Each carrier is a department. What keeps its passengers is to arrive on time"
            " and to leave without delay, so those are its two goals. Its targets are what it"
            " reached on three days in four.</p>",
        )
        index.add_child(instance=page)
        page.save_revision().publish()

    def _say(self) -> None:
        out = self.stdout.write
        out(f"\nNinetyfive runs at {settings.BASE_URL}/")
        out(f"Sign in with one of these; the password is always {company.PASSWORD}\n")
        for login in company.LOGINS:
            out(f"  {login.name:5} {login.says}")
        device = settings.BASE_URL + reverse("shared-device")
        out(f"\nShared device: {device} with number E0001 and PIN {company.PIN}")
        if not settings.SECOND_FACTOR_REQUIRED:
            out("A second factor is optional here; SECOND_FACTOR=required make run asks for it.")
        keys = settings.VAR / KEYS
        if keys.exists():
            out(f"\nThe two codes that open the ballots of the open poll are in {keys}")
        out(
            f"\nOffice screens: open {settings.BASE_URL}{reverse('screen')} in another browser and"
            f"\napprove its code as kim at {settings.BASE_URL}{reverse('pair-screen')}"
        )
        out("Figures: US carriers of 2013, moved to this year; people and pay are made up.\n")


def name_logins() -> None:
    """The first people of the company sign in with short names and one password."""
    for place, login in enumerate(company.LOGINS):
        user = User.objects.get(employee__number=f"E{place + 1:04}")
        user.username, user.password = login.name, make_password(company.PASSWORD)
        user.save()
        if place == 0:
            set_pin(user, company.PIN)


def _login(name: str) -> User:
    return User.objects.get(username=name)


def company_start() -> date:
    """The first day of the demo's year, as its pool policy says."""
    return PoolPolicy.objects.get(pool__code="bonus").from_date
