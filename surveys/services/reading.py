"""A released poll as somebody reads it: lines for pages, PDFs and spreadsheets, in the language of
the moment. All of them are made from `Results`, which has nothing that is hidden."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from statistics import NormalDist

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from surveys.models import Cell, Hidden, SpentCredential, Theme, Wave, WaveItem
from surveys.rules.cells import above
from surveys.rules.figures import between, enps_error
from surveys.rules.questionnaire import Kind
from surveys.rules.scores import ALL, NONE, Score, Shares
from surveys.services import telling
from surveys.services.results import Results, Trends, trends

NORMAL = NormalDist().inv_cdf(0.975)
BANDS_OF_10 = ((0, 6), (7, 8), (9, 10))
"""Detractors, passives, promoters."""


@dataclass(frozen=True)
class ThemeLine:
    """Of a theme in a cell; `hidden` is one of Hidden.Why, and then there are no figures."""

    theme: Theme
    hidden: str = ""
    n: int | None = None
    favourable: str = ""
    band: int = 0
    index: str = ""
    index_span: str = ""
    change: str = ""
    alpha: str = ""

    @property
    def hidden_mark(self) -> str:
        return str(telling.HIDDEN.get(self.hidden, ""))


@dataclass(frozen=True)
class Answer:
    """One answer and which part gave it: `share` in words, `part` to be drawn, of 100."""

    label: str
    share: str
    part: Fraction


@dataclass(frozen=True)
class ItemLine:
    """Of a question in a cell. `change` also says where the wording was changed."""

    row: WaveItem
    text: str
    kind: Kind
    hidden: str = ""
    n: int | None = None
    favourable: str = ""
    interval: str = ""
    index: str = ""
    enps: str = ""
    change: str = ""
    answers: Sequence[Answer] = ()

    @property
    def hidden_mark(self) -> str:
        return str(telling.HIDDEN.get(self.hidden, ""))

    @property
    def is_likelihood(self) -> bool:
        return self.kind == Kind.LIKELIHOOD

    @property
    def is_scale(self) -> bool:
        """Whether its answers make a whole, in an order."""
        return self.kind in (Kind.AGREEMENT, Kind.LIKELIHOOD, Kind.SCALE)


@dataclass
class Block:
    """Questions that stand together: those of a theme, or the rest."""

    title: str
    line: ThemeLine | None
    items: list[ItemLine] = field(default_factory=list)


class Reading:
    """Of a wave in some of its cells, `before` the poll that it is compared with, if any; texts in
    `language`."""

    def __init__(
        self, wave: Wave, cells: Collection[Cell], *, before: Wave | None, language: str
    ) -> None:
        self.wave, self.language = wave, language
        self.before = before
        self.results = Results(wave, cells)
        self._by_row = {row.number: row for row in self.results.rows}

    @cached_property
    def trends(self) -> Trends | None:
        if self.before is None:
            return None
        same = {cell.department_id for cell in self.results.cells if cell.department_id}
        cells = self.before.cells.filter(Q(number=0) | Q(department__in=same))
        return trends(Results(self.before, cells), self.results)

    def theme_lines(self, cell: Cell) -> list[ThemeLine]:
        return [self.theme_line(theme, cell) for theme in self.results.themes]

    def theme_line(self, theme: Theme, cell: Cell, *, compared: bool = True) -> ThemeLine:
        score = self.results.theme(theme, cell)
        if score is None:
            return ThemeLine(theme, self.results.theme_hidden(theme, cell) or Hidden.Why.SMALL)
        alpha = self.results.alpha(theme) if cell.number == 0 else None
        spread = score.index_error
        span = ""
        if spread is not None and score.index is not None:
            low, high = between(score.index, spread)
            span = telling.span(max(low, 0), min(high, 100))
        return ThemeLine(
            theme, "", score.n, telling.percent(score), telling.band(score),
            telling.whole(score.index), span, self._theme_change(theme, cell) if compared else "",
            "" if alpha is None else f"{float(alpha):.2f}",
        )  # fmt: skip

    def middles(self) -> list[str]:
        """By theme, the median percentage of the departments in the cells; a dash where fewer than
        three are shown, nothing at all where that is so of every theme."""
        found = [self.results.middle(theme) for theme in self.results.themes]
        if not any(found):
            return []
        return [telling.between_percents(*each) if each else "–" for each in found]

    def _theme_change(self, theme: Theme, cell: Cell) -> str:
        if self.trends is None:
            return ""
        found = self.trends.themes.get((theme.code, cell.pk))
        if found:
            return telling.change(found)
        broken = self.trends.broken.intersection(self.results.themes[theme])
        return _("wording changed") if broken else ""

    def blocks(self, cell: Cell) -> list[Block]:
        """Every question but comments, those of a theme under it."""
        found = [
            Block(str(theme), self.theme_line(theme, cell),
                  [self.item_line(number, cell) for number in numbers])
            for theme, numbers in self.results.themes.items()
        ]  # fmt: skip
        themed = {number for numbers in self.results.themes.values() for number in numbers}
        rest = [
            self.item_line(number, cell)
            for number, item in self.results.items.items()
            if number not in themed and item.kind != Kind.COMMENT
        ]
        return [*found, Block(_("Other questions"), None, rest)] if rest else found

    def items(self, cell: Cell) -> Iterator[ItemLine]:
        for block in self.blocks(cell):
            yield from block.items

    def item_line(self, number: int, cell: Cell) -> ItemLine:
        row, kind = self._by_row[number], self.results.items[number].kind
        text = telling.text_of(row, self.language)
        score = self.results.score(number, cell)
        if score is None:
            return ItemLine(
                row, text, kind, self.results.why_hidden(number, cell) or Hidden.Why.SMALL
            )
        if isinstance(score, Shares):
            answers = list(self._shares(row, kind, score))
            return ItemLine(row, text, kind, n=score.n, answers=answers)
        likely = kind == Kind.LIKELIHOOD
        interval = telling.span(*score.interval) if score.interval else ""
        return ItemLine(
            row, text, kind, "", score.n, telling.percent(score), interval,
            telling.whole(score.index), _enps(score) if likely else "",
            self._item_change(number, cell),
            list(_tens(score) if likely else self._bars(row, score)),
        )  # fmt: skip

    def _item_change(self, number: int, cell: Cell) -> str:
        if self.trends is None:
            return ""
        if number in self.trends.broken:
            return _("wording changed")
        found = self.trends.items.get((number, cell.pk))
        return telling.change(found) if found else ""

    def _bars(self, row: WaveItem, score: Score) -> Iterator[Answer]:
        for answer, _n, share in score.bars():
            label = telling.option_label(row, str(answer), self.language)
            yield Answer(label, telling.of_hundred(share), share)

    def _shares(self, row: WaveItem, kind: Kind, score: Shares) -> Iterator[Answer]:
        """What everybody chose, or of several nobody, is told as roughly as opinions are."""
        for option, n, share in score.bars():
            label = telling.option_label(row, option, self.language)
            if n == score.n:
                said = _("%(percent)s%% or more") % {"percent": ALL}
                yield Answer(label, said, Fraction(ALL))
            elif n == 0 and (kind == Kind.SEVERAL or score.n in score.counts.values()):
                said = _("%(percent)s%% or less") % {"percent": NONE}
                yield Answer(label, said, Fraction(NONE))
            else:
                yield Answer(label, telling.of_hundred(share), share)


def _tens(score: Score) -> Iterator[Answer]:
    bars = score.bars()
    labels = (_("0 to 6, detractors"), _("7 and 8, passives"), _("9 and 10, promoters"))
    for (low, high), label in zip(BANDS_OF_10, labels, strict=True):
        if bars:
            share = sum((part for answer, _n, part in bars if low <= answer <= high), Fraction(0))
            yield Answer(label, telling.of_hundred(share), share)


def _enps(score: Score) -> str:
    found = score.enps
    if found is None:
        return ""
    error = enps_error({int(answer): n for answer, n in score.counts.items()})
    about = _("%(score)s, give or take %(error)s")
    return about % {
        "score": telling.points(found), "error": telling.whole(Fraction(NORMAL * (error or 0.0))),
    }  # fmt: skip


def part_of(n: int | None, of: int) -> str:
    """A response rate in words; a dash where it is hidden, or nobody was invited."""
    if n is None or not of:
        return "–"
    share = Fraction(100 * n, of)
    if n in (0, of):
        said = _("%(percent)s%% or more") if n else _("%(percent)s%% or less")
        return said % {"percent": ALL if n else NONE}
    return telling.of_hundred(share)


def name_of(cell: Cell, cells: Collection[Cell]) -> str:
    """The whole company's, and that of whoever is in a department directly, in the language of the
    moment; others as they were called at the launch. `cells` hold those above."""
    if cell.number == 0:
        return _("Everybody")
    own = next((each for each in cells if each.path == above(cell.path)), None)
    if own is not None and cell.department_id and own.department_id == cell.department_id:
        return _("%(department)s, directly") % {"department": own.name}
    return cell.name


def in_order(cells: Iterable[Cell]) -> list[Cell]:
    """Of the tree, each before its parts."""
    return sorted(cells, key=lambda cell: [int(part) for part in cell.path.split(".")])


def shown_above(reading: Reading, cell: Cell, cells: Collection[Cell]) -> Cell | None:
    """The nearest cell above that somebody reads and of which any question is shown."""
    by_path = {each.path: each for each in cells}
    path = above(cell.path)
    while path is not None:
        upper = by_path.get(path)
        if upper is not None and any(
            reading.results.score(number, upper) for number in reading.results.items
        ):
            return upper
        path = above(path)
    return None


def polls_to_read() -> list[tuple[Wave, str]]:
    """Every poll that was launched, the newest first, each with its overall response rate."""
    spent = SpentCredential.objects.filter(wave=OuterRef("pk")).order_by().values("wave")
    whole = Cell.objects.filter(wave=OuterRef("pk"), number=0)
    waves = (
        Wave.objects.exclude(state=Wave.State.DRAFT)
        .select_related("release")
        .annotate(
            cast=Subquery(spent.annotate(n=Count("*")).values("n")),
            invited=Subquery(whole.values("invited")), ballots=Subquery(whole.values("ballots")),
        )
    )  # fmt: skip
    return [(wave, _rate(wave, wave.invited, wave.ballots, wave.cast)) for wave in waves]


def rate_so_far(wave: Wave) -> str:
    """Of the whole company: nothing finer is told before the close, and never how many."""
    whole = wave.cells.get(number=0)
    cast = SpentCredential.objects.filter(wave=wave).count() if whole.ballots is None else None
    return _rate(wave, whole.invited, whole.ballots, cast)


def _rate(wave: Wave, invited: int | None, ballots: int | None, cast: int | None) -> str:
    """By the ballots that were counted, else by the credentials used; too small, not at all."""
    if not invited or invited < wave.fewest_rates:
        return part_of(None, 0)
    if ballots is None and wave.state == Wave.State.RELEASED:
        return part_of(None, 0)
    return part_of(ballots if ballots is not None else cast or 0, invited)
