"""From ballots in memory to what is kept of them: figures that may be shown, loose comments, and
the report of the audit."""

import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256

from django.db import models

from surveys.models import (
    AnswerCount,
    Comment,
    Hidden,
    Release,
    ScaleReliability,
    ScaleStat,
    Theme,
    Wave,
)
from surveys.rules.cells import above, comment_cells
from surveys.rules.figures import Sums
from surveys.rules.keeping import Keeper, Kept
from surveys.rules.questionnaire import Kind
from surveys.rules.suppression import Tree
from surveys.rules.tally import Tally
from surveys.services.station import items_of

PORTION = 1_000
_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class Box:
    """What was in the box at the seal: ballots that were counted, what was none and was set aside,
    beside how many credentials were used; and paper that only one of two has typed."""

    ballots: int
    set_aside: int
    credentials: int
    typed_once: int


class Counting:
    """Of one wave: ballots go to `tally`; `keep` writes what may be known of them, and nothing
    else, in the order of chance. Of a poll from another tool it is not known who was invited, so
    no rates are kept."""

    def __init__(self, wave: Wave, *, rates: bool = True):
        self.wave, self._rates = wave, rates
        cells = {cell.path: cell for cell in wave.cells.all()}
        self._tree = Tree(list(cells))
        self._cells = [cells[path] for path in self._tree.paths]
        self._atoms = [cell for cell in self._cells if cell.is_atom]
        items = items_of(wave)
        self._after = {item.number: item.only_if[0] for item in items if item.only_if}
        self.tally = Tally(items, [cell.number for cell in self._atoms])

    def keep(self, box: Box | None = None) -> None:
        """To be called once, in the transaction in which the ballots go."""
        wave, kept = self.wave, self._decide()
        items = {row.number: row.pk for row in wave.items.all()}
        themes = {theme.code: theme.pk for theme in Theme.objects.all()}
        cells = [cell.pk for cell in self._cells]
        _write(
            AnswerCount(item_id=items[item], cell_id=cells[place], option=option, n=n)
            for item, place, option, n in kept.counts
        )
        _write(
            Hidden(item_id=item and items[item], cell_id=cells[place], why=fate.value)
            for item, place, fate in kept.hidden
        )
        _write(
            ScaleStat(wave=wave, theme_id=themes[theme], cell_id=cells[place], **_sums(sums))
            for theme, place, sums in kept.scales
        )
        _write(
            ScaleReliability(wave=wave, theme_id=themes[theme], item_id=items[item], **_sums(sums))
            for theme, item, sums in kept.reliability
        )
        told_in = self._comment_cells()
        hidden = {(item, self._tree.paths[place]) for item, place, _fate in kept.hidden}
        by_path = {cell.path: cell.pk for cell in self._cells}
        _write(
            Comment(
                item_id=items[item],
                text=text,
                cell_id=by_path[self._where_asked(item, told_in[cell], hidden)],
            )
            for item, cell, text in self.tally.comments
            if cell in told_in
        )
        if self._rates:
            for cell, ballots in zip(self._cells, kept.rates, strict=True):
                cell.ballots = ballots
            wave.cells.bulk_update(self._cells, ["ballots"], batch_size=PORTION)
        lines = [asdict(line) for line in kept.report]
        self._report(lines, cells=len(set(told_in.values())), box=box)

    def _decide(self) -> Kept:
        atoms = [cell.path for cell in self._atoms]
        invited = [cell.invited for cell in self._cells] if self._rates else []
        keeper = Keeper(self._tree, atoms, fewest=self.wave.fewest_scores, invited=invited)
        keeper.keep(self.tally, themes_of(self.wave))
        if self._rates:
            keeper.keep_rates(self.tally.ballots(), invited, fewest=self.wave.fewest_rates)
        return keeper.kept

    def _where_asked(self, item: int, path: str, hidden: Collection[tuple[int | None, str]]) -> str:
        """A comment that is asked for after some answers says that one more gave them: it is kept
        where the question it hangs on is shown, or above."""
        after = self._after.get(item)
        while after and (after, path) in hidden and (upper := above(path)) is not None:
            path = upper
        return path

    def _comment_cells(self) -> dict[int, str]:
        """By the number of a smallest cell, the cell under which its comments are kept; nothing
        where so few answered that no comment can be."""
        ballots = dict(zip((cell.path for cell in self._atoms), self.tally.ballots(), strict=True))
        found = comment_cells(ballots, fewest=self.wave.fewest_comments) or {}
        numbers = {cell.path: cell.number for cell in self._cells}
        return {numbers[atom]: path for atom, path in found.items()}

    def _report(
        self, figures: list[dict[str, object]], *, cells: int, box: Box | None
    ) -> None:  # fmt: skip
        """With the earlier polls that were audited beside this one: an answer is in one poll only,
        so their figures and these have no sum in common (docs/decisions/0023)."""
        wave = self.wave
        earlier = Release.objects.exclude(wave=wave).order_by("wave__opens_at", "pk")
        report = {
            "poll": wave.code, "figures": figures, "comment_cells": cells,
            "fewest": [wave.fewest_scores, wave.fewest_comments, wave.fewest_rates],
            "earlier": [list(row) for row in earlier.values_list("wave__code", "digest")],
        }  # fmt: skip
        if box is not None:
            report["box"] = asdict(box)
        content = json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = sha256(content.encode()).hexdigest()
        Release.objects.create(wave=wave, report=report, digest=digest)


def themes_of(wave: Wave) -> dict[str, list[int]]:
    """By theme, the numbers of its items, all on a scale of the same length."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = wave.items.filter(
        wording__question__kind__in=(Kind.AGREEMENT, Kind.SCALE),
        wording__question__theme__isnull=False,
    )
    for number, theme in rows.values_list("number", "wording__question__theme__code"):
        found[theme].append(number)
    return {theme: sorted(numbers) for theme, numbers in found.items()}


def _write(rows: Iterable[models.Model]) -> None:
    shuffled = list(rows)
    _CHANCE.shuffle(shuffled)
    if shuffled:
        type(shuffled[0])._default_manager.bulk_create(shuffled, batch_size=PORTION)


def _sums(sums: Sums) -> dict[str, int]:
    return {"n": sums.n, "total": sums.total, "squares": sums.squares}
