"""Polls to begin with, in files beside this app: questions in the field's usual terms."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.models import User
from surveys.models import Question, Theme, Wave, WaveItem
from surveys.rules.questionnaire import WOULD_MAKE_IT_A_5, Kind
from surveys.services.drafting import Titles, begin, newest_wordings
from surveys.services.library import THEMES, NewQuestion, Said, add_question

FOLDER = Path(__file__).parent.parent / "starters"
STARTERS = {
    "satisfaction": _("The yearly poll: 38 questions by theme, with two comments"),
    "pulse": _("Three questions from 1 to 5, and what would make it a 5"),
}


@dataclass(frozen=True)
class _Put:
    question: Question
    section: int
    after: str


@transaction.atomic
def begin_from(starter: str, code: str, name: str, *, by: User, now: datetime) -> Wave:
    """A draft of one of STARTERS, in the company's languages. A question that the library has
    already is asked in its newest wording there. Raises DraftRefused."""
    read = _read(starter)
    wave = begin(
        code, name, by=by, intros=_own(read["intro"]),
        sections=[_own(section["title"]) for section in read["sections"]],
        names=_further(read["name"]) if name == _own(read["name"])[settings.LANGUAGE_CODE] else {},
    )  # fmt: skip
    themes = {code: _theme(code, names, n, by=by)
              for n, (code, names) in enumerate(read.get("themes", {}).items(), 1)}  # fmt: skip
    written = {
        each["code"]: _Put(_question(each, themes, by=by, now=now), number, each.get("after", ""))
        for number, section in enumerate(read["sections"], start=1)
        for each in section["questions"]
    }
    newest = newest_wordings([put.question.pk for put in written.values()])
    numbers = {code: number for number, code in enumerate(written, start=1)}
    WaveItem.objects.bulk_create(
        WaveItem(
            wave=wave, number=numbers[code], section=put.section,
            wording=newest[put.question.pk], only_if=numbers.get(put.after),
            only_if_answers=list(WOULD_MAKE_IT_A_5) if put.after else [],
        )
        for code, put in written.items()
    )  # fmt: skip
    return wave


def name_of(starter: str) -> str:
    return _own(_read(starter)["name"])[settings.LANGUAGE_CODE]


def _theme(code: str, names: Titles, position: int, *, by: User) -> Theme:
    found = Theme.objects.filter(code=code).first()
    name = names[settings.LANGUAGE_CODE]
    return found or THEMES.add(code, name, names=_further(names), position=position, by=by)


def _question(
    read: dict[str, Any], themes: dict[str, Theme], *, by: User, now: datetime
) -> Question:
    found = Question.objects.filter(code=read["code"]).first()
    if found:
        return found
    said = {
        language: Said(
            text, read.get("help", {}).get(language, ""),
            tuple(read.get("labels", {}).get(language, ())),
        )
        for language, text in _own(read["text"]).items()
    }  # fmt: skip
    new = NewQuestion(
        read["code"], Kind(read.get("kind", Kind.AGREEMENT)), said,
        theme=themes[read["theme"]] if "theme" in read else None,
        may_not_apply=read.get("may_not_apply", False),
    )  # fmt: skip
    return add_question(new, by=by, now=now)


def _own(texts: Titles) -> dict[str, str]:
    """In the languages of this company."""
    return {code: texts[code] for code, _name in settings.LANGUAGES if code in texts}


def _further(texts: Titles) -> dict[str, str]:
    return {code: text for code, text in _own(texts).items() if code != settings.LANGUAGE_CODE}


@cache
def _read(starter: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{starter}.toml").read_text(encoding="utf-8"))
