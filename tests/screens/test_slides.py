"""Each kind of slide: what it says of facts, why it is left out, and the same bytes again."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.admin.icons import get_icons
from wagtail.models import Site

from cms.models import AnnouncementIndexPage, AnnouncementPage, HomePage
from cms.services.posting import post_day
from incentives.models import DayVerdict
from incentives.services.restating import decide
from people.models import Employee, Membership, ShownTo
from people.services.consents import Agreed, agree
from people.services.photos import set_photo
from screens.models import Screen
from screens.slides import BRAND, EMERGENCY, SLIDES
from screens.slides.base import LeftOut, View
from surveys.models import Cell, SpentCredential, Wave
from tests.cms.test_actions_page import published
from tests.conftest import MONDAY, TUESDAY_NOON, make_department, make_person
from tests.incentives.test_closing import close, report_all
from tests.people.pictures import picture
from tests.recognition.conftest import kept_promise, praised  # noqa: F401
from tests.scene import missed_monday, pool, propose_monday_met, wednesday  # noqa: F401
from tests.surveys.acted import DID, SAID, done, focused
from tests.surveys.conftest import CLOSED, RELEASED, level, poll, released  # noqa: F401

pytestmark = pytest.mark.django_db
KINDS = dict(SLIDES)
STAFF = View(ShownTo.STAFF, None, "en", TUESDAY_NOON, ZoneInfo("Europe/London"))
PUBLIC = replace(STAFF, shown_to=ShownTo.PUBLIC)


def value_of(kind: str, **given):
    block = KINDS[kind]
    return block.to_python({"seconds": 15, **given})


def facts_of(kind: str, view: View = STAFF, **given):
    with translation.override(view.language):
        return KINDS[kind].facts(value_of(kind, **given), view)


def html_of(kind: str, view: View = STAFF, **given) -> str:
    value = value_of(kind, **given)
    with translation.override(view.language):
        facts = KINDS[kind].facts(value, view)
        first = KINDS[kind].rendered(value, facts)
        again = KINDS[kind].rendered(value, KINDS[kind].facts(value, view))
    assert first == again
    assert "style=" not in first
    assert "<script" not in first
    return first


def why_left_out(kind: str, view: View = STAFF, **given) -> str:
    with pytest.raises(LeftOut) as left_out:
        facts_of(kind, view, **given)
    return str(left_out.value)


def team(department) -> View:
    return replace(STAFF, shown_to=ShownTo.TEAM, department=department)


def agreed(user, names=ShownTo.STAFF, photo=ShownTo.NOBODY):
    agree(user.employee, Agreed(names, photo), by=user, now=TUESDAY_NOON)


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


# The board


def test_the_board_says_the_day_the_verdict_and_every_goal_with_mark_and_word(missed_monday):
    facts, shown = facts_of("board"), html_of("board")
    assert facts.date == "2026-03-02"
    assert not facts.personal
    for said in ("Monday 2 March", "Goals of Mon 2 Mar 2026", "3 of 4 goals met, 4 needed",
                 "✗ Not hit · 75.0%", "Final", "Rule: 95%; not reported counts as missed",
                 "Bonus pool 2026", "GBP 0.00", "This day paid GBP 0.00", "✗ Missed 1 · ✓ Met 3",
                 "≥ 80%", "≤ 5 min", 'lang="en"'):  # fmt: skip
        assert said in shown, said
    assert [tile["name"] for tile in facts.values["tiles"]] == ["Billing", "Claims"]


def test_before_the_first_day_there_is_no_board_and_no_pool():
    assert why_left_out("board") == why_left_out("pool") == "No day has been posted yet."


def test_a_corrected_day_says_so_and_what_it_was(missed_monday, goals, wednesday, dee, fay):
    proposal = propose_monday_met(goals, by=dee, now=wednesday)
    decide(proposal, approve=True, by=fay, now=wednesday)
    post_day(MONDAY, now=wednesday)
    shown = html_of("board")
    assert 'data-status="corrected">Corrected, was 75.0%' in shown
    assert "typing mistake · Rule:" in shown
    assert "Corrected, was 75.0%" in html_of("pool")


def test_a_provisional_day_says_what_is_expected(pool, goals, system, wednesday):
    report_all(goals[:3], system)
    close(system)
    post_day(MONDAY, now=TUESDAY_NOON.replace(hour=8))
    shown = html_of("board")
    assert 'data-status="provisional">Provisional' in shown
    assert "This day: GBP" in shown
    assert "… Awaited" in shown
    assert "No figure yet" in shown


def test_a_departments_screen_shows_it_and_those_below(
    missed_monday, goals, claims, billing, site, system
):
    assert [t["name"] for t in facts_of("board", team(claims)).values["tiles"]] == ["Claims"]
    both = facts_of("board", team(claims), department="*").values["tiles"]
    assert [tile["name"] for tile in both] == ["Billing", "Claims"]
    chosen = facts_of("board", department="BILLING")
    assert [tile["name"] for tile in chosen.values["tiles"]] == ["Billing"]
    assert chosen.values["tally"] == "✗ Missed 1 · ✓ Met 1"
    assert "Goals of Mon 2 Mar 2026 · Billing" in html_of("board", department="BILLING")
    make_department("ATTIC", site)
    said = why_left_out("board", department="ATTIC")
    assert said == "No goal of Attic was due on the posted day."
    assert why_left_out("board", department="GONE") == "There is no department GONE any more."


def test_an_editor_chooses_among_the_departments(claims, billing):
    choices = list(KINDS["board"].child_blocks["department"].field.choices)
    assert [name for _code, name in choices[1:]] == ["The whole company", "Billing", "Claims"]


def test_the_board_speaks_chinese(missed_monday):
    shown = html_of("board", replace(STAFF, language="zh-hans"))
    for said in ('lang="zh-Hans"', "✗ 未达标 · 75.0%", "4 个目标项中 3 个达成，需达成 4 个",
                 "2026年3月2日", "规则：95%；未报按未达成计"):  # fmt: skip
        assert said in shown, said


# The pool


def test_the_pool_counts_hit_days_of_those_with_a_verdict(missed_monday, goals, system, wednesday):
    tuesday = date(2026, 3, 3)
    report_all(goals, system, day=tuesday)
    close(system, day=tuesday, now=wednesday)
    post_day(tuesday, now=wednesday)
    facts, shown = facts_of("pool"), html_of("pool")
    assert facts.date == "2026-03-03"
    assert facts.values["month"] == "March: 1 of 2 days hit"
    assert facts.values["year"] == "2026 so far: 1 of 2 days hit"
    assert facts.values["squares"] == [
        {"day": "2", "mark": "✗", "verdict": "not_hit", "final": True},
        {"day": "3", "mark": "✓", "verdict": "hit", "final": True},
    ]
    assert facts.values["thermometer"] is None
    for said in ("GBP 250.00", "Tue 3 Mar 2026", "This day paid GBP 250.00", "✓ Hit"):
        assert said in shown, said


def test_the_thermometer_ends_at_last_years_whole(missed_monday, system, pool):
    def last_year(day: date, minor: int):
        DayVerdict.objects.create(
            pool=pool, date=day, status="final", threshold_bp=9500, mode="share",
            unreported="missed", due=1, met=1, counted=1, met_weight=1, counted_weight=1, needed=1,
            hit=True, contribution_minor=minor, contribution_kind="fixed", currency="GBP",
            is_company=True, made_by=system,
        )  # fmt: skip

    last_year(date(2025, 3, 3), 90_000)
    assert "then" not in facts_of("pool").values["thermometer"]
    last_year(date(2025, 3, 2), 30_000)
    assert facts_of("pool").values["thermometer"] == {
        "now": {"place": "0.0", "text": "2026 so far", "amount": "GBP 0.00"},
        "then": {"place": "25.0", "text": "2025 by this day", "amount": "GBP 300.00"},
        "whole": {"place": "100.0", "text": "all of 2025", "amount": "GBP 1,200.00"},
    }
    assert 'x1="25.0%"' in html_of("pool")


def test_without_a_pool_for_the_company_its_slide_is_left_out(goals, system, wednesday):
    report_all(goals, system)
    close(system)
    post_day(MONDAY, now=wednesday)
    assert why_left_out("pool") == "There is no pool for the whole company."
    assert "Bonus pool" not in html_of("board")


# The wall


@pytest.fixture
def praise(ann, cas, dee, kept_promise, noon):
    """Ann shows her face to everybody, Cas his name to colleagues, Dee nothing."""
    agreed(ann, ShownTo.PUBLIC, ShownTo.PUBLIC)
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    agreed(cas, ShownTo.STAFF)
    agreed(dee, ShownTo.NOBODY)
    return [
        praised(ann, by=cas, behaviour=kept_promise, audience=ShownTo.PUBLIC),
        praised(cas, by=dee, behaviour=kept_promise),
    ]


def test_the_wall_names_who_agrees_to_be_named_there(praise, ann, cas, claims):
    staff, public = facts_of("wall"), facts_of("wall", PUBLIC)
    assert [each["names"] for each in staff.values["praise"]] == ["Cas", "Ann"]
    assert [each["names"] for each in public.values["praise"]] == ["Ann"]
    assert staff.people == {ann.employee.pk, cas.employee.pk}
    assert public.people == {ann.employee.pk}
    assert staff.personal
    assert staff.date is None
    shown = html_of("wall", PUBLIC)
    assert 'src="data:image/jpeg;base64,' in shown
    assert "Cas" not in shown
    assert "Dee" not in html_of("wall")
    assert [e["names"] for e in facts_of("wall", team(claims)).values["praise"]] == ["Ann"]


def test_who_withdraws_is_a_colleague_from_then_on(praise, ann):
    agreed(ann, ShownTo.NOBODY)
    assert why_left_out("wall", PUBLIC).startswith("There is no praise yet")
    assert "Ann" not in html_of("wall")


def test_a_wall_before_nobody_in_particular_stays_empty(praise):
    assert why_left_out("wall", team(None)).startswith("There is no praise yet")


def test_the_wall_asks_as_many_questions_for_few_as_for_many(
    praise, ann, bob, eve, fay, kept_promise
):
    def asked(most: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            facts_of("wall", most=most)
        return len(queries)

    few = asked(2)
    for giver in (bob, eve, fay):
        praised(ann, by=giver, behaviour=kept_promise)
    assert asked(5) == few


# Anniversaries


def began(user, hired_on: date):
    Employee.objects.filter(pk=user.employee.pk).update(hired_on=hired_on)
    Membership.objects.filter(employee=user.employee).update(from_date=hired_on)


def test_anniversaries_are_of_this_week_round_and_of_those_who_agree(
    ann, bob, cas, dee, claims, noon
):
    began(ann, date(2016, 3, 5))
    began(bob, date(2025, 3, 2))
    began(cas, date(2023, 3, 4))  # three years
    began(dee, date(2021, 3, 3))
    agreed(ann, ShownTo.PUBLIC, ShownTo.STAFF)
    agreed(bob, ShownTo.TEAM)
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    agreed(dee, ShownTo.NOBODY)
    staff, public, own = (facts_of("anniversaries", view) for view in (STAFF, PUBLIC, team(claims)))
    told = [
        {k: v for k, v in each.items() if k != "face"} | {"face": bool(each["face"])}
        for each in staff.values["people"]
    ]
    assert told == [
        {"name": "Ann", "department": "Claims", "years": "10 years", "day": "Thu 5 Mar 2026",
         "face": True}
    ]  # fmt: skip
    assert staff.people == {ann.employee.pk}
    assert staff.personal
    assert [bool(each["face"]) for each in public.values["people"]] == [False]
    assert [each["name"] for each in own.values["people"]] == ["Bob", "Ann"]
    assert "1 year<" in html_of("anniversaries", team(claims))
    agreed(ann, ShownTo.NOBODY)
    assert why_left_out("anniversaries").startswith("Nobody who agrees")


def test_who_has_left_or_is_elsewhere_has_no_anniversary_there(ann, cas, claims, noon):
    for user in (ann, cas):
        began(user, date(2016, 3, 5))
        agreed(user)
    here = facts_of("anniversaries", team(claims)).values["people"]
    assert [each["name"] for each in here] == ["Ann"]
    Employee.objects.filter(pk=ann.employee.pk).update(left_on=date(2026, 3, 4))
    everybody = facts_of("anniversaries").values["people"]
    assert [each["name"] for each in everybody] == ["Cas"]


def test_anniversaries_ask_the_same_number_of_questions_for_many(ann, claims, system, noon):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            facts_of("anniversaries")
        return len(queries)

    began(ann, date(2016, 3, 5))
    agreed(ann, photo=ShownTo.STAFF)
    set_photo(ann.employee, picture(), by=ann, now=TUESDAY_NOON)
    one = asked()
    for n in range(5):
        user = make_person(f"p{n}", claims, by=system)
        began(user, date(2016, 3, 5))
        agreed(user, photo=ShownTo.STAFF)
        set_photo(user.employee, picture(), by=user, now=TUESDAY_NOON)
    assert asked() == one


# What a customer is worth


WORTH = {"margin": "520.00", "currency": "USD", "years_with": "10.0", "years_without": "3.5",
         "source": "Finance, 2025"}  # fmt: skip


def worth(**changes):
    return {**WORTH, **changes} | {
        key: Decimal({**WORTH, **changes}[key]) for key in ("margin", "years_with", "years_without")
    }


def test_every_figure_of_the_worth_stands_beside_its_sum():
    shown = html_of("worth", **worth())
    for said in ("USD 520.00 of margin a year", "stays 10 years: USD 5,200.00",
                 "stays 3.5 years: USD 1,820.00", "USD 3,380.00 more", "Finance, 2025",
                 "not discounted", 'width="35.0%"'):  # fmt: skip
        assert said in shown, said


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"currency": "JPY", "margin": "1.50"}, "margin"), ({"years_without": "10.0"}, "years_with")],
)
def test_figures_that_make_no_sense_are_refused(changes, field):
    with pytest.raises(ValidationError) as refused:
        KINDS["worth"].clean(value_of("worth", **worth(**changes)))
    assert list(refused.value.block_errors) == [field]


# Announcements


CANTEEN = {
    "title": "The canteen is open",
    "text": "Warm food from eleven.",
    "translations": [{"language": "zh-hans", "title": "食堂开放了", "text": "十一点起有热菜。"}],
}


def test_an_announcement_is_shown_in_its_days_and_languages():
    spring = {"first_day": date(2026, 3, 3), "last_day": date(2026, 3, 4)}
    assert "Warm food from eleven." in html_of("announcement", **CANTEEN, **spring)
    chinese = html_of("announcement", replace(STAFF, language="zh-hans"), **CANTEEN)
    assert "食堂开放了" in chinese
    assert "canteen" not in chinese
    early = replace(STAFF, now=datetime(2026, 3, 2, 23, 59, tzinfo=STAFF.zone))
    late = replace(STAFF, now=datetime(2026, 3, 5, 0, 0, tzinfo=STAFF.zone))
    assert why_left_out("announcement", early, **CANTEEN, **spring) == "Begins on Tue 3 Mar 2026."
    assert why_left_out("announcement", late, **CANTEEN, **spring) == "Was over on Wed 4 Mar 2026."


def test_markup_in_an_announcement_stays_words():
    assert "&lt;b&gt;" in html_of("announcement", title="<b>Hello</b>")


def test_without_a_title_the_newest_announcement_of_the_pages_is_shown(noon):
    assert why_left_out("announcement") == "There is no announcement yet."
    index = AnnouncementIndexPage.objects.get()
    page = AnnouncementPage(title="We moved", summary="To the second floor.", slug="moved")
    index.add_child(instance=page)
    page.save_revision().publish()
    shown = html_of("announcement")
    assert "We moved" in shown
    assert "To the second floor." in shown
    assert "Tue 3 Mar 2026" in shown


def test_an_announcement_may_be_for_chosen_screens_only(root):
    hall = Screen.objects.create(name="Hall", made_by=root)
    block = KINDS["announcement"]
    value = block.clean(value_of("announcement", **CANTEEN, screens=[str(hall.pk)]))
    assert block.only_on(value) == {hall.pk}
    assert block.only_on(value_of("announcement", **CANTEEN)) == frozenset()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"first_day": date(2026, 3, 4), "last_day": date(2026, 3, 3)}, "last_day"),
     ({"title": ""}, "title")],
)  # fmt: skip
def test_an_announcement_that_makes_no_sense_is_refused(changes, field):
    with pytest.raises(ValidationError) as refused:
        KINDS["announcement"].clean(value_of("announcement", **{**CANTEEN, **changes}))
    assert list(refused.value.block_errors) == [field]


# You said, we did; the poll


def test_you_said_we_did_shows_what_is_done(released, dee, ann):
    assert why_left_out("acting") == "Nothing that was said in a poll is published as done."
    published(done(focused(released, by=dee), by=dee, owner=ann), by=dee)
    shown = html_of("acting")
    for said in (SAID, DID, "You said, we did", "8 Apr 2026"):
        assert said in shown, said
    assert not facts_of("acting").people


def voted(wave: Wave, count: int):
    SpentCredential.objects.bulk_create(
        SpentCredential(digest=f"{n:064}", wave=wave) for n in range(count)
    )


def test_an_open_poll_says_until_when_and_how_many_only_of_enough_invited(poll):
    assert "Open until 18 Mar 2026, 12:00" in html_of("poll")
    assert facts_of("poll").values["rate"] == ""
    Cell.objects.filter(number=0).update(invited=50)
    voted(poll.wave, 31)
    assert facts_of("poll").values["rate"] == "62%"
    assert "have taken part so far" in html_of("poll")
    assert why_left_out("poll", PUBLIC).startswith("Polls are for colleagues")


def test_a_poll_is_not_open_before_and_after_its_hours(poll):
    before = replace(STAFF, now=TUESDAY_NOON.replace(hour=11))
    for view in (before, replace(STAFF, now=CLOSED)):
        assert why_left_out("poll", view).startswith("No poll is open")


def test_a_released_poll_says_how_many_took_part_for_a_month(released):
    Cell.objects.filter(number=0).update(invited=50, ballots=31)
    view = replace(STAFF, now=RELEASED)
    assert facts_of("poll", view).values == {
        "name": "How is it going?", "said": "Closed on Wed 18 Mar 2026, results are out",
        "is_open": False, "rate": "62%",
    }  # fmt: skip
    assert "took part" in html_of("poll", view)
    later = replace(STAFF, now=RELEASED.replace(month=RELEASED.month + 2))
    assert why_left_out("poll", later).startswith("No poll is open")
    released.release.shown_at = None
    released.release.save()
    assert why_left_out("poll", view).startswith("No poll is open")


# The house's own


def test_an_emergency_says_what_and_what_to_do():
    value = {"title": "Leave the building", "text": "Use the stairs.", "seconds": 30}
    shown = EMERGENCY.rendered(value, EMERGENCY.facts(value, STAFF))
    for said in ("⚠", "Emergency", "Leave the building", "Use the stairs."):
        assert said in shown


def test_the_brand_is_the_name_of_the_company():
    value = {"seconds": 30}
    HomePage.objects.update(title="Northwind")
    assert "Northwind<" in BRAND.rendered(value, BRAND.facts(value, STAFF))
    Site.objects.update(site_name="Northwind Assurance")
    assert "Northwind Assurance<" in BRAND.rendered(value, BRAND.facts(value, STAFF))


def test_every_kind_has_a_label_an_icon_and_its_seconds():
    icons = get_icons()
    for kind, block in SLIDES:
        assert str(block.label), kind
        assert f'id="icon-{block.meta.icon}"' in icons, kind
        assert block.get_default()["seconds"] == 15
