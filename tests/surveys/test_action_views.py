"""The pages of focus areas and actions: for HR and leads, and for whoever owns an action."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from surveys.models import Action, AnswerCount, FocusArea
from surveys.services.acting import publish
from tests.conftest import make_person
from tests.incentives.test_day_view import queries_of
from tests.recognition.test_award_views import text
from tests.surveys.acted import DID, DUE, NOW, SAID, TODAY, done, focused, planned
from tests.surveys.conftest import RELEASED

pytestmark = pytest.mark.django_db
POLL = "/actions/polls/2026/"
LATE = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def a_week_after_the_release(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def area(released, dee):
    return focused(released, by=dee, why="Nobody finds time to think.")


@pytest.fixture
def action(area, dee, ann):
    return planned(area, by=dee, owner=ann)


def asked(**more) -> dict[str, str]:
    return {"said": SAID, "owner": "ann", "due_on": str(DUE), "state": "planned", **more}


def test_hr_names_plans_and_publishes(client, released, dee, ann, claims):
    client.force_login(dee)
    said = {
        "name": "Shorter meetings", "name_zh-hans": "会议更短", "department": "CLAIMS",
        "theme": "team", "why": "Nobody finds time.",
    }  # fmt: skip
    assert client.post(f"{POLL}new/", said).url == POLL
    area = FocusArea.objects.get()
    assert (area.name, area.names, area.department, area.theme.code, area.why) == (
        "Shorter meetings", {"zh-hans": "会议更短"}, claims, "team", "Nobody finds time.",
    )  # fmt: skip
    page = f"/actions/focus-areas/{area.pk}/"
    more = {"said_zh-hans": "会议太长", "did_zh-hans": ""}
    assert client.post(f"{page}new/", asked(**more)).url == page
    action = Action.objects.get()
    assert (action.focus, action.owner, action.due_on) == (area, ann.employee, DUE)
    assert action.texts == {"zh-hans": {"said": "会议太长"}}
    address = f"/actions/{action.pk}/"
    answer = client.post(f"{address}publish/", follow=True)
    assert "Everybody reads it on the page now." in text(answer)
    assert Action.objects.get().is_published
    answer = client.post(f"{address}take-back/", follow=True)
    assert "The page does not show it any more." in text(answer)
    assert not Action.objects.get().is_published


def test_forms_begin_with_what_is_kept(client, area, action, dee):
    client.force_login(dee)
    area.names = {"zh-hans": "会议更短"}
    area.save()
    action.texts = {"zh-hans": {"said": "会议太长", "did": "半小时"}}
    action.save()
    initial = client.get(f"/actions/focus-areas/{area.pk}/change/").context["form"].initial
    assert initial == {
        "name": "Shorter meetings", "name_zh-hans": "会议更短", "department": None, "theme": None,
        "why": "Nobody finds time to think.",
    }  # fmt: skip
    initial = client.get(f"/actions/{action.pk}/change/").context["form"].initial
    assert initial == {
        "said": SAID, "said_zh-hans": "会议太长", "did": "", "did_zh-hans": "半小时",
        "owner": "ann", "due_on": DUE, "state": "planned", "done_on": None,
    }  # fmt: skip


def test_texts_of_several_languages_stand_beside_each_other(client, area, action, dee):
    client.force_login(dee)
    form = client.get(f"/actions/{action.pk}/change/").context["form"]
    assert [[field.name for field in row] for row in form.rows] == [
        ["said", "said_zh-hans"], ["owner"], ["due_on"], ["state"], ["done_on"],
        ["did", "did_zh-hans"],
    ]  # fmt: skip


def test_a_change_is_kept(client, area, action, dee, cas):
    client.force_login(dee)
    page = f"/actions/{action.pk}/"
    said = asked(said="Too many meetings", owner="cas", state="begun", did="We count them.")
    assert client.post(f"{page}change/", said).url == page
    action.refresh_from_db()
    assert (action.said, action.owner, action.state, action.did) == (
        "Too many meetings", cas.employee, "begun", "We count them.",
    )  # fmt: skip
    page = f"/actions/focus-areas/{area.pk}/"
    assert client.post(f"{page}change/", {"name": "Fewer meetings"}).url == page
    area.refresh_from_db()
    assert (area.name, area.why) == ("Fewer meetings", "")


def test_a_focus_area_without_actions_is_removed(client, area, dee, ann):
    client.force_login(dee)
    page = f"/actions/focus-areas/{area.pk}/"
    assert ">Remove<" in client.get(page).content.decode()
    action = planned(area, by=dee, owner=ann)
    assert ">Remove<" not in client.get(page).content.decode()
    answer = client.post(f"{page}remove/", follow=True)
    assert "It has actions already" in text(answer)
    action.delete()
    assert client.post(f"{page}remove/").url == POLL
    assert not FocusArea.objects.exists()


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"said": ""}, {"said": ["This field is required."]}),
        ({"said": "x" * 1001},
         {"said": ["Ensure this value has at most 1000 characters (it has 1001)."]}),
        ({"owner": "nobody"}, {"owner": ["Nobody here has the number nobody."]}),
        ({"due_on": "soon"}, {"due_on": ["Enter a valid date."]}),
        ({"state": "over"},
         {"state": ["Select a valid choice. over is not one of the available choices."]}),
        ({"state": "done", "did": DID}, {"done_on": ["Say on which day it was done."]}),
        ({"state": "dropped"}, {"did": ["Say why it was dropped."]}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(client, area, dee, ann, said, errors):
    client.force_login(dee)
    form = client.post(f"/actions/focus-areas/{area.pk}/new/", asked(**said)).context["form"]
    assert form.errors == errors
    assert not Action.objects.exists()


def test_leads_choose_among_the_departments_they_lead(client, released, bob, claims, billing):
    client.force_login(bob)
    form = client.get(f"{POLL}new/").context["form"]
    assert list(form.fields["department"].queryset) == [claims]
    for said, wrong in (
        ({"name": "Mine"}, "This field is required."),
        ({"name": "Mine", "department": "BILLING"}, "Select a valid choice."),
    ):
        errors = client.post(f"{POLL}new/", said).context["form"].errors
        assert errors["department"][0].startswith(wrong)
    assert client.post(f"{POLL}new/", {"name": "Mine", "department": "CLAIMS"}).url == POLL
    assert FocusArea.objects.get().made_by == bob


def test_what_the_poll_hides_is_not_to_be_chosen(client, released, dee, claims, billing):
    AnswerCount.objects.filter(cell__department=claims).delete()
    client.force_login(dee)
    form = client.get(f"{POLL}new/").context["form"]
    assert list(form.fields["department"].queryset) == [billing]
    errors = (
        client.post(f"{POLL}new/", {"name": "x", "department": "CLAIMS"}).context["form"].errors
    )
    assert errors["department"][0].startswith("Select a valid choice.")


def test_leads_see_and_change_nothing_of_other_departments(
    client, released, area, action, dee, bob, ann, billing
):
    elsewhere = focused(released, by=dee, department=billing, name="Quieter rooms")
    theirs = planned(elsewhere, by=dee, owner=ann)
    client.force_login(bob)
    for found in (area, elsewhere):
        for path in ("", "change/", "new/", "remove/"):
            address = f"/actions/focus-areas/{found.pk}/{path}"
            assert client.post(address, {}).status_code in (404, 405), address
            assert client.get(address).status_code in (404, 405), address
    for found in (action, theirs):
        for path in ("", "change/", "progress/", "publish/", "take-back/"):
            address = f"/actions/{found.pk}/{path}"
            assert client.post(address, {}).status_code in (404, 405), address
    for path in ("/actions/", POLL):
        assert "Quieter rooms" not in text(client.get(path))
        assert SAID not in text(client.get(path))


def test_executives_and_auditors_read_and_change_nothing(client, area, action, eve, max_auditor):
    for user in (eve, max_auditor):
        client.force_login(user)
        assert SAID in text(client.get("/actions/"))
        assert SAID in text(client.get(POLL))
        assert "New focus area" not in text(client.get(POLL))
        assert "New action" not in text(client.get(f"/actions/focus-areas/{area.pk}/"))
        page = f"/actions/{action.pk}/"
        assert "Publish" not in text(client.get(page)).replace("Published", "")
        for path in (
            f"{POLL}new/", f"/actions/focus-areas/{area.pk}/change/", f"{page}change/",
            f"/actions/focus-areas/{area.pk}/new/", f"{page}publish/", f"{page}progress/",
        ):  # fmt: skip
            assert client.post(path, {}).status_code == 403, path


def test_colleagues_see_neither_the_board_nor_somebody_elses_action(client, action, cas):
    client.force_login(cas)
    assert client.get("/actions/").status_code == 403
    assert client.get(POLL).status_code == 403
    assert client.get(f"/actions/{action.pk}/").status_code == 404
    assert client.post(f"/actions/{action.pk}/progress/", {}).status_code == 404


def test_an_owner_says_how_far_it_is(client, action, ann):
    client.force_login(ann)
    assert SAID in text(client.get("/actions/mine/"))
    page = f"/actions/{action.pk}/"
    shown = text(client.get(page))
    assert "Say how far it is" in shown
    assert "Change" not in shown
    assert client.get(f"{page}progress/").context["form"].initial["state"] == "planned"
    said = {"state": "done", "did": DID, "done_on": str(TODAY), "did_zh-hans": "半小时"}
    assert client.post(f"{page}progress/", {**said, "said": "mine", "owner": "cas"}).url == page
    action.refresh_from_db()
    assert (action.state, action.did, action.done_on) == ("done", DID, TODAY)
    assert action.texts == {"zh-hans": {"did": "半小时"}}
    assert (action.said, action.owner) == (SAID, ann.employee)
    assert client.post(f"{page}change/", asked()).status_code == 403
    assert client.post(f"{page}publish/").status_code == 403
    form = client.post(f"{page}progress/", {"state": "dropped"}).context["form"]
    assert form.errors == {"did": ["Say why it was dropped."]}


def test_the_board_says_in_words_what_is_overdue(client, area, dee, ann):
    planned(area, by=dee, owner=ann, said="Late one", due_on=LATE)
    planned(area, by=dee, owner=ann, said="Begun one", state="begun")
    done(area, by=dee, owner=ann, said="Done one", due_on=LATE)
    planned(area, by=dee, owner=ann, said="Dropped one", state="dropped", did="No money.")
    client.force_login(dee)
    page = client.get("/actions/")
    shown = [
        (str(state), [(str(action), late) for action, late in found], more)
        for state, found, more in page.context["columns"]
    ]
    assert shown == [
        ("planned", [("Late one", True)], False), ("begun", [("Begun one", False)], False),
        ("done", [("Done one", False)], False), ("dropped", [("Dropped one", False)], False),
    ]  # fmt: skip
    assert "1 action is overdue." in text(page)
    assert text(page).count("! overdue") == 1


def test_a_list_goes_into_a_file_with_its_state_in_words(client, area, dee, ann):
    planned(area, by=dee, owner=ann, due_on=LATE)
    client.force_login(dee)
    file = client.get(f"{POLL}?export=csv").content.decode("utf-8-sig").splitlines()
    assert file == [
        "You said,Focus area,For,Owner,Due,State,Done on,Page",
        f'{SAID},Shorter meetings,the company,Ann,{LATE},"planned, overdue",,not published',
    ]


def test_a_poll_not_shown_to_leads_is_none_for_them(client, released, dee, bob, ann, claims):
    area = focused(released, by=dee, department=claims)
    planned(area, by=dee, owner=ann)
    released.release.shown_at = None
    released.release.save()
    client.force_login(bob)
    assert client.get(POLL).status_code == 404
    assert client.post(f"{POLL}new/", {"name": "x", "department": "CLAIMS"}).status_code == 404


def test_what_is_not_shown_yet_has_no_button_to_publish(client, released, action, dee):
    released.release.shown_at = None
    released.release.save()
    client.force_login(dee)
    page = f"/actions/{action.pk}/"
    assert "It can be published when the results of the poll are shown" in text(client.get(page))
    answer = client.post(f"{page}publish/", follow=True)
    assert "The results of this poll are not shown to everybody yet." in text(answer)
    assert not Action.objects.get().is_published


def test_pages_cost_the_same_queries_with_one_action_and_with_ten(
    client, released, dee, ann, billing
):
    def ten_more(count: int) -> None:
        for number in range(count):
            owner = make_person(f"owner{number}{count}", billing, by=dee)
            area = focused(released, by=dee, name=f"Area {number}", department=billing)
            publish(planned(area, by=dee, owner=owner), is_published=True, by=dee, now=NOW)
            planned(area, by=dee, owner=ann, due_on=LATE)

    ten_more(1)
    first = FocusArea.objects.earliest("pk").pk
    paths = {
        dee: ["/", "/actions/", POLL, f"/actions/focus-areas/{first}/", "/you-said-we-did/"],
        ann: ["/", "/actions/mine/"],
    }  # fmt: skip

    def counted() -> dict[tuple, int]:
        found = {}
        for user, addresses in paths.items():
            client.force_login(user)
            for path in addresses:
                queries_of(client, path)
                found[user.username, path] = queries_of(client, path)
        return found

    few = counted()
    ten_more(9)
    assert counted() == few


def cards_of(client) -> list[str]:
    return [card.template for card in client.get("/").context["needs_me"]]


def test_an_owner_finds_on_the_first_page_what_is_due(client, area, action, dee, ann):
    client.force_login(ann)
    assert "surveys/cards/my_actions.html" not in cards_of(client)
    planned(area, by=dee, owner=ann, said="Soon", due_on=TODAY + timedelta(days=14))
    done(area, by=dee, owner=ann, said="Done one", due_on=LATE)
    page = text(client.get("/"))
    assert "1 action of yours is due" in page
    assert "Soon Wed 22 Apr 2026" in page
    for number in range(4):
        planned(area, by=dee, owner=ann, said=f"Late {number}", due_on=LATE)
    page = text(client.get("/"))
    assert "5 actions of yours are due" in page
    assert "Late 0 Tue 7 Apr 2026 ! overdue" in page
    assert "Late 3" not in page


def test_hr_finds_on_the_first_page_what_is_overdue_and_forgotten(
    client, released, dee, ann, monkeypatch
):
    client.force_login(dee)
    assert "surveys/cards/actions.html" not in cards_of(client)
    monkeypatch.setattr(timezone, "now", lambda: RELEASED + timedelta(days=30))
    client.force_login(dee)
    assert "was released 30 days ago or more, and nobody has named a focus area" in text(
        client.get("/")
    )
    planned(focused(released, by=dee), by=dee, owner=ann, due_on=LATE)
    page = text(client.get("/"))
    assert "nobody has named a focus area" not in page
    assert "1 action is overdue." in page
    client.force_login(ann)
    assert "surveys/cards/actions.html" not in cards_of(client)


def test_the_notice_leads_to_the_action(client, action, ann):
    client.force_login(ann)
    notice = ann.notices.get()
    answer = client.post(reverse("notice", args=[notice.pk]))
    assert answer.url == f"/actions/{action.pk}/"
    assert client.get(answer.url).status_code == 200
