"""How a poll's questions are put to somebody: in sections, in one language, and how what a form
sends is read. Ballots, previews and kiosks all ask this way."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from surveys.models import Wave, WaveItem, Wording
from surveys.rules.questionnaire import (
    LONGEST_COMMENT,
    NOT_APPLICABLE,
    BallotRefused,
    Item,
    Kind,
)

NUMBERS = {Kind.AGREEMENT: range(1, 6), Kind.LIKELIHOOD: range(11)}
_NUMBER = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True)
class Choice:
    """One answer to choose: `label` says what a number of a scale means, or is the answer."""

    value: str
    label: str
    is_chosen: bool = False
    place: int = 0
    """In a ranking, the place it was given; 0 for none."""


@dataclass(frozen=True)
class Asked:
    """One question as it stands in a form, `said` what was answered; fields are called after
    `name`. `only_after` is the number of the question it hangs on, `after_answers` the answers to
    that, as JSON."""

    number: int
    kind: str
    text: str
    help: str
    choices: tuple[Choice, ...] = ()
    not_applicable: Choice | None = None
    said: str = ""
    only_after: int | None = None
    after_answers: str = "[]"
    after_labels: str = ""
    error: str = ""
    theme: int | None = None
    fewest: int = 0
    most: int = 0

    @property
    def name(self) -> str:
        return f"q{self.number}"

    @property
    def described_by(self) -> str:
        """Ids of what belongs to it beside its text."""
        there = {"help": self.help or self.kind == Kind.SEVERAL, "if": self.only_after,
                 "error": self.error}  # fmt: skip
        return " ".join(f"{self.name}_{part}" for part, is_there in there.items() if is_there)

    @property
    def is_scale(self) -> bool:
        return self.kind in NUMBERS

    @property
    def ends(self) -> list[tuple[str, str]]:
        """What the ends of a long scale mean, which its numbers have no room to say."""
        if self.kind != Kind.LIKELIHOOD:
            return []
        return [(choice.value, choice.label) for choice in self.choices if choice.label]

    @property
    def longest(self) -> int:
        return LONGEST_COMMENT

    @property
    def places(self) -> range:
        return range(1, len(self.choices) + 1)


@dataclass(frozen=True)
class Block:
    """What stands together: one question, or several under one head (`is_matrix`)."""

    items: tuple[Asked, ...]

    @property
    def is_matrix(self) -> bool:
        return len(self.items) > 1

    @property
    def head(self) -> Asked:
        return self.items[0]


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Questionnaire:
    title: str
    intro: str
    language: str
    sections: tuple[Section, ...] = ()

    @property
    def lang(self) -> str:
        """As HTML writes it: zh-Hans."""
        return to_locale(self.language).replace("_", "-")

    @property
    def items(self) -> list[Asked]:
        return [item for section in self.sections for block in section.blocks
                for item in block.items]  # fmt: skip


def languages_of(wave: Wave) -> list[str]:
    """Those that every question is put in, the company's own first."""
    spoken = [set(item.wording.texts) for item in wave.items.select_related("wording")]
    common = set.intersection(*spoken) if spoken else set()
    return [code for code, _name in settings.LANGUAGES if code in common]


def questionnaire(
    wave: Wave,
    *,
    language: str,
    answers: Mapping[int, Any] | None = None,
    refused: BallotRefused | None = None,
) -> Questionnaire:
    """The poll in this language, or in the first it has where it does not speak it; with what was
    answered so far, and what of it was refused."""
    rows = list(wave.items.select_related("wording__question").order_by("section", "number"))
    with translation.override(language):
        asked = {row.number: _asked(row, language, (answers or {}), refused) for row in rows}
        asked = {number: _told_after(item, asked) for number, item in asked.items()}
        sections = [
            Section(number, title_of_section(wave, number, language),
                    tuple(_blocks(asked[row.number] for row in together)))
            for number, together in groupby(rows, key=lambda row: row.section)
        ]  # fmt: skip
        return Questionnaire(
            wave.names.get(language) or wave.name, wave.intros.get(language, ""), language,
            tuple(sections),
        )  # fmt: skip


def title_of_section(wave: Wave, number: int, language: str) -> str:
    """Empty where it has none."""
    titles = wave.sections[number - 1] if number <= len(wave.sections) else {}
    return titles.get(language) or next(iter(titles.values()), "")


def spoken(texts: Mapping[str, Mapping[str, Any]], language: str) -> Mapping[str, Any]:
    """A wording's texts in this language, else in the company's, else in any."""
    for code in (language, settings.LANGUAGE_CODE):
        if code in texts:
            return texts[code]
    return next(iter(texts.values()))


def choices_of(wording: Wording, language: str) -> list[tuple[str, str]]:
    """Its answers with what they are called, of a scale with the number before it."""
    kind, texts = Kind(wording.question.kind), spoken(wording.texts, language)
    found = _choices(kind, wording.question.options, texts.get("options", {}), None)
    return [
        (each.value, f"{each.value} {each.label}".strip() if kind in NUMBERS else each.label)
        for each in found
    ]


