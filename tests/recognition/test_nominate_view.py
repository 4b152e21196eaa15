"""The form for praise: it works with and without scripts, refuses clearly, and loses nothing."""

import json
import time
from copy import copy
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Employee, Membership, ShownTo
from people.services.pins import set_pin
from recognition.filters import colleagues_like
from recognition.models import Behaviour, Nomination, Nominee
from recognition.services.awards import raise_to
from recognition.services.nominating import withdraw
from recognition.services.reward_files import export_rewards
from tests.browser.payloads import PAYLOADS
from tests.conftest import MONDAY, TUESDAY_NOON
from tests.recognition.conftest import STORY, TODAY, praised
from tests.recognition.test_awards import balance, funded, sit

pytestmark = pytest.mark.django_db
ADDRESS = "/nominations/new/"
AS_SCRIPT = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


@pytest.fixture
def cas_there(client, cas, kept_promise):
    client.force_login(cas)
    return client


def told(*numbers, **more) -> dict:
    """What a browser sends."""
    return {
        "key": str(uuid4()), "nominees": list(numbers), "behaviour": "promise", "story": STORY,
        "happened_on": "2026-03-02", "customer_reference": "", "audience": "2", **more,
    }  # fmt: skip


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_praise_is_published_and_said_to_be(cas_there, ann, dee):
    sent = told("ann", "dee", customer_reference="C-1", audience="1")
    response = cas_there.post(ADDRESS, sent, follow=True)
    assert response.redirect_chain == [("/nominations/mine/", 302)]
    assert "Published: your nomination of Ann, Dee." in response.content.decode()
    made = Nomination.objects.get()
    assert (
        made.key, made.story, made.behaviour.code, made.happened_on, made.customer_reference,
        made.audience, made.giver.number, {each.employee.number for each in made.nominees.all()},
    ) == (
        UUID(sent["key"]), STORY, "promise", MONDAY, "C-1", ShownTo.TEAM, "cas", {"ann", "dee"},
    )  # fmt: skip


def test_the_same_form_sent_twice_counts_once(cas_there, ann):
    sent = told("ann")
    for _press in range(2):
        assert cas_there.post(ADDRESS, sent).status_code == 302
    assert Nomination.objects.count() == 1


def test_a_script_is_told_where_to_go_on(cas_there, ann):
    response = cas_there.post(ADDRESS, told("ann"), **AS_SCRIPT)
    assert response.json() == {"next": "/nominations/mine/"}


def test_the_form_begins_with_a_key_of_its_own_and_today(cas_there):
    first, second = (cas_there.get(ADDRESS).context["form"] for _look in range(2))
    assert first["key"].value() != second["key"].value()
    assert first["happened_on"].value() == TODAY
    assert first["audience"].value() == ShownTo.STAFF


def test_a_link_names_whom_and_what(cas_there, ann, dee):
    page = cas_there.get(f"{ADDRESS}?to=ann&to=dee&to=cas&to=nobody&to=%00&behaviour=promise")
    form = page.context["form"]
    assert [each.number for each in form.chosen] == ["ann", "dee"]
    assert form["behaviour"].value() == "promise"
    assert b'value="promise" required id="id_behaviour_0" checked' in page.content


def test_a_behaviour_of_a_link_that_is_none_is_left_open(cas_there):
    assert (
        b"checked" not in cas_there.get(f"{ADDRESS}?behaviour=%00x").content.split(b"<details")[0]
    )


# without scripts


def test_colleagues_are_looked_up_by_a_button_and_nothing_typed_is_lost(cas_there, ann, dee):
    sent = told("ann", search="DE", find="", story="So far", happened_on="yesterday")
    page = cas_there.post(ADDRESS, sent)
    assert page.status_code == 200
    assert errors(page) == {}
    assert [each.number for each in page.context["found"]] == ["dee"]
    form = page.context["form"]
    assert [each.number for each in form.chosen] == ["ann"]
    assert {name: form[name].value() for name in ("key", "story", "behaviour", "happened_on")} == {
        name: sent[name] for name in ("key", "story", "behaviour", "happened_on")
    }
    assert not Nomination.objects.exists()


