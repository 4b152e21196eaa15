"""A draft: begun from a template or an earlier poll, arranged, and closed to changes once it is
launched."""

from dataclasses import replace
from datetime import timedelta

import pytest

from people.models import AuditEntry, Notice, Role, RoleAssignment
from surveys.models import Question, Wave, WaveItem
from surveys.rules.questionnaire import Kind
from surveys.services.asking import languages_of, questionnaire
from surveys.services.drafting import (
    About,
    DraftRefused,
    add_questions,
    begin,
    copy,
    describe,
    discard,
    move,
    name_holder,
    name_sections,
    put,
    reworded_since,
    take_out,
    trend_breaks,
)
from surveys.services.launching import take_half
from surveys.services.library import NewQuestion, Said, add_question, reword
from surveys.services.starters import STARTERS, begin_from, name_of
from tests.conftest import TUESDAY_NOON

pytestmark = pytest.mark.django_db
ABOUT = About(
    "Our poll", {"zh-hans": "调查"}, {"en": "Hello."}, TUESDAY_NOON,
    TUESDAY_NOON + timedelta(days=9), "anonymous", 7, 10, 7,
)  # fmt: skip


def asks(wave) -> list[tuple]:
    """Section, question and what it hangs on, in order."""
    rows = WaveItem.objects.filter(wave=wave).order_by("number")
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    return [
        (row.section, row.wording.question.code, row.only_if, row.only_if_answers) for row in rows
    ]


@pytest.fixture
def draft(dee) -> Wave:
    """Two sections: a, b and c (a comment after a low b); and d."""
    kinds = {"a": Kind.CHOICE, "b": Kind.AGREEMENT, "c": Kind.COMMENT, "d": Kind.LIKELIHOOD}
    for code, kind in kinds.items():
        labels = ("Yes", "No") if kind == Kind.CHOICE else ()
        new = NewQuestion(code, kind, {"en": Said(f"{code}?", labels=labels)})
        add_question(new, by=dee, now=TUESDAY_NOON)
    wave = begin("2026", "Poll", by=dee, sections=[{"en": "One"}, {"en": "Two"}])
    found = {question.code: question for question in Question.objects.all()}
    add_questions(wave, [found[code] for code in "abc"], section=1, by=dee)
    add_questions(wave, [found["d"]], section=2, by=dee)
    return placed(wave, 3, dee, after=2, answers=["1", "2", "3", "4"])


def placed(wave, number, by, *, section=None, after=None, answers=()):
    item = wave.items.get(number=number)
    return put(
        wave, number, section=section or item.section, wording=item.wording, after=after,
        answers=answers, by=by,
    )  # fmt: skip


@pytest.mark.parametrize(("starter", "count"), [("satisfaction", 38), ("pulse", 6)])
def test_a_template_speaks_every_language_of_the_company(starter, count, dee):
    wave = begin_from(starter, "2026", name_of(starter), by=dee, now=TUESDAY_NOON)
    assert languages_of(wave) == ["en", "zh-hans"]
    for language in ("en", "zh-hans"):
        asked = questionnaire(wave, language=language)
        assert len(asked.items) == count
        assert all(item.text for item in asked.items)
        assert asked.intro
    assert wave.names["zh-hans"]
    assert set(STARTERS) == {"satisfaction", "pulse"}


def test_the_yearly_poll_asks_for_enps_and_whether_action_was_taken(dee):
    wave = begin_from("satisfaction", "2026", "Ours", by=dee, now=TUESDAY_NOON)
    rows = wave.items.select_related("wording__question__theme")
    kinds = {row.wording.question.code: row.wording.question.kind for row in rows}
    assert kinds["recommend"] == "likelihood"
    assert kinds["action-taken"] == "agreement"
    assert [code for code, kind in kinds.items() if kind == "comment"] == [
        "comment-keep", "comment-change",
    ]  # fmt: skip
    themes = {
        row.wording.question.theme for row in rows if row.wording.question.kind == "agreement"
    }
    assert len(themes) == 10
    assert None not in themes
    assert wave.names == {}


def test_the_pulse_asks_what_would_make_it_a_5_after_1_to_4_only(dee):
    wave = begin_from("pulse", "p", "Pulse", by=dee, now=TUESDAY_NOON)
    assert asks(wave) == [
        (1, "pulse-overall", None, []), (1, "pulse-overall-better", 1, [1, 2, 3, 4]),
        (1, "pulse-stay", None, []), (1, "pulse-stay-better", 3, [1, 2, 3, 4]),
        (1, "pulse-recommend", None, []), (1, "pulse-recommend-better", 5, [1, 2, 3, 4]),
    ]  # fmt: skip


