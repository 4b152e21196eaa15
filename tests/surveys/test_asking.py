"""How questions are put, and how what a form sends is read."""

import json
import re

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from surveys.models import Question, Theme, Wave, WaveItem, Wording
from surveys.rules.questionnaire import BallotRefused, Item, Kind, checked
from surveys.services.asking import answers_from, languages_of, questionnaire
from surveys.services.station import items_of
from tests.conftest import TUESDAY_NOON

LANGUAGES = ("en", "zh-hans")
ITEMS = (
    Item(1, Kind.AGREEMENT, may_not_apply=True),
    Item(2, Kind.COMMENT, only_if=(1, frozenset(range(1, 5)))),
    Item(3, Kind.LIKELIHOOD),
    Item(4, Kind.CHOICE, options=("day", "night")),
    Item(5, Kind.SEVERAL, options=("pay", "time", "team"), most=2),
    Item(6, Kind.RANKING, options=("a", "b", "c")),
)


def read(text: str) -> dict:
    return answers_from(ITEMS, QueryDict(text))


def test_what_a_form_sends_is_read_as_it_is_checked():
    sent = "q1=3&q2=+More+%0D%0Alight+&q3=10&q4=night&q5=team&q5=pay&q6.a=2&q6.b=3&q6.c=1&q99=1"
    found = read(sent)
    assert found == {1: 3, 2: "More \nlight", 3: 10, 4: "night", 5: ["team", "pay"],
                     6: ["c", "a", "b"]}  # fmt: skip
    assert checked(ITEMS, found)[5] == ["pay", "team"]


def test_a_form_left_empty_says_nothing():
    assert read("") == read("q1=&q2=&q4=&q6.a=&q6.b=&q6.c=") == {}


@pytest.mark.parametrize(
    ("sent", "number"),
    [("q1=6", 1), ("q1=x", 1), ("q1=-1", 1), ("q1=٣", 1), ("q3=999999999", 3), ("q4=dusk", 4),
     ("q5=pay&q5=time&q5=team", 5), ("q6.a=1&q6.b=1&q6.c=2", 6), ("q6.a=1&q6.b=2", 6)],
)  # fmt: skip
def test_what_a_form_says_wrongly_is_refused_at_its_question(sent, number):
    with pytest.raises(BallotRefused) as refused:
        checked(ITEMS, read(sent))
    assert refused.value.number == number


def put(wave: Wave, number: int, code: str, kind: str, by, *, section=1, theme=None, **more):
    question = Question.objects.create(
        code=code, kind=kind, theme=theme, options=more.pop("options", []),
        most=more.pop("most", 0), may_not_apply=more.pop("may_not_apply", False),
    )  # fmt: skip
    labels = {"options": {each: f"{each}!" for each in question.options}}
    texts = {language: {"text": f"{code} in {language}", **labels} for language in LANGUAGES}
    wording = Wording.objects.create(
        question=question, number=1, texts=texts, made_by=by, made_at=TUESDAY_NOON
    )
    return WaveItem.objects.create(
        wave=wave, number=number, section=section, wording=wording, **more
    )


@pytest.fixture
def wave(system) -> Wave:
    """Two sections: three statements of a theme, one of them on a condition; and one of each."""
    wave = Wave.objects.create(
        code="2026", name="Our poll", names={"zh-hans": "调查"}, made_by=system,
        sections=[{"en": "The team", "zh-hans": "团队"}, {"en": "The rest", "zh-hans": "其他"}],
    )  # fmt: skip
    team = Theme.objects.create(code="team", name="Team")
    put(wave, 1, "heard", "agreement", system, theme=team)
    put(wave, 2, "trusted", "agreement", system, theme=team)
    put(wave, 3, "late", "agreement", system, theme=team, only_if=1, only_if_answers=[1, 2])
    put(wave, 4, "again", "agreement", system, theme=team, section=2)
    put(wave, 5, "recommend", "likelihood", system, section=2)
    put(wave, 6, "shift", "choice", system, section=2, options=["day", "night"])
    put(wave, 7, "wish", "several", system, section=2, options=["pay", "time"], most=1)
    put(wave, 8, "order", "ranking", system, section=2, options=["a", "b", "c"])
    put(wave, 9, "better", "comment", system, section=2, only_if=6, only_if_answers=["night"])
    return wave


@pytest.mark.django_db
def test_statements_of_a_theme_stand_together_in_their_section(wave):
    found = questionnaire(wave, language="zh-hans")
    assert (found.title, found.lang, languages_of(wave)) == ("调查", "zh-Hans", list(LANGUAGES))
    assert [section.title for section in found.sections] == ["团队", "其他"]
    blocks = [[item.number for item in block.items]
              for section in found.sections for block in section.blocks]  # fmt: skip
    assert blocks == [[1, 2], [3], [4], [5], [6], [7], [8], [9]]
    assert [item.text for item in found.items][:2] == ["heard in zh-hans", "trusted in zh-hans"]


@pytest.mark.django_db
def test_what_was_answered_and_refused_stands_in_the_form_again(wave):
    answers = {1: 2, 5: 10, 6: "night", 7: ["time"], 8: ["c", "a"], 9: "<b>"}
    found = questionnaire(
        wave, language="en", answers=answers, refused=BallotRefused(8, "Give each a place.")
    )
    page = render_to_string("surveys/questionnaire/questions.html", {"questionnaire": found})
    chosen = re.findall(r'name="(q\d+)" value="(\w+)" checked', page)
    assert chosen == [("q1", "2"), ("q5", "10"), ("q6", "night"), ("q7", "time")]
    assert re.findall(r'name="(q8\.\w)">.*?<option value="(\d)" selected', page) == [
        ("q8.a", "2"), ("q8.c", "1"),
    ]  # fmt: skip
    assert "&lt;b&gt;</textarea>" in page
    assert 'id="q8_error">Give each a place.' in page
    assert "Only if your answer to question 6 is one of: night!." in page


@pytest.mark.django_db
def test_every_answer_of_the_form_is_one_that_the_poll_offers(wave):
    """The first choice of each question, sent as the form names it, is accepted."""
    page = render_to_string(
        "surveys/questionnaire/questions.html",
        {"questionnaire": questionnaire(wave, language="en")},
    )
    sent = dict(reversed(re.findall(r'name="(q\d+)" value="([^"]+)"', page)))
    sent |= {name: str(n) for n, name in enumerate(re.findall(r'name="(q8\.\w)"', page), start=1)}
    data = QueryDict(mutable=True)
    data.update(sent | {"q9": "x"})
    data["q6"] = "night"
    items = items_of(wave)
    found = checked(items, answers_from(items, data))
    assert found == {1: 1, 2: 1, 3: 1, 4: 1, 5: 0, 6: "night", 7: ["pay"], 8: ["a", "b", "c"],
                     9: "x"}  # fmt: skip


@pytest.mark.django_db
def test_what_hangs_on_an_answer_says_so_to_the_script(wave):
    asked = {item.number: item for item in questionnaire(wave, language="en").items}
    assert (asked[3].only_after, json.loads(asked[3].after_answers)) == (1, ["1", "2"])
    assert (asked[3].after_labels, asked[9].after_labels) == ("1, 2", "night!")


@pytest.mark.django_db
@pytest.mark.parametrize("copies", [1, 10])
def test_a_questionnaire_is_read_in_one_query(wave, system, copies, django_assert_num_queries):
    for n in range(copies):
        put(wave, 20 + n, f"more{n}", "choice", system, section=2, options=["x"])
    with django_assert_num_queries(1):
        questionnaire(wave, language="en")