def test_who_is_chosen_is_not_offered_again(cas_there, ann):
    assert cas_there.post(ADDRESS, told("ann", search="ann", find="")).context["found"] == []


def test_nobody_found_is_said(cas_there):
    assert b"Nobody else was found" in cas_there.post(ADDRESS, told(search="zzz", find="")).content


def test_a_chosen_colleague_is_removed_by_a_button(cas_there, ann, dee):
    page = cas_there.post(ADDRESS, told("ann", "dee", remove="ann", story="So far"))
    assert [each.number for each in page.context["form"].chosen] == ["dee"]
    assert page.context["form"]["story"].value() == "So far"
    assert not Nomination.objects.exists()


def test_who_forgets_to_look_up_is_shown_who_is_meant(cas_there, ann):
    page = cas_there.post(ADDRESS, told(search="ann"))
    assert errors(page) == {"nominees": ["Choose at least one colleague."]}
    assert [each.number for each in page.context["found"]] == ["ann"]


# who may


def test_a_stranger_signs_in_first_and_comes_back(client, ann, kept_promise):
    response = client.get(f"{ADDRESS}?to=ann")
    assert response.url == "/sign-in/?next=/nominations/new/%3Fto%3Dann"
    assert client.get("/nominations/colleagues/?q=a").status_code == 302


def test_a_login_without_an_employee_nominates_nobody(client, ann, kept_promise):
    client.force_login(get_user_model().objects.create_user(username="robot"))
    for path in (ADDRESS, "/nominations/colleagues/", "/nominations/mine/", "/nominations/qr/"):
        assert client.get(path).status_code == 403
    assert client.post(ADDRESS, told("ann")).status_code == 403


def test_a_pin_at_a_shared_device_leads_to_the_form(client, cas, ann, kept_promise):
    set_pin(cas, "271828")
    door = client.get(client.get(f"{ADDRESS}?to=ann").url)
    by_pin = "/account/shared-device/?next=%2Fnominations%2Fnew%2F%3Fto%3Dann"
    assert f'href="{by_pin}"' in door.content.decode()
    entered = client.post(by_pin, {"number": "cas", "pin": "271828"})
    assert entered.url == "/nominations/new/?to=ann"
    page = client.get(entered.url).content
    assert b"data-sends" in page
    assert b"data-draft=" not in page  # the next one finds nothing of it
    assert client.post(ADDRESS, told("ann")).status_code == 302


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "javascript:x"])
def test_a_pin_leads_nowhere_else(client, cas, elsewhere):
    set_pin(cas, "271828")
    path = f"/account/shared-device/?next={elsewhere}"
    assert client.post(path, {"number": "cas", "pin": "271828"}).url == "/"


def test_at_ones_own_device_a_draft_is_kept_by_who_it_is(cas_there, cas):
    assert f'data-draft="{cas.pk}"' in cas_there.get(ADDRESS).content.decode()


def test_a_session_that_ran_out_leaves_the_draft_where_it_is(cas_there, monkeypatch):
    later = time.time() + 7200
    monkeypatch.setattr(time, "time", lambda: later)
    response = cas_there.get(ADDRESS)
    assert response.url.startswith("/sign-in/")
    assert "Clear-Site-Data" not in response


# wrong input