def test_a_template_taken_again_asks_the_same_questions_in_their_newest_wording(dee):
    first = begin_from("pulse", "p1", "Pulse", by=dee, now=TUESDAY_NOON)
    question = Question.objects.get(code="pulse-stay")
    newest = reword(question, {"en": Said("Would you stay?")}, by=dee, now=TUESDAY_NOON)
    second = begin_from("pulse", "p2", "Pulse", by=dee, now=TUESDAY_NOON)
    assert Question.objects.count() == 6
    assert second.items.get(number=3).wording == newest
    assert first.items.get(number=3).wording != newest


def test_a_code_is_taken_by_one_poll(draft, dee):
    with pytest.raises(DraftRefused, match="with the code 2026") as refused:
        begin("2026", "Another", by=dee)
    assert refused.value.field == "code"


def test_questions_stand_where_they_were_put(draft, dee):
    assert asks(draft) == [
        (1, "a", None, []), (1, "b", None, []), (1, "c", 2, [1, 2, 3, 4]), (2, "d", None, []),
    ]  # fmt: skip


def test_a_condition_follows_its_question(draft, dee):
    move(draft, 2, up=True, by=dee)
    assert asks(draft)[:3] == [(1, "b", None, []), (1, "a", None, []), (1, "c", 1, [1, 2, 3, 4])]
    move(draft, 3, up=False, by=dee)
    assert asks(draft)[2:] == [(2, "c", 1, [1, 2, 3, 4]), (2, "d", None, [])]
    with pytest.raises(DraftRefused, match="stands below"):
        placed(draft, 1, dee, section=2)


def test_at_the_edges_nothing_moves(draft, dee):
    before = asks(draft)
    move(draft, 1, up=True, by=dee)
    move(draft, 4, up=False, by=dee)
    assert asks(draft) == before


def test_an_answer_to_choose_is_kept_as_ballots_have_it(draft, dee):
    placed(draft, 4, dee, after=1, answers=["no"])
    assert asks(draft)[3] == (2, "d", 1, ["no"])


@pytest.mark.parametrize(
    ("number", "after", "answers", "field"),
    [(2, 2, ["1"], "after"), (2, 3, ["1"], "after"), (2, 0, ["1"], "after"),
     (2, 99, ["1"], "after"), (4, 3, ["x"], "after"), (4, 2, [], "answers"),
     (4, 2, ["6"], "answers"), (4, 1, ["1"], "answers")],
)  # fmt: skip
def test_a_condition_that_cannot_be_is_refused(draft, dee, number, after, answers, field):
    before = asks(draft)
    with pytest.raises(DraftRefused) as refused:
        placed(draft, number, dee, after=after, answers=answers)
    assert refused.value.field == field
    assert asks(draft) == before


def test_what_others_hang_on_is_not_taken_out(draft, dee):
    with pytest.raises(DraftRefused, match="Question 3 is asked only after"):
        take_out(draft, 2, by=dee)
    take_out(draft, 3, by=dee)
    take_out(draft, 2, by=dee)
    assert [code for _section, code, *_rest in asks(draft)] == ["a", "d"]


def test_a_question_is_asked_once(draft, dee):
    with pytest.raises(DraftRefused, match="asks a already"):
        add_questions(draft, [Question.objects.get(code="a")], section=2, by=dee)


def test_a_scale_of_another_tool_is_not_asked(draft, dee):
    other = Question.objects.create(
        code="old", kind="scale", lowest=1, highest=7, favourable_from=6
    )
    with pytest.raises(DraftRefused, match="another tool"):
        add_questions(draft, [other], section=1, by=dee)


def test_an_empty_section_without_a_title_goes(draft, dee):
    take_out(draft, 4, by=dee)
    name_sections(draft, [{"en": "First"}, {"en": ""}, {"en": "Third", "zh-hans": "三"}], by=dee)
    draft.refresh_from_db()
    assert draft.sections == [{"en": "First"}, {"en": "Third", "zh-hans": "三"}]
    name_sections(draft, [{"en": ""}, {"en": "Third"}], by=dee)
    draft.refresh_from_db()
    assert draft.sections == [{}, {"en": "Third"}]


def test_a_draft_is_described_and_the_log_says_how(draft, dee):
    describe(draft, ABOUT, by=dee)
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in vars(ABOUT)} == vars(ABOUT)
    assert AuditEntry.objects.filter(action="describe_poll", subject="poll:2026").count() == 1
    describe(draft, ABOUT, by=dee)
    assert AuditEntry.objects.filter(action="describe_poll").count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"fewest_scores": 4}, "fewest_scores"), ({"fewest_comments": 9}, "fewest_comments"),
     ({"fewest_rates": 4}, "fewest_rates"), ({"level": "blind"}, "level"),
     ({"closes_at": TUESDAY_NOON}, "closes_at")],
)  # fmt: skip
def test_no_draft_promises_less_than_every_poll(draft, dee, changed, field):
    with pytest.raises(DraftRefused) as refused:
        describe(draft, replace(ABOUT, **changed), by=dee)
    assert refused.value.field == field


