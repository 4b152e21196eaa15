"""Posting: one page a closed day, its figures from snapshots that nobody edits."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils.html import escape
from wagtail.models import Page, PageViewRestriction

from cms.models import AnnouncementIndexPage, AnnouncementPage, DaySnapshot, HomePage, ResultsPage
from cms.services.posting import newest_snapshot, owed_days, post_day, post_owed, results_index
from incentives.models import DayVerdict
from incentives.services.restating import decide
from tests.conftest import MONDAY, make_result
from tests.incentives.test_closing import close, report_all
from tests.incentives.test_day_view import close_days, queries_of
from tests.scene import (  # noqa: F401
    TUESDAY,
    WEDNESDAY_MORNING,
    missed_monday,
    pool,
    propose_monday_met,
    wednesday,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

MONDAYS_PAGE = f"/results/{MONDAY}/"


@pytest.fixture(autouse=True)
def empty_cache():
    """A rolled-back page's number comes back in the next test."""
    cache.clear()


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


@pytest.fixture
def correct(goals, dee, fay, wednesday, django_capture_on_commit_callbacks):
    """Correct Monday to a hit, with all that follows from it."""

    def correct_monday():
        made = propose_monday_met(goals, by=dee, now=wednesday)
        with django_capture_on_commit_callbacks(execute=True):
            decide(made, approve=True, by=fay, now=wednesday)

    return correct_monday


def test_a_closed_day_has_one_page_when_it_is_posted(pool, goals, system):
    report_all(goals, system)
    close(system)
    assert not ResultsPage.objects.exists()
    snapshot = post_day(MONDAY, now=WEDNESDAY_MORNING)
    page = ResultsPage.objects.get()
    assert (page.date, page.live, page.get_url()) == (MONDAY, True, MONDAYS_PAGE)
    assert page.snapshot == snapshot
    assert (snapshot.version, snapshot.status) == (1, "final")


def test_an_open_day_has_nothing_to_post(goals):
    assert post_day(TUESDAY, now=WEDNESDAY_MORNING) is None
    assert not DaySnapshot.objects.exists()
    assert not ResultsPage.objects.exists()


def test_posted_twice_is_one_snapshot_and_one_page(missed_monday):
    first = DaySnapshot.objects.get()
    assert post_day(MONDAY, now=datetime(2026, 4, 1, tzinfo=UTC)) == first
    assert DaySnapshot.objects.count() == 1
    assert ResultsPage.objects.count() == 1


def test_the_page_shows_the_day(as_ann, missed_monday):
    page = as_ann.get(MONDAYS_PAGE).content.decode()
    assert "3 of 4 goals met, 4 needed; Billing missed." in page
    assert "not hit" in page
    assert "Pool bonus" in page
    assert "corrected" not in page


def test_the_snapshot_holds_no_time_of_making(missed_monday):
    snapshot = DaySnapshot.objects.get()
    board = json.loads(snapshot.payload)
    assert board["company"]["needed"] == 4
    assert [goal["state"] for goal in board["goals"]] == ["met", "missed", "met", "met"]
    assert set(board) == {
        "date", "status", "version", "company", "was", "reason", "missed", "goals", "pools",
    }  # fmt: skip


def test_a_corrected_day_is_posted_anew_and_says_what_it_was(as_ann, missed_monday, correct):
    correct()
    old, new = DaySnapshot.objects.order_by("id")
    assert (old.version, new.version) == (1, 2)
    assert old.board["company"]["hit"] is False
    page = as_ann.get(MONDAYS_PAGE).content.decode()
    assert "corrected, was 75.0%" in page
    assert "4 of 4 goals met" in page
    assert "Corrected: typing mistake" in page
    assert ResultsPage.objects.count() == 1


def test_a_correction_posts_the_newest_day_too_as_its_balance_changed(
    missed_monday,
    goals,
    system,
    correct,
):
    report_all(goals, system, day=TUESDAY)
    close(system, day=TUESDAY, now=WEDNESDAY_MORNING)
    post_day(TUESDAY, now=WEDNESDAY_MORNING)
    assert newest_snapshot().board["pools"][0]["balance_minor"] == 25_000
    correct()
    assert newest_snapshot().date == TUESDAY
    assert newest_snapshot().board["pools"][0]["balance_minor"] == 50_000


def write(page: ResultsPage, *, headline: str, body: str, publish: bool):
    page.headline, page.body = headline, body
    revision = page.save_revision()
    if publish:
        revision.publish()
    return revision


def test_the_editors_words_stay_through_a_correction(as_ann, missed_monday, correct):
    page = ResultsPage.objects.get()
    write(page, headline="So close", body="<p>Billing had a flood.</p>", publish=True)
    correct()
    shown = as_ann.get(MONDAYS_PAGE).content.decode()
    assert "So close" in shown
    assert "Billing had a flood." in shown
    assert "4 of 4 goals met" in shown


def test_a_draft_published_late_does_not_bring_back_old_figures(as_ann, missed_monday, correct):
    revision = write(
        ResultsPage.objects.get(), headline="So close", body="<p>Flood.</p>", publish=False
    )
    assert "So close" not in as_ann.get(MONDAYS_PAGE).content.decode()
    correct()
    revision.publish()
    shown = as_ann.get(MONDAYS_PAGE).content.decode()
    assert "So close" in shown
    assert "4 of 4 goals met" in shown
    assert "3 of 4 goals met" not in shown


def test_a_page_taken_down_by_an_editor_stays_down(as_ann, missed_monday, correct):
    ResultsPage.objects.get().unpublish()
    correct()
    assert as_ann.get(MONDAYS_PAGE).status_code == 404
    assert ResultsPage.objects.count() == 1