def test_everything_missing_is_said_beside_its_field(cas_there):
    page = cas_there.post(ADDRESS, {"story": "Good!"})
    assert set(errors(page)) == {"key", "nominees", "behaviour", "happened_on", "audience"}
    assert page.context["form"]["story"].value() == "Good!"
    assert b"<details open>" in page.content


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"story": "Good!"}, "story", "at least a sentence"),
        ({"story": "x" * 10_000}, "story", "10000 characters; at most 4000"),
        ({"story": "\u200b\u2060\ufeff" * 20}, "story", "at least a sentence"),
        ({"story": "a\x00b" * 20}, "story", "Null characters"),
        ({"happened_on": "2026-03-04"}, "happened_on", "today at the latest"),
        ({"happened_on": "2024-03-04"}, "happened_on", "last twelve months"),
        ({"happened_on": "soon"}, "happened_on", "valid date"),
        ({"customer_reference": "x" * 61}, "customer_reference", "at most 60"),
        ({"behaviour": "bravery"}, "behaviour", "from the list"),
        ({"behaviour": "a\x00"}, "behaviour", "Null characters"),
        ({"audience": "4"}, "audience", "not one of the available choices"),
        ({"audience": "PUBLIC"}, "audience", "not one of the available choices"),
        ({"nominees": ["cas"]}, "nominees", "themself"),
        ({"nominees": ["gone"]}, "nominees", "Nobody with the number gone works here"),
        ({"nominees": ["ann", "a\x00b"]}, "nominees", "Null characters"),
        ({"nominees": ["1 OR 1=1"]}, "nominees", "Nobody with the number"),
        ({"key": "mine"}, "key", "UUID"),
    ],
)  # fmt: skip
def test_a_refusal_stands_beside_its_field_and_nothing_is_lost(
    cas_there, ann, wrong, field, says,
):  # fmt: skip
    Employee.objects.create(
        number="gone", name="Gone", hired_on=date(2020, 1, 1), left_on=date(2025, 5, 5)
    )
    sent = told("ann", **wrong)
    page = cas_there.post(ADDRESS, sent)
    assert list(errors(page)) == [field]
    assert says in errors(page)[field][0]
    form = page.context["form"]
    assert {name: form[name].value() for name in sent} == sent
    assert not Nomination.objects.exists()


def test_limits_are_said_beside_whom_they_are_about(cas_there, cas, ann, kept_promise):
    for _time in range(2):
        praised(ann, by=cas, behaviour=kept_promise)
    page = cas_there.post(ADDRESS, told("ann"), **AS_SCRIPT)
    assert errors(page) == {
        "nominees": ["You have praised Ann 2 times in 30 days; that is the most for now."]
    }
    assert STORY in page.content.decode()


def test_another_content_under_the_same_key_is_refused_and_kept(cas_there, ann):
    sent = told("ann")
    cas_there.post(ADDRESS, sent)
    page = cas_there.post(ADDRESS, {**sent, "story": STORY + " Twice."})
    assert "sent before" in errors(page)["__all__"][0]
    assert "Twice." in page.content.decode()


@pytest.mark.parametrize(
    "story",
    [
        *PAYLOADS[:6],
        "👩‍👩‍👧‍👦 stayed late with the whole family until the parcel was found 🎉",
        "היא נשארה עד שהחבילה נמצאה, והלקוח הודה לה מאוד",
        "她下班后还给客户打电话，直到找到包裹为止。",
        "Аnn (with a Cyrillic A) stayed late until the parcel was found.",
    ],
)
def test_any_script_is_kept_as_it_was_meant_and_shown_as_text(cas_there, ann, story):
    told_story = f"{story} and the customer was glad of it."
    cas_there.post(ADDRESS, told("ann", story=told_story))
    assert Nomination.objects.get().story == told_story
    page = cas_there.get("/nominations/mine/").content.decode()
    assert "<script>xss" not in page
    assert "<img src=x" not in page


def test_without_behaviours_the_page_says_whose_turn_it_is(client, cas):
    client.force_login(cas)
    assert b"Your HR department has not yet said" in client.get(ADDRESS).content


def test_a_retired_behaviour_is_not_offered(cas_there, kept_promise):
    Behaviour.objects.create(code="old", name="Old", retired_on=TODAY)
    assert b"Old" not in cas_there.get(ADDRESS).content


