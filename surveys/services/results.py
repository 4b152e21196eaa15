"""What a released poll says: scores by item, theme and cell, and what has changed since the one
before. Reads what the seal has kept, and nothing else is there."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import hypot
from statistics import median

from django.db.models import QuerySet

from people.models import User
from people.permissions import led_departments
from surveys.models import (
    AnswerCount,
    Cell,
    Comment,
    Hidden,
    Invitation,
    ScaleReliability,
    ScaleStat,
    Theme,
    Wave,
    WaveItem,
)
from surveys.rules.figures import (
    Change,
    Sums,
    between,
    changes,
    cronbach_alpha,
    holm,
    two_sided,
)
from surveys.rules.keeping import ANSWERED
from surveys.rules.questionnaire import Kind
from surveys.rules.scores import Score, Shares, ThemeScore, score_of
from surveys.services.counting import themes_of
from surveys.services.station import item_of

FEWEST_FOR_DRIVERS = 10
"""Departments that are compared."""


class Results:
    """Of a wave in some of its cells; a few queries, however many items there are."""

    def __init__(self, wave: Wave, cells: Collection[Cell]):
        self.wave = wave
        self.cells = sorted(cells, key=lambda cell: cell.number)
        rows = wave.items.select_related("wording__question__theme").order_by("number")
        self.rows: list[WaveItem] = list(rows)
        self.items = {row.number: item_of(row) for row in self.rows}
        self.themes = self._themes()
        self._counts: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
        numbers = {row.pk: row.number for row in self.rows}
        for item, cell, option, n in AnswerCount.objects.filter(
            item__wave=wave, cell__in=self.cells
        ).values_list("item", "cell", "option", "n"):
            self._counts[numbers[item], cell][option] = n
        self._hidden: dict[tuple[int | None, int], str] = {
            (item and numbers[item], cell): why
            for item, cell, why in Hidden.objects.filter(cell__in=self.cells).values_list(
                "item", "cell", "why"
            )
        }
        self._sums = {
            (theme, cell): Sums(n, total, squares)
            for theme, cell, n, total, squares in ScaleStat.objects.filter(
                wave=wave, cell__in=self.cells
            ).values_list("theme__code", "cell", "n", "total", "squares")
        }

    def _themes(self) -> dict[Theme, list[int]]:
        numbers = themes_of(self.wave)
        found = Theme.objects.filter(code__in=numbers).order_by("position", "code")
        return {theme: numbers[theme.code] for theme in found}

    def score(self, number: int, cell: Cell) -> Score | Shares | None:
        """Of an item; None where it is hidden (`why_hidden`) or a comment."""
        counts = self._counts.get((number, cell.pk))
        if not counts:
            return None
        given = {option: n for option, n in counts.items() if option != ANSWERED}
        return score_of(self.items[number], given, answered=counts[ANSWERED])

    def theme(self, theme: Theme, cell: Cell) -> ThemeScore | None:
        scores = [self.score(number, cell) for number in self.themes[theme]]
        known = [score for score in scores if isinstance(score, Score)]
        if not known or len(known) < len(scores):
            return None
        return ThemeScore(known, self._sums.get((theme.code, cell.pk)))

    def why_hidden(self, number: int | None, cell: Cell) -> str:
        """One of Hidden.Why, or empty where it is shown; without a number, of the rate."""
        return self._hidden.get((number, cell.pk), "")

    def theme_hidden(self, theme: Theme, cell: Cell) -> str:
        return self.why_hidden(self.themes[theme][0], cell)

    def middle(self, theme: Theme) -> tuple[Fraction, Fraction] | None:
        """Between what the median of the shown departments without parts lies, of what is told of
        each; below three of them there is none."""
        found = [self.theme(theme, cell) for cell in self.cells if cell.is_atom]
        told = [score.bounds for score in found if score is not None]
        if len(told) < 3:
            return None
        lows, highs = zip(*told, strict=True)
        return median(lows), median(highs)

    def alpha(self, theme: Theme) -> Fraction | None:
        """Cronbach's, over the whole poll."""
        items = self._reliability.get(theme.pk)
        whole = next((cell for cell in self.cells if cell.number == 0), None)
        sums = whole and self._sums.get((theme.code, whole.pk))
        return cronbach_alpha(items, sums) if items and sums else None

    @cached_property
    def _reliability(self) -> dict[int, list[Sums]]:
        """By theme, of each of its items."""
        found: dict[int, list[Sums]] = defaultdict(list)
        for row in ScaleReliability.objects.filter(wave=self.wave):
            found[row.theme_id].append(Sums(row.n, row.total, row.squares))
        return found


@dataclass(frozen=True)
class Trends:
    """From one wave to a later one, in the same cells. An item with another wording has no trend:
    its number is in `broken`."""

    items: Mapping[tuple[int, int], Change]
    """By number of the item and pk of the cell, in the later wave."""
    themes: Mapping[tuple[str, int], Change]
    broken: frozenset[int]


