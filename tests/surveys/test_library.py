"""The library: questions that stay what they are, and every wording they had."""

import pytest
from django.db import IntegrityError, transaction

from people.models import AuditEntry
from surveys.models import Theme, Wording
from surveys.rules.questionnaire import Kind
from surveys.services.asking import choices_of
from surveys.services.library import (
    THEMES,
    LibraryRefused,
    NewQuestion,
    Said,
    add_question,
    reword,
    said_in,
)
from tests.conftest import TUESDAY_NOON

pytestmark = pytest.mark.django_db
SHIFTS = {
    "en": Said("Which shift?", "Mostly.", ("Day", "Night")),
    "zh-hans": Said("哪个班次？", "", ("白班", "夜班")),
}


def added(code="shift", kind=Kind.CHOICE, said=None, *, by, **more):
    return add_question(NewQuestion(code, kind, said or SHIFTS, **more), by=by, now=TUESDAY_NOON)


def test_answers_have_codes_that_stay_and_a_label_in_each_language(dee):
    question = added(by=dee)
    [wording] = question.wordings.all()
    assert question.options == ["day", "night"]
    assert wording.texts == {
        "en": {"text": "Which shift?", "help": "Mostly.",
               "options": {"day": "Day", "night": "Night"}},
        "zh-hans": {"text": "哪个班次？", "options": {"day": "白班", "night": "夜班"}},
    }  # fmt: skip
    assert choices_of(wording, "zh-hans") == [("day", "白班"), ("night", "夜班")]
    assert said_in(wording) == SHIFTS
    entry = AuditEntry.objects.get(action="add_poll_question")
    assert (entry.subject, entry.by) == ("poll-question:shift", dee)


def test_labels_that_have_no_letters_are_numbered(dee):
    said = {"en": Said("?", labels=("早", "晚", "Late", "late!"))}
    assert added(said=said, by=dee).options == ["1", "2", "late", "late-4"]


def test_another_wording_is_a_new_one_and_the_old_one_stays(dee):
    question = added(by=dee)
    said = SHIFTS | {"en": Said("On which shift do you work?", "", ("By day", "By night"))}
    second = reword(question, said, by=dee, now=TUESDAY_NOON)
    assert list(question.wordings.values_list("number", flat=True)) == [2, 1]
    assert second.texts["en"]["options"] == {"day": "By day", "night": "By night"}
    assert str(question.wordings.get(number=1)) == "Which shift?"


def test_the_same_words_again_are_no_new_wording(dee):
    question = added(by=dee)
    assert reword(question, SHIFTS, by=dee, now=TUESDAY_NOON).number == 1
    assert Wording.objects.count() == 1


def test_a_wording_is_never_edited(dee):
    added(by=dee)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wording.objects.update(texts={"en": {"text": "Something else?"}})


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"said": {"zh-hans": Said("？")}, "kind": Kind.COMMENT}, "text_en"),
        ({"said": {"en": Said("?", labels=("One",))}}, "labels_en"),
        ({"said": {"en": Said("?", labels=("One", "One"))}}, "labels_en"),
        ({"said": {"en": Said("?", labels=tuple(map(str, range(21))))}}, "labels_en"),
        ({"said": SHIFTS | {"zh-hans": Said("？", labels=("白班",))}}, "labels_zh-hans"),
        ({"said": {"en": Said("?", labels=("a", "b"))}, "kind": Kind.AGREEMENT}, "labels_en"),
        ({"said": {"en": Said("?", labels=("a", "b"))}, "kind": Kind.COMMENT}, "labels_en"),
        ({"kind": Kind.SEVERAL, "most": 3}, "most"),
        ({"kind": Kind.SEVERAL, "fewest": 2, "most": 1}, "most"),
        ({"may_not_apply": True}, "may_not_apply"),
    ],
)
def test_a_question_that_nobody_could_answer_is_refused_at_its_field(new, field, dee):
    with pytest.raises(LibraryRefused) as refused:
        added(**new, by=dee)
    assert refused.value.field == field
    assert not Wording.objects.exists()


def test_a_code_is_taken_once(dee):
    added(by=dee)
    with pytest.raises(LibraryRefused, match="with the code shift"):
        added(by=dee)


def test_scales_are_called_as_usual_or_as_the_wording_says(dee):
    plain = added("a", Kind.AGREEMENT, {"en": Said("?")}, by=dee).wordings.get()
    named = {"en": Said("?", labels=("Awful", "Bad", "So so", "Good", "Great"))}
    own = added("b", Kind.AGREEMENT, named, by=dee).wordings.get()
    ends = added("c", Kind.LIKELIHOOD, {"en": Said("?", labels=("No", "Yes"))}, by=dee)
    assert choices_of(plain, "en")[0] == ("1", "1 Strongly disagree")
    assert choices_of(own, "en")[0] == ("1", "1 Awful")
    assert choices_of(ends.wordings.get(), "en")[::5] == [
        ("0", "0 No"),
        ("5", "5"),
        ("10", "10 Yes"),
    ]
    assert said_in(own) == named


def test_themes_are_named_and_retired_as_other_lists_are(dee):
    theme = THEMES.add("team", "Our team", names={"zh-hans": "团队"}, position=2, by=dee)
    assert Theme.objects.get() == theme
    assert AuditEntry.objects.get().action == "add_poll_theme"