def test_nobody_makes_a_results_page_by_hand():
    assert not ResultsPage.can_create_at(results_index())


def test_a_day_closed_with_posting_withheld_says_so_and_is_not_owed(pool, goals, system):
    report_all(goals, system)
    call_command("close_day", "--date", str(MONDAY), "--no-post")
    assert DayVerdict.objects.get().posting_withheld
    assert not DaySnapshot.objects.exists()
    assert owed_days() == []
    assert post_owed(now=WEDNESDAY_MORNING) == []
    assert not ResultsPage.objects.exists()


def test_closing_by_command_posts(pool, goals, system):
    report_all(goals, system)
    call_command("close_day", "--date", str(MONDAY))
    assert ResultsPage.objects.get().date == MONDAY
    assert owed_days() == []


def test_a_final_day_without_its_page_is_found_and_posted(pool, goals, system):
    report_all(goals, system)
    close(system)
    assert owed_days() == [MONDAY]
    assert post_owed(now=WEDNESDAY_MORNING) == [MONDAY]
    assert ResultsPage.objects.get().date == MONDAY
    assert post_owed(now=WEDNESDAY_MORNING) == []


def test_a_day_gone_final_after_its_posting_is_owed_again(pool, goals, system):
    report_all(goals[:3], system)
    close(system)
    assert post_day(MONDAY, now=WEDNESDAY_MORNING).status == "provisional"
    last = goals[3]
    make_result(last.department, last.metric, MONDAY, "4", system)
    close(system)
    assert owed_days() == [MONDAY]
    post_owed(now=WEDNESDAY_MORNING)
    assert [s.status for s in DaySnapshot.objects.order_by("id")] == ["provisional", "final"]


def test_a_correction_whose_signal_got_lost_is_found(missed_monday, goals, dee, fay, wednesday):
    decide(propose_monday_met(goals, by=dee, now=wednesday), approve=True, by=fay, now=wednesday)
    assert owed_days() == [MONDAY]


def test_a_final_day_whose_page_was_deleted_is_owed(missed_monday):
    ResultsPage.objects.get().delete()
    assert owed_days() == [MONDAY]
    post_owed(now=WEDNESDAY_MORNING)
    assert ResultsPage.objects.get().date == MONDAY


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cms_daysnapshot SET payload = '{}'",
        "DELETE FROM cms_daysnapshot",
    ],
)
def test_a_snapshot_is_never_edited(missed_monday, statement):
    before = list(DaySnapshot.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(DaySnapshot.objects.values()) == before


def test_names_and_words_are_text_and_never_markup(
    as_ann,
    missed_monday,
    goals,
    correct,
    system,
):
    evil = "<script>alert(1)</script>"
    for target in goals:
        type(target.department).objects.filter(pk=target.department_id).update(name=evil)
        type(target.metric).objects.filter(pk=target.metric_id).update(name=evil)
    write(ResultsPage.objects.get(), headline=evil, body="", publish=True)
    correct()
    for path in ("/", MONDAYS_PAGE, "/results/"):
        page = as_ann.get(path).content.decode()
        assert "<script>alert" not in page
        assert escape(evil) in page


def test_a_department_code_with_a_slash_has_its_page(as_ann, site, answered, system):
    from tests.conftest import make_department, make_target

    make_target(make_department("N/A", site), answered, "80", system)
    close(system, final=True)
    post_day(MONDAY, now=WEDNESDAY_MORNING)
    assert "/departments/N~2FA/" in as_ann.get(MONDAYS_PAGE).content.decode()


def test_strangers_read_no_page(client, missed_monday):
    for path in ("/", "/results/", MONDAYS_PAGE, "/announcements/"):
        response = client.get(path)
        assert (response.status_code, response.url) == (302, f"/sign-in/?next={path}")
    assert PageViewRestriction.objects.count() == 1


def test_home_without_any_day_says_what_will_come(as_ann):
    results_index()
    assert b"No day has been posted yet" in as_ann.get("/").content


def test_home_shows_the_newest_day_and_announcements(as_ann, missed_monday):
    index = AnnouncementIndexPage.objects.get()
    page = index.add_child(instance=AnnouncementPage(title="Open day", summary="Come all"))
    page.save_revision().publish()
    shown = as_ann.get("/").content.decode()
    assert "3 of 4 goals met" in shown
    assert "Come all" in shown
    assert as_ann.get("/announcements/open-day/").status_code == 200


def test_the_tree_is_made_once():
    first = results_index()
    assert results_index() == first
    assert (HomePage.objects.count(), Page.objects.filter(depth=2).count()) == (1, 1)


def test_pages_cost_the_same_queries_with_one_day_and_with_many(
    as_ann,
    pool,
    goals,
    system,
    site,
    answered,
):
    from tests.conftest import make_department, make_target

    def post_closed():
        for day in DayVerdict.objects.values_list("date", flat=True).distinct():
            post_day(day, now=WEDNESDAY_MORNING)

    def cost() -> list[int]:
        newest = ResultsPage.objects.order_by("-date").first()
        paths = ("/", "/results/", newest.get_url())
        for path in paths:
            queries_of(as_ann, path)
        return [queries_of(as_ann, path) for path in paths]

    close_days(system, 1, before=date(2026, 2, 21))
    post_closed()
    one = cost()
    for number in range(5):
        make_target(make_department(f"D{number}", site), answered, "80", system)
    close_days(system, 5)
    post_closed()
    assert cost() == one
