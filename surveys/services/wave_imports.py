"""An earlier poll from another tool: a row a respondent, taken through count, audit and release. No
individual answer is kept."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.models import User
from people.services import audit
from people.services.importing import ImportRefused, Problem, Problems
from people.tabular import BLANKS, Row, TableError, normalise, parse_number, parse_text, read_sheets
from surveys.models import AnswerCount, Cell, Question, Theme, Wave, WaveItem, Wording
from surveys.rules.copies import nearly_the_same
from surveys.rules.keeping import ANSWERED
from surveys.rules.questionnaire import SCALES, Kind, Scale
from surveys.rules.tally import Tally
from surveys.services.counting import Counting
from surveys.services.releasing import release

WHOLE = "ALL"
BETWEEN = "|"
"""Stands between the two names of a cell that is told by two columns."""
YES, NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0", ""})
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}")
COLUMNS = ("item", "text", "theme", "min", "max", "reversed", "favourable_from")


@dataclass(frozen=True)
class ItemRow:
    """A line of the items file; `scale` is as answers are counted, after turning."""

    code: str
    text: str
    theme: str
    scale: Scale
    is_reversed: bool

    @property
    def kind(self) -> Kind:
        for kind, known in SCALES.items():
            own = (known.lowest, known.highest, known.favourable_from)
            if own == (self.scale.lowest, self.scale.highest, self.scale.favourable_from):
                return kind
        return Kind.SCALE


@dataclass(frozen=True)
class Respondent:
    """The cell's names, from the whole down, and the answers in the order of the items."""

    cell: tuple[str, ...]
    answers: tuple[int | Decimal | None, ...]


@dataclass(frozen=True)
class Sent:
    """A file as it came."""

    name: str
    content: bytes


