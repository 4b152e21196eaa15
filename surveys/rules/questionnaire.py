"""What a poll asks, and which answers a ballot may hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any
from unicodedata import category

from django.utils.translation import gettext as _

LONGEST_COMMENT = 1_000
"""Characters: so many fit into a ballot of one length."""
WOULD_MAKE_IT_A_5 = range(1, 5)
"""The answers after which it is asked what would make it a 5."""


class Kind(StrEnum):
    AGREEMENT = "agreement"
    """1 to 5, from strongly disagree to strongly agree."""
    LIKELIHOOD = "likelihood"
    """0 to 10."""
    SCALE = "scale"
    """Another scale, of a poll from another tool."""
    CHOICE = "choice"
    SEVERAL = "several"
    RANKING = "ranking"
    COMMENT = "comment"


NOT_APPLICABLE = "n/a"


@dataclass(frozen=True)
class Scale:
    """Whole numbers from `lowest` to `highest`; from `favourable_from` on they are favourable, and
    below `neutral_from`, where there is one, they are the contrary. Answers from another tool may
    lie between whole numbers."""

    lowest: int
    highest: int
    favourable_from: int | Fraction
    neutral_from: int | None = None

    def band(self, answer: int | Fraction) -> int:
        """1 for a favourable answer, 0 for another, -1 for the contrary."""
        if answer >= self.favourable_from:
            return 1
        return -1 if self.neutral_from is not None and answer < self.neutral_from else 0

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.lowest, self.highest + 1))

    def __contains__(self, answer: object) -> bool:
        return type(answer) is int and self.lowest <= answer <= self.highest


SCALES = {Kind.AGREEMENT: Scale(1, 5, 4, 3), Kind.LIKELIHOOD: Scale(0, 10, 9, 7)}


@dataclass(frozen=True)
class Item:
    """One question of a wave. `options` are codes of a choice, several or a ranking; `fewest` and
    `most` how many of several. `only_if`: the number of an earlier item, and the answers to it
    after which this one is asked. `other_scale`: of a kind without one of its own."""

    number: int
    kind: Kind
    options: tuple[str, ...] = ()
    fewest: int = 0
    most: int = 0
    may_not_apply: bool = False
    only_if: tuple[int, frozenset[Any]] | None = None
    other_scale: Scale | None = None

    @property
    def scale(self) -> Scale | None:
        return SCALES.get(self.kind, self.other_scale)


def read_answer(option: str) -> int | Fraction:
    """An answer on a scale as it is kept: a whole number, or one with decimals."""
    return int(option) if option.lstrip("-").isdigit() else Fraction(option)


Answers = dict[int, Any]
"""By an item's number: a whole number, a code, a list of codes, or text."""


class BallotRefused(Exception):
    """An answer that the poll does not offer; `number` is the item's. Nothing was kept."""

    def __init__(self, number: int | None, why: str):
        self.number = number
        super().__init__(why)


def asked(items: Sequence[Item], answers: Mapping[int, Any]) -> list[Item]:
    """The items that somebody who answers so is asked, in order."""
    found: list[Item] = []
    reached: set[int] = set()
    for item in items:
        if item.only_if is None or (
            item.only_if[0] in reached and _is_one_of(answers.get(item.only_if[0]), item.only_if[1])
        ):
            found.append(item)
            reached.add(item.number)
    return found


def _is_one_of(answer: Any, wanted: frozenset[Any]) -> bool:
    return not wanted.isdisjoint(answer if isinstance(answer, list) else [answer])


def checked(items: Sequence[Item], answers: Mapping[int, Any]) -> Answers:
    """The answers as they are counted: blanks left out, and so are answers to items that were not
    asked, which a browser keeps when somebody changes their mind. Nobody has to answer anything.

    Raises BallotRefused.
    """
    known = {item.number for item in items}
    unknown = set(answers) - known
    if unknown:
        raise BallotRefused(
            None, _("This poll has no question %(number)s.") % {"number": min(unknown, key=str)}
        )
    found: Answers = {}
    for item in asked(items, answers):
        answer = answers.get(item.number)
        if answer not in (None, "", []):
            found[item.number] = _valid(item, answer)
    return found


def _valid(item: Item, answer: Any) -> Any:
    if answer == NOT_APPLICABLE and item.may_not_apply:
        return answer
    return _CHECKS[item.kind](item, answer)


def _on_the_scale(item: Item, answer: Any) -> int:
    scale = item.scale
    assert scale
    if answer not in scale:
        ends = {"low": scale.lowest, "high": scale.highest}
        raise BallotRefused(item.number, _("Choose a number from %(low)s to %(high)s.") % ends)
    return answer


def _of_the_list(item: Item, answer: Any) -> str:
    if not isinstance(answer, str) or answer not in item.options:
        raise BallotRefused(item.number, _("Choose one of the answers."))
    return answer


def _several(item: Item, answer: Any) -> list[str]:
    chosen = _codes(item, answer)
    most = item.most or len(item.options)
    if not item.fewest <= len(chosen) <= most:
        allowed = {"fewest": item.fewest, "most": most}
        raise BallotRefused(item.number, _("Choose %(fewest)s to %(most)s answers.") % allowed)
    # As they are listed: in which order somebody ticked them is nobody's business.
    return sorted(chosen, key=item.options.index)


def _ranked(item: Item, answer: Any) -> list[str]:
    ranked = _codes(item, answer)
    if len(ranked) != len(item.options):
        raise BallotRefused(item.number, _("Give each of them a place."))
    return ranked


def _codes(item: Item, answer: Any) -> list[str]:
    if not isinstance(answer, list) or not all(isinstance(each, str) for each in answer):
        raise BallotRefused(item.number, _("Choose from the answers."))
    if len(set(answer)) < len(answer) or not set(answer) <= set(item.options):
        raise BallotRefused(item.number, _("Choose each answer once, from the list."))
    return answer


def _text(item: Item, answer: Any) -> str:
    if not isinstance(answer, str) or len(answer.strip()) > LONGEST_COMMENT:
        raise BallotRefused(
            item.number, _("Write at most %(most)s characters.") % {"most": LONGEST_COMMENT}
        )
    if "\x00" in answer or any(category(letter) == "Cs" for letter in answer):
        # PostgreSQL has no such text: the seal would break on one ballot and lose all.
        raise BallotRefused(item.number, _("A character in this cannot be kept; write it anew."))
    # Signs that nobody sees take more room in a ballot than it has for a letter.
    return "".join(each for each in answer if each == "\n" or category(each) != "Cc").strip()


_CHECKS = {
    Kind.AGREEMENT: _on_the_scale, Kind.LIKELIHOOD: _on_the_scale, Kind.SCALE: _on_the_scale,
    Kind.CHOICE: _of_the_list, Kind.SEVERAL: _several, Kind.RANKING: _ranked, Kind.COMMENT: _text,
}  # fmt: skip