def test_a_behaviour_is_named_in_the_readers_language(cas_there, kept_promise):
    kept_promise.names = {"zh-hans": "信守承诺"}
    kept_promise.save()
    assert "信守承诺" in cas_there.get(f"{ADDRESS}?language=zh-hans").content.decode()


def test_only_the_forms_own_fields_are_set(cas_there, ann, bob):
    cas_there.post(
        ADDRESS,
        told(
            "ann", giver=bob.employee.pk, state="removed", shown_to="3", published_on="2020-01-01",
            told_at="2020-01-01", giver_department="1", audience="1",
        ),
    )  # fmt: skip
    made = Nomination.objects.get()
    assert (made.giver.number, made.state, made.shown_to, made.published_on, made.told_at) == (
        "cas", "published", ShownTo.TEAM, TODAY, None,
    )  # fmt: skip


# finding colleagues


@pytest.fixture
def crowd(claims, cas, system):
    """Two with one name, Han, marks, a nickname, Cyrillic that looks like Latin, and a leaver."""
    names = {
        "1": ("王小明", ""), "2": ("Óscar Wu", ""), "3": ("Elizabeth Stone", "Beth"),
        "4": ("Ann Lee", ""), "5": ("Ann Lee", ""), "6": ("Аnn Lee", ""), "7": ("Susanna Ray", ""),
        "8": ("עדי כהן", ""), "9": ("Ann Left", ""),
    }  # fmt: skip
    for number, (name, known_as) in names.items():
        employee = Employee.objects.create(
            number=number, name=name, known_as=known_as, hired_on=date(2020, 1, 1),
            email=f"secret{number}@example.org", left_on=MONDAY if number == "9" else None,
        )  # fmt: skip
        Membership.objects.create(employee=employee, department=claims, from_date=employee.hired_on)


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("xiaoming", ["1"]), ("王", ["1"]), ("oscar", ["2"]), ("Óscar WU", ["2"]), ("beth", ["3"]),
        ("עדי", ["8"]), ("ann lee", ["4", "5"]), ("аnn", ["6"]), ("zzz", []), ("", []), (" ", []),
        ("%", []), ("\x00", []), ("x" * 5000, []), ("cas", []),
        ("ann", ["4", "5", "7"]),  # who begins so comes before who has it inside
    ],
)  # fmt: skip
def test_colleagues_are_found_by_what_is_typed(client, crowd, cas, said, numbers):
    client.force_login(cas)
    found = client.get("/nominations/colleagues/", {"q": said}).json()["people"]
    assert [each["number"] for each in found] == numbers


def test_what_is_found_is_told_without_addresses(client, crowd, cas):
    client.force_login(cas)
    answer = client.get("/nominations/colleagues/?q=beth")
    assert answer.json() == {
        "people": [
            {"number": "3", "name": "Elizabeth Stone", "known_as": "Beth", "department": "Claims"}
        ]
    }
    assert answer["Cache-Control"] == "no-store"
    assert "example.org" not in json.dumps(client.get("/nominations/colleagues/?q=secret3").json())


@pytest.mark.parametrize("said", ["zed", "zed 7"])
def test_ten_are_offered_and_many_ask_the_database_no_more_than_one(client, claims, cas, said):
    client.force_login(cas)
    counted = []
    for number in (1, 10, 1000):
        begin = Employee.objects.filter(number__startswith="z").count()
        made = Employee.objects.bulk_create(
            Employee(number=f"z{n}", name=f"Zed 7{n}", hired_on=date(2020, 1, 1))
            for n in range(begin, number)
        )
        Membership.objects.bulk_create(
            Membership(employee=each, department=claims, from_date=each.hired_on) for each in made
        )
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/nominations/colleagues/", {"q": said})
        assert len(answer.json()["people"]) == min(number, 10)
        counted.append(len(queries))
    assert len(set(counted)) == 1
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESS)
    assert len(queries) < 12


def test_nobody_finds_oneself(crowd, cas):
    assert colleagues_like("cas", giver=cas.employee, on=TODAY) == []