@transaction.atomic
def import_wave(
    responses: Sent, items: Sent, *, name: str, columns: Sequence[str], fewest: int, by: User,
    closed_on: date, now: datetime,
) -> Wave:  # fmt: skip
    """Read, count and release a poll; `columns` tell the cell, the second one within the first.
    The same again is the same poll.

    Raises ImportRefused, with every fault and its place; nothing is kept then. The same answers
    in other cells or under another name are refused, and so are those that differ in a few people:
    two cuts of them would tell of single people.
    """
    asked = _items(items)
    respondents = _respondents(responses, asked, columns)
    digest = _digest(asked, respondents)
    known = Wave.objects.filter(answers_digest=digest).first()
    paths = _paths({each.cell for each in respondents})
    if known is not None:
        _refuse_if_other(known, name, paths)
        return known
    wave = Wave.objects.create(
        code=_free_code(name), name=name, level=Wave.Level.CONFIDENTIAL, state=Wave.State.SEALED,
        fewest_scores=fewest, opens_at=_noon(closed_on - timedelta(days=1)),
        closes_at=_noon(closed_on), made_by=by, answers_digest=digest, policy_digest=digest,
    )  # fmt: skip
    _make_items(wave, asked, by=by, now=now)
    numbers = _make_cells(wave, paths, depth=len(columns))
    count = Counting(wave, rates=False)
    for respondent in respondents:
        answers = {n: each for n, each in enumerate(respondent.answers, 1) if each is not None}
        count.tally.add(numbers[respondent.cell], answers)
    _refuse_if_nearly(wave, count.tally)
    count.keep()
    release(wave, by=by, now=now)
    audit.record(
        "import_poll", by=by, subject=f"poll:{wave.code}", after={"respondents": len(respondents)}
    )
    wave.refresh_from_db()
    return wave


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _free_code(name: str) -> str:
    wanted = slugify(name)[:24] or "poll"
    taken = set(Wave.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    found = (f"{wanted}-{number}" if number > 1 else wanted for number in range(1, 1_000))
    return next(code for code in found if code not in taken)


def _refuse_if_other(known: Wave, name: str, paths: dict[tuple[str, ...], str]) -> None:
    cells = {BETWEEN.join(names) or WHOLE for names in paths}
    if known.name == name and set(known.cells.values_list("name", flat=True)) == cells:
        return
    message = _(
        "These answers were read in before, as “%(name)s”. Another cut of them could tell of single"
        " people; give all columns for cells at the first time."
    )
    raise ImportRefused([Problem(message % {"name": known.name})])


def _refuse_if_nearly(wave: Wave, tally: Tally) -> None:
    """A file that is read in again after somebody was taken out of it is another poll by its
    digest. Raises ImportRefused."""
    questions = dict(wave.items.values_list("number", "wording__question"))
    own = {
        questions[item.number]: {answer: sum(by_cell) for answer, by_cell in counts.items()}
        for item, _people, counts in tally.answered()
    }
    for known in Wave.objects.exclude(pk=wave.pk).exclude(answers_digest=""):
        theirs: dict[int, dict[str, int]] = defaultdict(dict)
        rows = AnswerCount.objects.filter(
            item__wave=known, cell__number=0, item__wording__question__in=own
        )
        for question, answer, n in rows.values_list("item__wording__question", "option", "n"):
            if answer != ANSWERED:
                theirs[question][answer] = n
        pairs = [(own[question], counts) for question, counts in theirs.items()]
        if nearly_the_same(pairs, fewest=max(wave.fewest_scores, known.fewest_scores)):
            message = _(
                "These answers are nearly those that were read in as “%(name)s”: what the few said"
                " who make the difference could be worked out from the two."
            )
            raise ImportRefused([Problem(message % {"name": known.name})])


def _table(sent: Sent, words: Sequence[str]) -> tuple[list[str], list[Row]]:
    """Headers and rows of the first sheet. Raises ImportRefused."""
    known = [normalise(word) for word in words]
    try:
        sheet = read_sheets(sent.content, filename=sent.name, known_words=known)[0]
    except TableError as error:
        raise ImportRefused([Problem(str(error))]) from None
    return [parse_text(cell) for cell in sheet.rows[0].cells], sheet.rows[1:]


def _places(headers: Sequence[str], wanted: Sequence[str], filename: str) -> list[int]:
    """Where each column is. Raises ImportRefused for those that are missing or twice there."""
    plain = [normalise(header) for header in headers]
    problems = Problems()
    for each in dict.fromkeys(wanted):
        found = plain.count(normalise(each))
        if found != 1:
            fault = _("is there %(n)s times; once is needed") if found else _("is missing")
            problems.add(
                _("%(file)s: the column “%(column)s” %(fault)s.")
                % {"file": filename, "column": each, "fault": fault % {"n": found}},
                1,
            )
    problems.refuse_if_any()
    return [plain.index(normalise(each)) for each in wanted]


def _text(row: Row, place: int) -> str:
    return parse_text(row.cells[place]) if place < len(row.cells) else ""


def _items(sent: Sent) -> list[ItemRow]:
    headers, rows = _table(sent, COLUMNS)
    places = dict(zip(COLUMNS, _places(headers, COLUMNS, sent.name), strict=True))
    problems, found = Problems(), []
    for row in rows:
        said = {column: _text(row, place) for column, place in places.items()}
        try:
            found.append(_item(said))
        except ValueError as error:
            problems.add(f"{sent.name}: {error}", row.line)
    codes = [item.code for item in found]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        problems.add(_("%(file)s: the item “%(item)s” is there more than once.")
                     % {"file": sent.name, "item": code})  # fmt: skip
    if not rows:
        problems.add(_("%(file)s names no item.") % {"file": sent.name})
    problems.refuse_if_any()
    return found


def _item(said: dict[str, str]) -> ItemRow:
    """Raises ValueError, as a sentence."""
    low, high = (_whole(said[column], column) for column in ("min", "max"))
    favourable = _number(said["favourable_from"], "favourable_from")
    if not low < favourable <= high:
        raise ValueError(_("favourable_from lies above min and not above max."))
    is_reversed = said["reversed"].casefold()
    if is_reversed not in YES | NO:
        raise ValueError(_("reversed is yes or no, not “%(said)s”.") % {"said": said["reversed"]})
    if not said["item"] or not said["text"]:
        raise ValueError(_("item and text are needed."))
    limit = Fraction(favourable)
    return ItemRow(
        said["item"], said["text"], said["theme"],
        Scale(low, high, int(limit) if limit.denominator == 1 else limit), is_reversed in YES,
    )  # fmt: skip


def _number(text: str, column: str) -> Decimal:
    try:
        found = parse_number(text)
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None
    if found is None:
        raise ValueError(_("%(column)s is empty.") % {"column": column})
    return found[0]


def _whole(text: str, column: str) -> int:
    number = _number(text, column)
    if number != int(number) or abs(number) > 1_000:
        raise ValueError(_("%(column)s is a whole number up to 1,000.") % {"column": column})
    return int(number)


def _respondents(sent: Sent, asked: Sequence[ItemRow], columns: Sequence[str]) -> list[Respondent]:
    headers, rows = _table(sent, [*columns, *(item.code for item in asked)])
    wanted = [*columns, *(item.code for item in asked)]
    places = _places(headers, wanted, sent.name)
    cells, answers = places[: len(columns)], places[len(columns) :]
    problems, found = Problems(), []
    for row in rows:
        given: list[int | Decimal | None] = []
        for item, place in zip(asked, answers, strict=True):
            try:
                given.append(_answer(item, row, place))
            except ValueError as error:
                problems.add(f"{sent.name}: {error}", row.line, item.code)
        names = tuple(_text(row, place).replace(BETWEEN, "/") or "–" for place in cells)
        found.append(Respondent(names, tuple(given)))
    if not rows:
        problems.add(_("%(file)s has no respondent.") % {"file": sent.name})
    problems.refuse_if_any()
    return found


def _answer(item: ItemRow, row: Row, place: int) -> int | Decimal | None:
    """On the scale as it is counted; None for a blank. Raises ValueError."""
    cell = row.cells[place] if place < len(row.cells) else None
    if isinstance(cell, str) and normalise(cell) in BLANKS:
        return None
    found = parse_number(cell)
    if found is None:
        return None
    number, (low, high) = found[0], (item.scale.lowest, item.scale.highest)
    if not low <= number <= high:
        raise ValueError(
            _("%(number)s is not on the scale from %(low)s to %(high)s.")
            % {"number": number, "low": low, "high": high}
        )
    if item.is_reversed:
        number = low + high - number
    return int(number) if number == int(number) else number.normalize()


def _digest(asked: Sequence[ItemRow], respondents: Sequence[Respondent]) -> str:
    """Of the answers, whoever gave them, in whatever order and cells."""
    rows = sorted(json.dumps([str(each) for each in one.answers]) for one in respondents)
    content = json.dumps([[item.code for item in asked], rows])
    return sha256(content.encode()).hexdigest()


def _paths(cells: set[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Every cell with its path, the whole first; numbers come before words."""
    every = {names[:depth] for names in cells for depth in range(len(names) + 1)}
    paths: dict[tuple[str, ...], str] = {(): "0"}
    in_order = sorted(every - {()}, key=lambda names: [_sorted_as(each) for each in names])
    for number, names in enumerate(in_order, 1):
        paths[names] = f"{paths[names[:-1]]}.{number}"
    return paths


def _sorted_as(name: str) -> tuple[bool, int, str]:
    is_number = name.isdecimal() and name.isascii() and len(name) < 18
    return not is_number, int(name) if is_number else 0, name


def _make_cells(
    wave: Wave, paths: dict[tuple[str, ...], str], *, depth: int
) -> dict[tuple[str, ...], int]:
    """How many were invited is not known."""
    numbers = {names: number for number, names in enumerate(paths)}
    Cell.objects.bulk_create(
        Cell(
            wave=wave, number=numbers[names], path=path, name=BETWEEN.join(names)[:200] or WHOLE,
            is_atom=len(names) == depth, invited=0,
        )
        for names, path in paths.items()
    )  # fmt: skip
    return numbers


def _make_items(wave: Wave, asked: Sequence[ItemRow], *, by: User, now: datetime) -> None:
    language = get_language() or "en"
    problems = Problems()
    for number, item in enumerate(asked, 1):
        question = _question(item, problems)
        if question is not None:
            wording = _wording(question, item, language, by=by, now=now)
            WaveItem.objects.create(wave=wave, number=number, wording=wording)
    problems.refuse_if_any()


def _question(item: ItemRow, problems: Problems) -> Question | None:
    code = item.code if _CODE.fullmatch(item.code) else slugify(item.code)[:40]
    own: dict[str, object] = {"kind": item.kind.value}
    if item.kind == Kind.SCALE:
        own |= {
            "lowest": item.scale.lowest,
            "highest": item.scale.highest,
            "favourable_from": Decimal(str(float(item.scale.favourable_from))),
        }
    known = Question.objects.filter(code=code).first()
    if known is None:
        return Question.objects.create(code=code, theme=_theme(item.theme), **own)
    if any(getattr(known, field) != value for field, value in own.items()):
        problems.add(
            _("The library has a question “%(item)s” with another scale. Rename the item.")
            % {"item": item.code}
        )
        return None
    return known


def _theme(name: str) -> Theme | None:
    if not name:
        return None
    code = slugify(name, allow_unicode=False)[:30]
    code = code or "theme-" + sha256(name.encode()).hexdigest()[:8]
    return Theme.objects.get_or_create(code=code, defaults={"name": name[:80]})[0]


def _wording(
    question: Question, item: ItemRow, language: str, *, by: User, now: datetime
) -> Wording:
    """The newest one if it says the same; else a new one, and a trend breaks there."""
    newest = question.wordings.first()
    if newest and any(texts["text"] == item.text for texts in newest.texts.values()):
        return newest
    return Wording.objects.create(
        question=question, number=newest.number + 1 if newest else 1,
        texts={language: {"text": item.text}}, made_by=by, made_at=now,
    )  # fmt: skip
