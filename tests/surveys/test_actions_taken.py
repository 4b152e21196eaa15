"""Whether action was taken: asked in the next poll, in one wording, below what was worked on."""

import pytest
from django.urls import reverse
from django.utils import timezone

from surveys.models import FocusArea, Question
from surveys.services.acting import publish
from surveys.services.actions_taken import actions_taken_item, copy_and_ask
from tests.surveys.acted import NOW, focused, planned
from tests.surveys.conftest import ASKED

pytestmark = pytest.mark.django_db


def published(area, *, by, owner):
    publish(planned(area, by=by, owner=owner), is_published=True, by=by, now=NOW)


def test_it_is_asked_when_something_was_published(released, dee, ann, claims):
    rooms = focused(released, by=dee, name="Quieter rooms")
    meetings = focused(released, by=dee, department=claims, names={"zh-hans": "会议更短"})
    focused(released, by=dee, name="Without an action")
    planned(focused(released, by=dee, name="Not published"), by=dee, owner=ann)
    for area in (rooms, meetings, meetings):
        published(area, by=dee, owner=ann)
    item = actions_taken_item(released, languages=["en", "zh-hans"])
    assert (item.code, item.kind) == ("action-taken", "agreement")
    assert item.texts["en"] == {"text": "Action was taken after the last poll."}
    assert item.reminder["en"] == (
        "After the last poll we chose to work on: Quieter rooms; Shorter meetings."
    )
    assert "Quieter rooms；会议更短" in item.reminder["zh-hans"]
    assert item.texts.keys() == item.reminder.keys() == {"en", "zh-hans"}


def test_its_wording_is_the_same_after_every_poll(released, dee, ann):
    published(focused(released, by=dee), by=dee, owner=ann)
    one = actions_taken_item(released, languages=["en"])
    published(focused(released, by=dee, name="Another"), by=dee, owner=ann)
    other = actions_taken_item(released, languages=["en"])
    assert one.texts == other.texts
    assert one.reminder != other.reminder


def test_it_is_not_asked_of_what_nobody_could_see(released, dee, ann):
    assert actions_taken_item(released, languages=["en"]) is None
    planned(focused(released, by=dee), by=dee, owner=ann)
    assert actions_taken_item(released, languages=["en"]) is None


def test_only_the_first_five_are_named_and_a_title_holds_them(released, dee, ann):
    for number in range(6):
        published(focused(released, by=dee, name=f"Area {number}"), by=dee, owner=ann)
    said = actions_taken_item(released, languages=["en"]).reminder["en"]
    assert said.endswith("Area 0; Area 1; Area 2; Area 3; Area 4.")
    FocusArea.objects.update(name="Meetings that end on time and have an agenda beforehand")
    said = actions_taken_item(released, languages=["en"]).reminder["en"]
    assert said.endswith("…")
    assert 100 < len(said) <= 120


def asked(wave) -> list[tuple[int, str]]:
    return list(wave.items.values_list("section", "wording__question__code"))


def test_a_copy_of_a_poll_with_published_actions_asks_it_below_what_was_worked_on(
    released, dee, ann
):
    published(focused(released, by=dee), by=dee, owner=ann)
    draft = copy_and_ask(released, "2027", "And now?", by=dee, now=NOW)
    reminder = "After the last poll we chose to work on: Shorter meetings."
    assert draft.sections == [{}, {"en": reminder}]
    assert asked(draft) == [*((1, code) for code, *_kind in ASKED), (2, "action-taken")]
    question = Question.objects.get(code="action-taken")
    assert (question.kind, question.may_not_apply) == ("agreement", True)
    assert question.wordings.get().texts["en"]["text"] == "Action was taken after the last poll."
    # A year later: the same wording, and another reminder in the same place.
    type(released).objects.filter(pk=draft.pk).update(
        state="released", policy_digest="0" * 64, opens_at=released.opens_at.replace(year=2027),
        closes_at=released.closes_at.replace(year=2027),
    )  # fmt: skip
    draft.refresh_from_db()
    published(focused(draft, by=dee, name="Rosters"), by=dee, owner=ann)
    again = copy_and_ask(draft, "2028", "Once more", by=dee, now=NOW)
    assert asked(again) == asked(draft)
    assert again.sections == [{}, {"en": "After the last poll we chose to work on: Rosters."}]
    assert question.wordings.count() == 1


def test_a_copy_of_a_poll_after_which_nothing_was_published_asks_what_that_asked(released, dee):
    draft = copy_and_ask(released, "2027", "And now?", by=dee, now=NOW)
    assert asked(draft) == [(1, code) for code, *_kind in ASKED]
    assert not Question.objects.filter(code="action-taken").exists()


def test_hr_copies_it_so_by_the_page(client, released, dee, ann, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    published(focused(released, by=dee), by=dee, owner=ann)
    client.force_login(dee)
    said = {"code": "2027", "name": "And now?"}
    assert client.post(reverse("copy-poll", args=["2026"]), said).status_code == 302
    draft = type(released).objects.get(code="2027")
    assert (2, "action-taken") in asked(draft)