# ways in


def test_the_first_page_offers_it_and_tells_of_praise(client, ann, cas, kept_promise):
    client.force_login(ann)
    assert b'href="/nominations/new/"' in client.get("/").content
    praised(ann, by=cas, behaviour=kept_promise)
    assert b"You were nominated 1 time in the last 30 days." in client.get("/").content


def test_a_colleagues_page_offers_it(cas_there, ann, cas):
    assert b'href="/nominations/new/?to=ann"' in cas_there.get("/people/ann/").content
    assert b"/nominations/new/?to=" not in cas_there.get("/people/cas/").content


def test_who_has_left_is_not_offered(client, dee, ann):
    ann.employee.left_on = MONDAY
    ann.employee.save()
    client.force_login(dee)
    assert b"/nominations/new/?to=" not in client.get("/people/ann/").content


def test_a_login_without_employee_is_offered_nothing(client, ann):
    client.force_login(get_user_model().objects.create_user(username="robot"))
    assert b"/nominations/" not in client.get("/people/ann/").content
    assert b"/nominations/" not in client.get("/").content


def test_the_qr_code_says_the_forms_address(cas_there, settings):
    settings.BASE_URL = "https://ninetyfive.example"
    page = cas_there.get("/nominations/qr/")
    assert page.context["address"] == "https://ninetyfive.example/nominations/new/"
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert "style" not in page.context["drawn"]


# one's own


def mine(client, user, query="") -> str:
    client.force_login(user)
    response = client.get(f"/nominations/mine/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_one_sees_what_one_gave_and_what_is_published_about_one(
    client, ann, cas, dee, kept_promise,
):  # fmt: skip
    given = praised(ann, by=cas, behaviour=kept_promise, story="Given by Cas, and well done too.")
    praised(cas, by=dee, behaviour=kept_promise, story="Received by Cas, and well done too.")
    back = praised(cas, by=ann, behaviour=kept_promise, story="Taken back by Ann, sorry for that.")
    withdraw(back, by=ann, now=TUESDAY_NOON)
    praised(dee, by=ann, behaviour=kept_promise, story="About somebody else altogether, not Cas.")
    page = mine(client, cas)
    stories = ("Given by", "Received by", "Taken back", "somebody else")
    assert [story in page for story in stories] == [True, True, False, False]
    assert f'href="/nominations/{given.pk}/withdraw/"' in page
    assert f'href="/nominations/{given.pk}/"' in page
    assert '<span class="visually-hidden">What to do</span>' in page  # a column of links has a name
    assert page.count("/withdraw/") == 1
    assert "Received by" not in mine(client, cas, "?side=given")
    assert "Given by" not in mine(client, cas, "?side=received")
    assert "withdrawn" in mine(client, ann)


def test_many_nominations_ask_the_database_no_more_than_one(client, ann, cas, kept_promise):
    first = praised(ann, by=cas, behaviour=kept_promise)
    client.force_login(cas)
    counted = []
    for number in (1, 10, 1000):
        begin = Nomination.objects.count()
        copies = [Nomination.objects.get(pk=first.pk)] * (number - begin)
        made = Nomination.objects.bulk_create(another(each) for each in copies)
        Nominee.objects.bulk_create(Nominee(nomination=n, employee=ann.employee) for n in made)
        with CaptureQueriesContext(connection) as queries:
            client.get("/nominations/mine/")
        counted.append(len(queries))
    assert len(set(counted)) == 1


def another(nomination: Nomination) -> Nomination:
    made = copy(nomination)
    made.pk, made.key = None, uuid4()
    return made


# taking back


@pytest.fixture
def withdrawing(ann, cas, kept_promise):
    """The address at which Cas takes back what he told of Ann."""
    made = praised(ann, by=cas, behaviour=kept_promise)
    return f"/nominations/{made.pk}/withdraw/"