def _asked(
    row: WaveItem, language: str, answers: Mapping[int, Any], refused: BallotRefused | None
) -> Asked:
    question, said = row.wording.question, answers.get(row.number)
    texts = spoken(row.wording.texts, language)
    kind = Kind(question.kind)
    hangs = row.only_if is not None
    return Asked(
        row.number, kind, texts["text"], texts.get("help", ""),
        choices=_choices(kind, question.options, texts.get("options", {}), said),
        not_applicable=(
            Choice(NOT_APPLICABLE, _("Does not apply to me"), said == NOT_APPLICABLE)
            if question.may_not_apply and kind in NUMBERS else None
        ),
        said=said if kind == Kind.COMMENT and isinstance(said, str) else "",
        only_after=row.only_if,
        after_answers=json.dumps([str(each) for each in row.only_if_answers]) if hangs else "[]",
        after_labels=", ".join(str(each) for each in row.only_if_answers) if hangs else "",
        error=str(refused) if refused and refused.number == row.number else "",
        theme=question.theme_id,
        fewest=question.fewest, most=question.most or len(question.options),
    )  # fmt: skip


def _told_after(item: Asked, asked: Mapping[int, Asked]) -> Asked:
    """With the answers it hangs on as they are called, where they are not numbers."""
    if item.only_after is None or item.only_after not in asked:
        return item
    above = asked[item.only_after]
    if above.is_scale:
        return item
    labels = {choice.value: choice.label for choice in above.choices}
    wanted = json.loads(item.after_answers)
    told = ", ".join(labels.get(each, each) for each in wanted)
    return replace(item, after_labels=told)


def _choices(
    kind: Kind, options: Sequence[str], labels: Mapping[str, str], said: Any
) -> tuple[Choice, ...]:
    if kind in NUMBERS:
        labels = labels or scale_labels(kind)
        return tuple(
            Choice(str(value), labels.get(str(value), ""), said == value) for value in NUMBERS[kind]
        )
    chosen = said if isinstance(said, list) else [said]
    places = {code: place for place, code in enumerate(chosen, start=1)}
    ranked = kind == Kind.RANKING
    return tuple(
        Choice(code, labels.get(code, code), code in chosen, places.get(code, 0) if ranked else 0)
        for code in options
    )


def scale_labels(kind: Kind) -> dict[str, str]:
    """What the numbers of a scale mean where a wording says nothing else, in the language of the
    moment."""
    if kind == Kind.AGREEMENT:
        return {
            "1": _("Strongly disagree"), "2": _("Disagree"), "3": _("Neither agree nor disagree"),
            "4": _("Agree"), "5": _("Strongly agree"),
        }  # fmt: skip
    return {"0": _("Not at all likely"), "10": _("Extremely likely")}


def _blocks(items: Iterable[Asked]) -> list[Block]:
    """Agreement items of one theme that follow each other are shown as one matrix, where they have
    the same answers and are put to everybody."""
    found: list[list[Asked]] = []
    for item in items:
        if found and _stand_together(found[-1][0], item):
            found[-1].append(item)
        else:
            found.append([item])
    return [Block(tuple(each)) for each in found]


def _stand_together(first: Asked, item: Asked) -> bool:
    def kept(asked: Asked) -> tuple[object, ...]:
        labels = tuple(choice.label for choice in asked.choices)
        return asked.kind, asked.theme, labels, asked.not_applicable is None, asked.only_after

    return (
        item.kind == Kind.AGREEMENT
        and item.theme is not None
        and item.only_after is None
        and kept(first) == kept(item)
    )


def answers_from(items: Sequence[Item], data: QueryDict) -> dict[int, Any]:
    """What a form says, by the number of the question, as `rules.questionnaire.checked` wants it;
    what it says wrongly stays wrong for that to refuse. A question without an answer is left out,
    and so is what the poll does not ask."""
    found = {item.number: _READ.get(item.kind, _one)(item, data) for item in items}
    return {number: answer for number, answer in found.items() if answer not in ("", [])}


def _one(item: Item, data: QueryDict) -> Any:
    return data.get(f"q{item.number}", "")


def _number(item: Item, data: QueryDict) -> Any:
    said = _one(item, data)
    return int(said) if _NUMBER.fullmatch(said) else said


def _several(item: Item, data: QueryDict) -> list[str]:
    return data.getlist(f"q{item.number}")


def _ranking(item: Item, data: QueryDict) -> list[str]:
    """By the places given: two of one place make the list too short, and it is refused."""
    places = {data.get(f"q{item.number}.{code}", ""): code for code in item.options}
    places.pop("", None)
    ordered = sorted(places, key=lambda place: (len(place), place))
    return [places[place] for place in ordered]


def _text(item: Item, data: QueryDict) -> str:
    """Browsers send a line's end as two characters, and count it as one."""
    return _one(item, data).replace("\r\n", "\n").strip()


_READ = {
    Kind.AGREEMENT: _number, Kind.LIKELIHOOD: _number, Kind.SEVERAL: _several,
    Kind.RANKING: _ranking, Kind.COMMENT: _text,
}  # fmt: skip