def trends(before: Results, after: Results) -> Trends:
    """Of what is shown in both. Each cell's items are a family of tests, and its themes one."""
    then = {row.wording.question_id: row for row in before.rows}
    same = {
        row.number: then[row.wording.question_id].number
        for row in after.rows
        if row.wording.question_id in then
        and then[row.wording.question_id].wording_id == row.wording_id
    }
    broken = frozenset(
        row.number for row in after.rows
        if row.wording.question_id in then and row.number not in same
    )  # fmt: skip
    items: dict[tuple[int, int], Change] = {}
    themes: dict[tuple[str, int], Change] = {}
    for cell, old in _same_cells(before, after):
        family = {}
        for number, earlier in same.items():
            a, b = before.score(earlier, old), after.score(number, cell)
            if isinstance(a, Score) and isinstance(b, Score) and not (a.alike or b.alike):
                family[number] = ((a.favour, a.n), (b.favour, b.n))
        found = changes(list(family.values()))
        items |= {(number, cell.pk): each for number, each in zip(family, found, strict=True)}
        themes |= {
            (theme, cell.pk): each
            for theme, each in _theme_changes(before, old, after, cell, same).items()
        }
    return Trends(items, themes, broken)


def _theme_changes(
    before: Results, old: Cell, after: Results, cell: Cell, same: Mapping[int, int]
) -> dict[str, Change]:
    """Of indexes, where a theme has the same items in both, and sums of persons were kept."""
    points, spans, chances = {}, {}, []
    for theme, numbers in after.themes.items():
        if theme not in before.themes or [same.get(n) for n in numbers] != before.themes[theme]:
            continue
        a, b = before.theme(theme, old), after.theme(theme, cell)
        if a is None or b is None or a.index_error is None or b.index_error is None:
            continue
        assert a.index is not None
        assert b.index is not None
        error = hypot(a.index_error, b.index_error)
        points[theme.code] = b.index - a.index
        spans[theme.code] = between(points[theme.code], error)
        chances.append(two_sided(float(points[theme.code]) / error) if error else 1.0)
    return {
        theme: Change(points[theme], p, spans[theme])
        for theme, p in zip(points, holm(chances), strict=True)
    }


def _same_cells(before: Results, after: Results) -> list[tuple[Cell, Cell]]:
    """The whole, and cells of the same department; the smallest of several, who are in it
    directly, only with their like."""

    def key(cell: Cell) -> tuple[int | None, bool, str]:
        return cell.department_id, cell.is_atom, "" if cell.department_id else cell.name

    whole = [cell for cell in before.cells if cell.number == 0]
    then = {key(cell): cell for cell in before.cells if cell.number}
    pairs = [(cell, whole[0]) for cell in after.cells if cell.number == 0 and whole]
    return pairs + [
        (cell, then[key(cell)]) for cell in after.cells if cell.number and key(cell) in then
    ]


def earlier(wave: Wave) -> Wave | None:
    """The released poll before that asked some of the same questions."""
    questions = wave.items.values("wording__question")
    found = Wave.objects.filter(
        state=Wave.State.RELEASED, opens_at__lt=wave.opens_at,
        items__wording__question__in=questions,
    )  # fmt: skip
    return found.order_by("-opens_at", "-pk").first()


@dataclass(frozen=True)
class Driver:
    """How departments' scores of a theme go with those of an outcome: Spearman's rank correlation
    over `n` departments. It is of departments, not people, and no cause."""

    theme: Theme
    rank_correlation: float
    n: int


def drivers(results: Results, outcome: int) -> list[Driver]:
    """Of the item `outcome`, the strongest first; nothing for fewer than ten departments."""
    # Late: it takes a second, and nothing else of a page needs it.
    from scipy.stats import spearmanr

    found = []
    atoms = [cell for cell in results.cells if cell.is_atom]
    for theme, numbers in results.themes.items():
        if outcome in numbers:
            continue
        pairs = []
        for cell in atoms:
            score, whole = results.theme(theme, cell), results.score(outcome, cell)
            if score is not None and isinstance(whole, Score) and whole.index is not None:
                pairs.append((float(score.favourable), float(whole.index)))
        if len(pairs) >= FEWEST_FOR_DRIVERS:
            r = float(spearmanr(*zip(*pairs, strict=True)).statistic)
            # Without any difference between departments there is nothing to rank.
            if r == r:
                found.append(Driver(theme, r, len(pairs)))
    return sorted(found, key=lambda driver: -abs(driver.rank_correlation))


def cells_for(user: User, wave: Wave, *, sees_all: bool, on: date) -> list[Cell]:
    """Which of a wave's cells somebody reads: all, or the whole, those the own one is part of, and
    those of departments somebody leads."""
    cells = list(wave.cells.all())
    if sees_all:
        return cells
    own = Invitation.objects.filter(wave=wave, employee__user=user).select_related("cell").first()
    path = own.cell.path if own else ""
    led = led_departments(user, on=on)
    return [
        cell for cell in cells
        if cell.number == 0 or path == cell.path or path.startswith(f"{cell.path}.")
        or cell.department_id in led
    ]  # fmt: skip


def comments_of(wave: Wave, cells: Sequence[Cell]) -> QuerySet[Comment]:
    """In the order of chance that the seal gave them."""
    found = Comment.objects.filter(item__wave=wave, cell__in=cells)
    return found.select_related("cell", "item__wording").order_by("item__number", "pk")


def outcome_of(results: Results) -> int | None:
    """The item that drivers are sought of: the first that asks for 0 to 10."""
    return next(
        (number for number, item in results.items.items() if item.kind == Kind.LIKELIHOOD), None
    )