def test_whoever_keeps_the_staffs_key_is_told(draft, ann, dee):
    name_holder(draft, ann.employee, by=dee)
    notice = Notice.objects.get(user=ann)
    assert (notice.kind, notice.path) == ("poll-key", "/polls/of/2026/second-key/")


def test_another_keeper_makes_the_key_of_before_void(draft, ann, bob, dee):
    name_holder(draft, ann.employee, by=dee)
    take_half(draft, by=ann)
    name_holder(draft, ann.employee, by=dee)
    assert Wave.objects.get().staff_key is not None
    name_holder(draft, bob.employee, by=dee)
    assert Wave.objects.get().staff_key is None


def test_hr_keeps_no_key_for_the_staff(draft, ann, dee):
    with pytest.raises(DraftRefused, match="has the role HR"):
        name_holder(draft, dee.employee, by=dee)
    employee = ann.employee
    employee.left_on = TUESDAY_NOON.date()
    employee.save()
    with pytest.raises(DraftRefused, match="does not work here"):
        name_holder(draft, employee, by=dee)
    employee.user = None
    with pytest.raises(DraftRefused, match="no login"):
        name_holder(draft, employee, by=dee)


def test_who_has_taken_hrs_key_does_not_take_the_staffs_too(draft, ann, dee):
    take_half(draft, by=ann)
    RoleAssignment.objects.filter(user=ann, role=Role.HR).delete()
    with pytest.raises(DraftRefused, match="role HR"):
        name_holder(draft, ann.employee, by=dee)


def launched(wave: Wave, *, days: int = 0) -> Wave:
    """As after a launch, without its register."""
    start = TUESDAY_NOON + timedelta(days=days)
    Wave.objects.filter(pk=wave.pk).update(
        state="released",
        opens_at=start,
        closes_at=start + timedelta(days=9),
        policy_digest="0" * 64,
    )
    wave.refresh_from_db()
    return wave


def test_a_copy_asks_the_same_in_the_newest_wording_or_as_it_was(draft, dee):
    launched(draft)
    first, second = (
        reword(Question.objects.get(code=code), {"en": Said("New?", labels=labels)}, by=dee,
               now=TUESDAY_NOON)
        for code, labels in (("a", ("Yes", "No")), ("d", ()))
    )  # fmt: skip
    assert [(item.number, new) for item, new in reworded_since(draft)] == [(1, first), (4, second)]
    copied = copy(draft, "2027", "Next", keep={4}, by=dee)
    assert asks(copied) == asks(draft)
    assert (copied.state, copied.copied_from, copied.sections) == ("draft", draft, draft.sections)
    assert (copied.hr_key, copied.staff_holder, copied.opens_at) == (None, None, None)
    assert [item.wording.number for item in copied.items.all()] == [2, 1, 1, 1]
    assert trend_breaks(copied) == {1: draft}


def test_a_trend_breaks_against_the_last_poll_that_asked(draft, dee):
    launched(draft)
    reword(Question.objects.get(code="b"), {"en": Said("New?")}, by=dee, now=TUESDAY_NOON)
    second = launched(copy(draft, "2027", "Next", by=dee), days=300)
    third = copy(second, "2028", "After", by=dee)
    assert (trend_breaks(draft), trend_breaks(third)) == ({}, {})
    assert trend_breaks(second) == {2: draft}


def test_what_another_tool_asked_on_its_own_scale_stays_behind(draft, dee):
    other = Question.objects.create(
        code="old", kind="scale", lowest=1, highest=7, favourable_from=6
    )
    wording = other.wordings.create(
        number=1, texts={"en": {"text": "Old?"}}, made_by=dee, made_at=TUESDAY_NOON
    )
    WaveItem.objects.create(wave=draft, number=5, section=2, wording=wording)
    copied = copy(launched(draft), "2027", "Next", by=dee)
    assert [code for _section, code, *_rest in asks(copied)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "act",
    [
        lambda wave, by: describe(wave, ABOUT, by=by),
        lambda wave, by: take_out(wave, 1, by=by),
        lambda wave, by: move(wave, 1, up=False, by=by),
        lambda wave, by: placed(wave, 4, by, after=2, answers=["1"]),
        lambda wave, by: add_questions(wave, [], section=1, by=by),
        lambda wave, by: name_sections(wave, [], by=by),
        lambda wave, by: name_holder(wave, None, by=by),
        lambda wave, by: discard(wave, by=by),
    ],
)
def test_a_launched_poll_changes_no_more(draft, dee, act):
    before = asks(launched(draft))
    with pytest.raises(DraftRefused, match="is launched"):
        act(draft, dee)
    assert asks(draft) == before


def test_a_draft_is_thrown_away_and_its_questions_stay(draft, dee):
    discard(draft, by=dee)
    assert not Wave.objects.exists()
    assert Question.objects.count() == 4
