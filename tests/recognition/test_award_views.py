"""The pages of awards: raise, vote, read, take back, certificates."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from people.models import Consent, Employee, ShownTo
from recognition.models import Award, Nomination, Nominee, Vote
from recognition.services.awards import raise_to
from recognition.services.awards import vote as cast_vote
from recognition.services.nominating import withdraw
from tests.conftest import MONDAY, TUESDAY_NOON, make_person, show_second_factor
from tests.recognition.conftest import STORY, TODAY, praised
from tests.recognition.test_awards import balance, funded, sit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


@pytest.fixture
def nomination(ann, cas, fay, kept_promise):
    funded(fay)
    return praised(ann, by=cas, behaviour=kept_promise)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def confirmed(client, address: str, **said):
    """The effects, then the act with their digest."""
    effects = client.post(address, said).context["effects"]
    seen = client.post(address, said).context["seen"]
    return effects, client.post(address, {**said, "seen": seen})


def test_a_lead_sees_what_it_costs_and_raises(client, bob, nomination, spot):
    client.force_login(bob)
    address = f"/nominations/{nomination.pk}/raise/"
    assert "Spot award: GBP 50.00 each" in text(client.get(address))
    effects, response = confirmed(client, address, level="spot", reason="above and beyond")
    assert effects == [
        "Ann gets Spot award: GBP 50.00.",
        "GBP 50.00 leave the budget of the company for 2026; GBP 950.00 are left in it.",
    ]
    assert response.url == "/awards/"
    assert Award.objects.get().state == "granted"
    assert balance("recognition:company:2026") == 95_000


def test_looking_at_the_effects_moves_nothing(client, bob, nomination, spot):
    client.force_login(bob)
    client.post(f"/nominations/{nomination.pk}/raise/", {"level": "spot", "reason": "x"})
    assert (Award.objects.count(), balance("recognition:company:2026")) == (0, 100_000)


def test_money_asks_for_the_second_factor_again_and_a_card_does_not(
    client, settings, bob, nomination, spot, card
):
    address = f"/nominations/{nomination.pk}/raise/"
    client.force_login(bob)
    settings.SECOND_FACTOR_REQUIRED = True
    show_second_factor_long_ago(client, bob)
    response = client.post(address, {"level": "spot", "reason": "x"})
    assert (response.status_code, Award.objects.count()) == (302, 0)
    confirmed(client, address, level="card", reason="kind")
    assert Award.objects.get().level == card


def show_second_factor_long_ago(client, user) -> None:
    session = client.session
    show_second_factor(session, user, seconds_ago=1000)
    session.save()


def test_what_is_wrong_with_raising_is_said(client, bob, nomination, spot, card):
    client.force_login(bob)
    address = f"/nominations/{nomination.pk}/raise/"
    assert "This field is required" in text(client.post(address, {"level": "spot"}))
    assert "Select a valid choice" in text(client.post(address, {"level": "x", "reason": "x"}))
    confirmed(client, address, level="card", reason="kind")
    again = client.post(address, {"level": "card", "reason": "kind"})
    assert "raised to Thank-you card already" in text(again)


def test_a_conflict_is_said_plainly(client, ann, bob, cas, card, kept_promise):
    client.force_login(bob)
    given = praised(ann, by=bob, behaviour=kept_promise)
    about = praised(ann, bob, by=cas, behaviour=kept_promise)
    for made, says in ((given, "You gave this nomination"), (about, "about you")):
        page = client.get(f"/nominations/{made.pk}/raise/")
        assert says in text(page)
        assert '<form method="post" class="form"' not in page.content.decode()


def test_who_leads_nobody_of_them_raises_nothing(client, ann, dee, fay, nomination, card):
    for user in (ann, dee, fay):
        client.force_login(user)
        assert client.get(f"/nominations/{nomination.pk}/raise/").status_code == 404
    Nomination.objects.update(state="held")
    client.force_login(dee)
    assert client.get(f"/nominations/{nomination.pk}/raise/").status_code == 404


def test_a_panel_raises_what_it_reads_to_its_own_level_alone(
    client, ann, root, eve, max_auditor, nomination, star, card
):
    sit(star, root, eve, max_auditor)
    client.force_login(root)
    address = f"/nominations/{nomination.pk}/raise/"
    # Ann has agreed to her department alone.
    assert client.get(address).status_code == 404
    Nomination.objects.update(shown_to=ShownTo.STAFF)
    page = text(client.get(address))
    assert "Quarterly star: GBP 250.00 each, a panel decides" in page
    assert "Thank-you card" not in page
    effects, _response = confirmed(client, address, level="star", reason="the best")
    assert effects == [
        "The panel of Quarterly star votes on it: A colleague.",
        "Of the panel 2 may vote, and 2 have to.",
        "If they grant it, each gets GBP 250.00.",
    ]


@pytest.fixture
def proposed(bob, root, eve, max_auditor, nomination, star):
    """Before Root, Eve and Max; two have to vote."""
    sit(star, root, eve, max_auditor)
    return raise_to(nomination, star, reason="the best", by=bob, now=TUESDAY_NOON)


def test_a_member_votes_and_sees_the_count_after_that(
    client, dee, eve, max_auditor, root, proposed
):
    address = f"/awards/{proposed.pk}/"
    cast_vote(proposed, "no", comment="not yet", by=eve, now=TUESDAY_NOON)
    client.force_login(root)
    page = client.get(address).context["page"]
    assert (page.may_vote, page.count, page.votes, page.still) == (True, None, None, 2)
    assert "1 award waits for your vote" in text(client.get("/awards/"))
    response = client.post(f"{address}vote/", {"says": "yes", "comment": "yes!"})
    assert response.url == "/awards/"
    page = client.get(address).context["page"]
    assert (page.may_vote, page.count.yes, page.count.no, page.votes) == (False, 1, 1, None)
    client.force_login(dee)
    assert [vote.says for vote in client.get(address).context["page"].votes] == ["no", "yes"]
    client.force_login(max_auditor)
    client.post(f"{address}vote/", {"says": "yes"})
    client.force_login(root)
    assert "Eve: no, “not yet”" in text(client.get(address))
    assert balance("recognition:rewards") == 25_000


def test_a_wrong_vote_is_said_and_not_kept(client, bob, root, proposed):
    client.force_login(root)
    address = f"/awards/{proposed.pk}/vote/"
    assert "Select a valid choice" in text(client.post(address, {"says": "maybe"}))
    client.force_login(bob)
    assert "Only the panel votes" in text(client.post(address, {"says": "yes"}, follow=True))
    assert not Vote.objects.exists()


def test_before_it_is_decided_those_concerned_do_not_find_it(client, ann, cas, fay, proposed):
    for user in (ann, cas, fay):
        client.force_login(user)
        assert client.get(f"/awards/{proposed.pk}/").status_code == 404
        assert not client.get("/awards/").context["table"].rows


def test_money_is_voted_on_taken_back_and_counted_with_the_second_factor(
    client, settings, bob, dee, nomination, spot, proposed
):
    granted = raise_to(nomination, spot, reason="x", by=bob, now=TUESDAY_NOON)
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(dee)
    show_second_factor_long_ago(client, dee)
    for address, said in (
        (f"/awards/{proposed.pk}/vote/", {"says": "yes"}),
        (f"/awards/{proposed.pk}/count/", {}),
        (f"/awards/{granted.pk}/recall/", {"reason": "x"}),
    ):
        assert client.post(address, said).status_code == 302
    assert not Vote.objects.exists()
    granted.refresh_from_db()
    assert granted.state == "granted"


def test_who_won_reads_why_and_others_read_what_consent_lets_them(
    client, ann, bob, cas, eve, nomination, spot
):
    award = raise_to(nomination, spot, reason="for Ann alone", by=bob, now=TUESDAY_NOON)
    client.force_login(eve)
    assert client.get(f"/awards/{award.pk}/").status_code == 404
    Consent.objects.create(employee=ann.employee, names=ShownTo.STAFF, given_at=TUESDAY_NOON)
    Nomination.objects.update(shown_to=ShownTo.STAFF)
    page = text(client.get(f"/awards/{award.pk}/"))
    assert "Spot award: Ann" in page
    assert "for Ann alone" not in page and "GBP 50.00" not in page
    client.force_login(ann)
    page = text(client.get(f"/awards/{award.pk}/"))
    assert "for Ann alone" in page and "GBP 50.00" in page and "Ann (PDF)" in page


def test_a_name_is_shown_no_further_than_agreed(client, ann, bob, cas, eve, kept_promise, card):
    made = praised(ann, eve, by=cas, behaviour=kept_promise, story=f"Ann did it. {STORY}")
    Consent.objects.create(employee=eve.employee, names=ShownTo.STAFF, given_at=TUESDAY_NOON)
    Nomination.objects.update(shown_to=ShownTo.STAFF)
    award = raise_to(made, card, reason="x", by=bob, now=TUESDAY_NOON)
    client.force_login(make_person("zoe", cas.employee.memberships.get().department, by=cas))
    for address in ("/awards/", f"/awards/{award.pk}/"):
        page = text(client.get(address))
        assert "Eve, a colleague" in page
        assert "Ann" not in page
    assert "Ann" not in client.get("/awards/?export=csv").content.decode()


def test_hr_takes_back_and_the_raiser_does_not(client, bob, dee, nomination, spot):
    award = raise_to(nomination, spot, reason="x", by=bob, now=TUESDAY_NOON)
    client.force_login(bob)
    assert client.post(f"/awards/{award.pk}/recall/", {"reason": "x"}).status_code == 404
    client.force_login(dee)
    assert "required" in text(client.post(f"/awards/{award.pk}/recall/", {"reason": ""}))
    assert client.post(f"/awards/{award.pk}/recall/", {"reason": "x"}).url == "/awards/"
    award.refresh_from_db()
    assert (award.state, balance("recognition:company:2026")) == ("reversed", 100_000)


def certificate(client, award, number="ann"):
    return client.get(f"/awards/{award.pk}/certificate/{number}.pdf")


def test_a_certificate_is_for_who_won_their_lead_and_hr(
    client, ann, bob, cas, dee, fay, eve, nomination, card
):
    award = raise_to(nomination, card, reason="x", by=bob, now=TUESDAY_NOON)
    for user, status in ((ann, 200), (bob, 200), (dee, 200), (cas, 404), (eve, 404), (fay, 404)):
        client.force_login(user)
        assert certificate(client, award).status_code == status
    client.force_login(dee)
    assert certificate(client, award, "cas").status_code == 404
    read = PdfReader(BytesIO(certificate(client, award).content)).pages[0].extract_text()
    said = " ".join(read.split())
    for part in ("Thank-you card", "Ann", "Kept a promise", STORY, "3 March 2026", "Told by Cas",
                 "Raised by Bob"):  # fmt: skip
        assert part in said
    Nomination.objects.update(state="held")
    assert certificate(client, award).status_code == 404


def test_no_certificate_before_it_is_granted(client, dee, proposed):
    client.force_login(dee)
    assert certificate(client, proposed).status_code == 404


def test_a_character_that_no_font_has_is_named(client, ann, bob, nomination, card):
    award = raise_to(nomination, card, reason="x", by=bob, now=TUESDAY_NOON)
    Employee.objects.filter(pk=ann.employee.pk).update(name="Ann ꙮ𓀀")
    client.force_login(ann)
    response = certificate(client, award)
    assert response.status_code == 422
    assert "𓀀" in text(response)


@pytest.mark.parametrize(
    "name",
    ["Łukasz Żółć", "王小明", "فاطمة الزهراء", "שרה לוי", "Zoë " * 40],
)
def test_a_certificate_is_printed_in_any_script(client, ann, bob, nomination, card, name):
    award = raise_to(nomination, card, reason="x", by=bob, now=TUESDAY_NOON)
    Employee.objects.filter(pk=ann.employee.pk).update(name=name)
    client.force_login(ann)
    assert certificate(client, award).status_code == 200


def test_emoji_of_a_story_are_left_out(client, ann, bob, cas, card, kept_promise):
    made = praised(
        ann,
        by=cas,
        behaviour=kept_promise,
        story="She stayed late 👏🏽👨‍👩‍👧 for the parcel ❤️ of old.",
    )
    award = raise_to(made, card, reason="x", by=bob, now=TUESDAY_NOON)
    client.force_login(ann)
    assert certificate(client, award).status_code == 200


def test_others_stay_unnamed_on_a_certificate_that_hangs_on_a_wall(
    client, ann, bob, cas, eve, card, kept_promise
):
    made = praised(ann, eve, by=cas, behaviour=kept_promise, story=f"Ann and Eve. {STORY}")
    award = raise_to(made, card, reason="x", by=bob, now=TUESDAY_NOON)
    client.force_login(ann)
    said = PdfReader(BytesIO(certificate(client, award).content)).pages[0].extract_text()
    assert "Ann and …" in said and "Eve" not in said


def many(nomination, level, by, count: int) -> None:
    made = Nomination.objects.bulk_create(
        Nomination(
            key=uuid4(), giver=nomination.giver, story=STORY,
            behaviour=nomination.behaviour, happened_on=MONDAY, shown_to=ShownTo.STAFF,
            published_at=TUESDAY_NOON, published_on=TODAY,
        )
        for _place in range(count)
    )  # fmt: skip
    named = nomination.nominees.get()
    Nominee.objects.bulk_create(
        Nominee(nomination=each, employee=named.employee, department=named.department)
        for each in made
    )
    Award.objects.bulk_create(
        Award(
            nomination=each, level=level, state="granted", reason="x", raised_by=by,
            raised_at=TUESDAY_NOON, decided_by=by, decided_at=TUESDAY_NOON,
        )
        for each in made
    )  # fmt: skip


@pytest.mark.parametrize("address", ["/awards/", "/awards/to-raise/"])
def test_a_list_asks_the_same_with_1_10_and_1000_rows(client, address, bob, nomination, card):
    client.force_login(bob)
    counted = []
    for count in (1, 9, 990):
        many(nomination, card, bob, count)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1] == counted[2]


def test_the_nominations_page_leads_who_may_raise_it_there(client, ann, bob, nomination, card):
    for user, is_led in ((bob, True), (ann, False)):
        client.force_login(user)
        page = client.get(f"/nominations/{nomination.pk}/").content.decode()
        assert (f'href="/nominations/{nomination.pk}/raise/"' in page) is is_led


def test_of_withdrawn_praise_the_raiser_reads_no_story(client, bob, cas, dee, nomination, card):
    award = raise_to(nomination, card, reason="x", by=bob, now=TUESDAY_NOON)
    withdraw(nomination, by=cas, now=TUESDAY_NOON)
    client.force_login(bob)
    for address in (f"/awards/{award.pk}/", "/awards/"):
        page = text(client.get(address))
        assert STORY not in page
        assert "Ann" not in page
    client.force_login(dee)
    assert STORY in text(client.get(f"/awards/{award.pk}/"))
