"""Posting a day: its snapshot and its page. The same call again changes nothing."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from wagtail.models import Locale, Page, PageViewRestriction, Site

from cms.models import AnnouncementIndexPage, DaySnapshot, HomePage, ResultsIndexPage, ResultsPage
from cms.services.board import build_board, canonical
from incentives.models import DayVerdict
from incentives.services.closing import lock_days
from people.services.retrying import retried


@retried
@transaction.atomic
def post_day(day: date, *, now: datetime) -> DaySnapshot | None:
    """Make the day's snapshot, when anything changed, and its page, when there is none."""
    lock_days([day])
    board = build_board(day, now=now)
    if board is None:
        return None
    text, sha256 = canonical(board)
    newest = DaySnapshot.objects.filter(date=day).order_by("-id").first()
    if newest is None or newest.sha256 != sha256:
        newest = DaySnapshot.objects.create(
            date=day, version=board["version"], status=board["status"], payload=text, sha256=sha256
        )
    _page(day)
    return newest


def _page(day: date) -> ResultsPage:
    page = ResultsPage.objects.filter(date=day).first()
    if page is None:
        page = ResultsPage(date=day, title=str(day), slug=str(day), live=True)
        _held(results_index()).add_child(instance=page)
        page.save_revision(changed=False).publish()
    return page


def _held(index: ResultsIndexPage) -> ResultsIndexPage:
    """Read anew under a lock: two days posted at once would take the same place in the tree."""
    Page.objects.select_for_update().get(pk=index.pk)
    return ResultsIndexPage.objects.get(pk=index.pk)


def results_index() -> ResultsIndexPage:
    """The page above all results pages; the tree is made when it is not there yet."""
    return ResultsIndexPage.objects.first() or _tree()


@transaction.atomic
def _tree() -> ResultsIndexPage:
    """Home, results and announcements, made once; Wagtail's own welcome page makes room."""
    locale = Locale.objects.get_or_create(language_code="en")[0]
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root", locale=locale)
    root = Page.objects.select_for_update().get(depth=1)
    made = ResultsIndexPage.objects.first()
    if made:  # by somebody faster, while we waited for the root
        return made
    Page.objects.filter(depth=2, slug="home").exclude(pk__in=HomePage.objects.values("pk")).delete()
    root.refresh_from_db()
    home = HomePage.objects.first() or root.add_child(
        instance=HomePage(title="Ninetyfive", slug="home", locale=locale)
    )
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home}
    )
    index = home.add_child(instance=ResultsIndexPage(title="Results", slug="results"))
    home.add_child(instance=AnnouncementIndexPage(title="Announcements", slug="announcements"))
    ask_to_sign_in(home)
    return index


def ask_to_sign_in(page: Page) -> None:
    """A page and all below it are for colleagues only."""
    PageViewRestriction.objects.get_or_create(
        page=Page.objects.get(pk=page.pk), restriction_type=PageViewRestriction.LOGIN
    )


Standing = dict[str | None, tuple[int, str]]
"""Version and status by pool code; None is the company."""


def owed_days() -> list[date]:
    """Days without a page, or of which some verdict is not what was last posted; not those whose
    posting was withheld."""
    posted = {snapshot.date: _posted(snapshot) for snapshot in DaySnapshot.objects.order_by("id")}
    pages = set(ResultsPage.objects.values_list("date", flat=True))
    return sorted(
        day
        for day, standing in _verdicts_to_post().items()
        if posted.get(day) != standing or day not in pages
    )


def _verdicts_to_post() -> dict[date, Standing]:
    found: dict[date, Standing] = {}
    withheld: set[date] = set()
    rows = DayVerdict.objects.latest_versions().values_list(
        "date", "pool__code", "version", "status", "is_company", "posting_withheld"
    )
    for day, pool, version, status, is_company, is_withheld in rows:
        standing = found.setdefault(day, {})
        if pool:
            standing[pool] = (version, status)
        if is_company:
            standing[None] = (version, status)
            if is_withheld:
                withheld.add(day)
    return {day: s for day, s in found.items() if day not in withheld and None in s}


def _posted(snapshot: DaySnapshot) -> Standing:
    pools = snapshot.board["pools"]
    of_pools = {pool["code"]: (pool["version"], pool["status"]) for pool in pools}
    return {None: (snapshot.version, snapshot.status), **of_pools}


def post_owed(*, now: datetime) -> list[date]:
    """Post whatever is owed, found by comparing and not by trusting that a signal arrived."""
    days = owed_days()
    for day in days:
        post_day(day, now=now)
    return days


def post_again_from(day: date, *, now: datetime) -> None:
    """Post a restated day and every posted one after it: their boards show the pool's balance."""
    later = DaySnapshot.objects.filter(date__gt=day).values_list("date", flat=True).distinct()
    for each in sorted({day, *later}):
        post_day(each, now=now)


def newest_snapshot() -> DaySnapshot | None:
    """The newest posted day's newest snapshot: what screens show."""
    return DaySnapshot.objects.order_by("-date", "-id").first()


def newest_day() -> date | None:
    return DaySnapshot.objects.aggregate(Max("date"))["date__max"]