def seen(client, address) -> dict[str, str]:
    return {"seen": client.get(address).context["seen"]}


def test_the_giver_sees_what_happens_and_withdraws(cas_there, withdrawing):
    page = cas_there.get(withdrawing)
    assert page.context["effects"] == [
        "Nobody reads this nomination any more, nor the cheers and replies to it.",
        "It counts for how much you may give all the same.",
    ]
    assert Nomination.objects.get().state == "published"
    said = {**seen(cas_there, withdrawing), "reason": "wrong colleague"}
    response = cas_there.post(withdrawing, said, follow=True)
    assert b"Your nomination is withdrawn." in response.content
    made = Nomination.objects.get()
    assert (made.state, made.end_reason) == ("withdrawn", "wrong colleague")


def test_the_money_of_an_award_is_said_and_comes_back_once(
    cas_there, withdrawing, ann, bob, fay, spot, card,
):  # fmt: skip
    funded(fay)
    for level in (spot, card):
        raise_to(
            Nomination.objects.get(), level, reason="above and beyond", by=bob, now=TUESDAY_NOON
        )
    assert balance("recognition:company:2026") == 95_000
    assert cas_there.get(withdrawing).context["effects"][2:] == [
        "Spot award is taken back: GBP 50.00 from Ann go back to the budget.",
        "Thank-you card is taken back.",
    ]
    assert balance("recognition:company:2026") == 95_000
    said = seen(cas_there, withdrawing)
    for _press in range(2):
        cas_there.post(withdrawing, said)
    assert balance("recognition:company:2026") == 100_000
    assert balance("recognition:rewards") == 0


def test_payroll_is_said_to_be_told_when_it_has_the_money(
    cas_there, withdrawing, ann, bob, fay, spot,
):  # fmt: skip
    funded(fay)
    raise_to(Nomination.objects.get(), spot, reason="x", by=bob, now=TUESDAY_NOON)
    export_rewards(currency="GBP", by=fay, now=TUESDAY_NOON)
    assert cas_there.get(withdrawing).context["effects"][3:] == [
        "Payroll has been told of it and is told to take it off again."
    ]


def test_what_a_panel_has_before_it_is_said_to_end(cas_there, withdrawing, star, bob, root, eve):
    sit(star, root, eve)
    raise_to(Nomination.objects.get(), star, reason="x", by=bob, now=TUESDAY_NOON)
    effects = cas_there.get(withdrawing).context["effects"]
    assert effects[2:] == ["Quarterly star is not decided on any more."]


def test_what_was_won_meanwhile_is_looked_at_again(cas_there, withdrawing, bob, card):
    said = seen(cas_there, withdrawing)
    raise_to(Nomination.objects.get(), card, reason="x", by=bob, now=TUESDAY_NOON)
    page = cas_there.post(withdrawing, said)
    assert b"Something has changed meanwhile" in page.content
    assert b"Thank-you card is taken back." in page.content
    assert Nomination.objects.get().state == "published"


@pytest.mark.parametrize("who", ["ann", "bob", "dee", "root"])
def test_somebody_elses_is_not_found(client, withdrawing, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(withdrawing).status_code == 404
    assert client.post(withdrawing, {"seen": "x"}).status_code == 404
    assert Nomination.objects.get().state == "published"


def test_what_was_removed_stays_removed(cas_there, withdrawing, dee):
    said = seen(cas_there, withdrawing)
    Nomination.objects.update(
        state="removed", ended_by=dee, ended_at=TUESDAY_NOON, end_reason="made up"
    )
    assert b"has been removed already" in cas_there.post(withdrawing, said).content
    assert b"removed: made up" in cas_there.get("/nominations/mine/").content


def test_a_reason_that_is_too_long_is_refused(cas_there, withdrawing):
    page = cas_there.post(withdrawing, {**seen(cas_there, withdrawing), "reason": "x" * 501})
    assert "at most 500" in errors(page)["reason"][0]
    assert Nomination.objects.get().state == "published"
