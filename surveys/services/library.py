"""The library of questions: kept for years, each with every wording it had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import User
from people.services import audit
from people.services.named import Named
from surveys.models import Question, Theme, Wording
from surveys.rules.questionnaire import Kind
from surveys.services.asking import NUMBERS

THEMES = Named(
    Theme, "poll-theme", "poll_theme",
    nameless=gettext_lazy("A theme has a name."),
    taken=gettext_lazy("There is a theme with the code %(code)s."),
    last=gettext_lazy("This is the last theme to choose: add another first."),
)  # fmt: skip
MOST_OPTIONS = 20
LISTED = (Kind.CHOICE, Kind.SEVERAL, Kind.RANKING)
"""Kinds whose answers HR writes."""


class LibraryRefused(Exception):
    """Nothing was kept; the message says why, `field` of the form is at fault."""

    def __init__(self, message: object, field: str = ""):
        self.field = field
        super().__init__(str(message))


@dataclass(frozen=True)
class Said:
    """A wording in one language; `labels` are those of the answers, in their order."""

    text: str
    help: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewQuestion:
    """`said` by language; `most` 0: as many of several as there are."""

    code: str
    kind: Kind
    said: Mapping[str, Said]
    theme: Theme | None = None
    fewest: int = 0
    most: int = 0
    may_not_apply: bool = False


@transaction.atomic
def add_question(new: NewQuestion, *, by: User, now: datetime) -> Question:
    """A question with its first wording. Raises LibraryRefused."""
    options = _options_of(new)
    texts = _texts(new.kind, options, new.said)
    if Question.objects.filter(code=new.code).exists():
        raise LibraryRefused(
            _("There is a question with the code %(code)s.") % {"code": new.code}, "code"
        )
    if new.kind == Kind.SEVERAL and not new.fewest <= (new.most or len(options)) <= len(options):
        raise LibraryRefused(
            _("Nobody can choose that many: there are %(count)s answers.")
            % {"count": len(options)},
            "most",
        )
    if new.may_not_apply and new.kind not in NUMBERS:
        raise LibraryRefused(_("Only a scale can not apply to somebody."), "may_not_apply")
    several = new.kind == Kind.SEVERAL
    question = Question.objects.create(
        code=new.code, kind=new.kind, theme=new.theme, options=options,
        fewest=new.fewest if several else 0, most=new.most if several else 0,
        may_not_apply=new.may_not_apply,
    )  # fmt: skip
    wording = Wording.objects.create(
        question=question, number=1, texts=texts, made_by=by, made_at=now
    )
    audit.record(
        "add_poll_question", by=by, subject=f"poll-question:{question.code}",
        after={"kind": new.kind, "options": options, "texts": wording.texts},
    )  # fmt: skip
    return question


@transaction.atomic
def reword(question: Question, said: Mapping[str, Said], *, by: User, now: datetime) -> Wording:
    """Put it differently from the next poll on; earlier polls keep the wording they had. The same
    texts again are the same wording. Raises LibraryRefused."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    newest = question.wordings.order_by("-number").first()
    assert newest
    texts = _texts(Kind(question.kind), question.options, said)
    if texts == newest.texts:
        return newest
    wording = Wording.objects.create(
        question=question, number=newest.number + 1, texts=texts, made_by=by, made_at=now
    )
    audit.record(
        "reword_poll_question", by=by, subject=f"poll-question:{question.code}",
        before={"texts": newest.texts}, after={"texts": texts},
    )  # fmt: skip
    return wording


def said_in(wording: Wording) -> dict[str, Said]:
    """What `reword` would make the same wording of."""
    found = {}
    for language, texts in wording.texts.items():
        labels = texts.get("options", {})
        order = wording.question.options or _labelled(Kind(wording.question.kind), len(labels))
        found[language] = Said(
            texts["text"], texts.get("help", ""),
            tuple(labels.get(code, "") for code in order) if labels else (),
        )  # fmt: skip
    return found


def _options_of(new: NewQuestion) -> list[str]:
    """Codes of the answers, made of their labels in the company's language; they stay for good."""
    if new.kind not in LISTED:
        return []
    labels = new.said[settings.LANGUAGE_CODE].labels if settings.LANGUAGE_CODE in new.said else ()
    field = f"labels_{settings.LANGUAGE_CODE}"
    if not 2 <= len(labels) <= MOST_OPTIONS:
        raise LibraryRefused(
            _("Give it 2 to %(most)s answers, one a line.") % {"most": MOST_OPTIONS}, field
        )
    if len(set(labels)) < len(labels):
        raise LibraryRefused(_("Two answers are the same."), field)
    codes: list[str] = []
    for number, label in enumerate(labels, start=1):
        code = slugify(label)[:40] or str(number)
        codes.append(code if code not in codes else f"{code}-{number}")
    return codes


def _texts(
    kind: Kind, options: Sequence[str], said: Mapping[str, Said]
) -> dict[str, dict[str, Any]]:
    if settings.LANGUAGE_CODE not in said:
        raise LibraryRefused(
            _("Put it in the company's own language at least."), f"text_{settings.LANGUAGE_CODE}"
        )
    return {language: _text(kind, options, language, each) for language, each in said.items()}


def _text(kind: Kind, options: Sequence[str], language: str, said: Said) -> dict[str, Any]:
    field = f"labels_{language}"
    codes = list(options) or _labelled(kind, len(said.labels))
    if kind in LISTED and len(said.labels) != len(codes):
        raise LibraryRefused(
            _("Here are %(found)s answers and there are %(count)s: one a line, in the same order.")
            % {"found": len(said.labels), "count": len(codes)}, field,
        )  # fmt: skip
    if said.labels and len(codes) != len(said.labels):
        raise LibraryRefused(_MISLABELLED[kind], field)
    written: dict[str, Any] = {"text": said.text}
    if said.help:
        written["help"] = said.help
    if said.labels:
        written["options"] = dict(zip(codes, said.labels, strict=True))
    return written


def _labelled(kind: Kind, count: int) -> list[str]:
    """Which numbers of a scale so many labels are of: all of 1 to 5, the ends of 0 to 10."""
    numbers = {Kind.AGREEMENT: list(NUMBERS[Kind.AGREEMENT]), Kind.LIKELIHOOD: [0, 10]}
    return [str(number) for number in numbers.get(kind, [])] if count else []


_MISLABELLED = {
    Kind.AGREEMENT: gettext_lazy("Name all five answers, one a line, or none for the usual ones."),
    Kind.LIKELIHOOD: gettext_lazy("Name 0 and 10, one a line, or neither for the usual names."),
    Kind.COMMENT: gettext_lazy("A comment has no answers to choose."),
    Kind.SCALE: gettext_lazy("Name all its answers, one a line, or none."),
}
