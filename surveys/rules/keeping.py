"""What is kept of a tally: the figures that may be shown, and a report of the audit of all of them.

What is hidden is not kept at all, so that nobody finds it in the database either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.rules.figures import FEWEST_FOR_ALPHA, Sums
from surveys.rules.questionnaire import Item, Kind, read_answer
from surveys.rules.release import Group, Known
from surveys.rules.suppression import Fate, Measure, Tree
from surveys.rules.tally import ByCell, ScaleTally, Tally

ANSWERED = ""
"""The option under which it is kept how many answered an item."""


class Followed(Exception):
    """The audit found a group of too few that follows from what would be shown: a fault of the
    planning, never of a poll. Nothing may be kept."""


@dataclass
class Audited:
    """A line of the report, for figures whose cells are hidden together. `least`: of how many
    people the smallest group is that anybody can work out; None where nothing is shown."""

    items: list[int]
    theme: str
    shown: int
    small: int
    protects: int
    least: int | None


@dataclass
class Kept:
    """By places of the tree. `counts`: item, place, option, n. `hidden`: item (None: how many took
    part), place, fate. `scales`: theme, place, sums. `reliability`: theme, item, sums. `rates`:
    ballots by place, None where hidden."""

    counts: list[tuple[int, int, str, int]] = field(default_factory=list)
    hidden: list[tuple[int | None, int, Fate]] = field(default_factory=list)
    scales: list[tuple[str, int, Sums]] = field(default_factory=list)
    reliability: list[tuple[str, int, Sums]] = field(default_factory=list)
    rates: list[int | None] = field(default_factory=list)
    report: list[Audited] = field(default_factory=list)


@dataclass(frozen=True)
class _Answered:
    item: Item
    people: list[int]
    counts: Mapping[str, list[int]]


class Keeper:
    """Decides, for a poll's cells (`tree`) of which `atoms` are the smallest, in the order of the
    tally. `fewest`: people behind a score. `invited`, by place, where that is known: that nobody
    of a few took part must not follow either."""

    def __init__(
        self, tree: Tree, atoms: Sequence[str], *, fewest: int, invited: Sequence[int] = ()
    ):  # fmt: skip
        self._tree, self._fewest, self._invited = tree, fewest, invited
        self._atoms = [tree.place[path] for path in atoms]
        self._within = _atoms_within(tree, self._atoms)
        self._known: dict[frozenset[Group], Known] = {}
        self.kept = Kept()

    def keep(self, tally: Tally, themes: Mapping[str, Sequence[int]]) -> None:
        """Figures of every item; those of a theme are shown together or not at all.

        Raises Followed.
        """
        theme_of = {number: theme for theme, numbers in themes.items() for number in numbers}
        together: dict[str, list[_Answered]] = {}
        for item, people, counts in tally.answered():
            found = _Answered(
                item, self._everywhere(people),
                {option: self._everywhere(given) for option, given in counts.items()},
            )  # fmt: skip
            together.setdefault(theme_of.get(item.number, f"item {item.number}"), []).append(found)
        planned = self._planned(together)
        for name, answered in together.items():
            theme, fates = name if name in themes else "", planned[name]
            self._keep_counts(answered, theme, fates)
            if theme and len(answered) > 1 and all(map(_is_whole, answered)):
                self._keep_scale(theme, tally.scale(themes[theme]), fates)

    def _planned(self, together: Mapping[str, Sequence[_Answered]]) -> dict[str, list[Fate]]:
        """The fates of what is shown together. What is asked after some answers to another item is
        shown only where that item is: how many were asked is how many gave those answers."""
        home = {each.item.number: name for name, answered in together.items() for each in answered}
        above = {
            name: {
                home[each.item.only_if[0]]
                for each in answered
                if each.item.only_if and each.item.only_if[0] in home
            }
            - {name}
            for name, answered in together.items()
        }
        fates = {name: self._fates(answered) for name, answered in together.items()}
        waiting = True
        while waiting:
            # Each time at least one cell more is hidden.
            waiting = False
            for name, uppers in above.items():
                every = zip(fates[name], *(fates[upper] for upper in uppers), strict=True)
                only = [set(each) == {Fate.SHOWN} for each in every]
                if only != [fate == Fate.SHOWN for fate in fates[name]]:
                    fates[name], waiting = self._fates(together[name], only), True
        return fates

    def _fates(
        self, answered: Sequence[_Answered], only: Sequence[bool] | None = None
    ) -> list[Fate]:  # fmt: skip
        measures = [Measure(each.people, list(_bands(each))) for each in answered]
        if self._invited:
            measures.append(Measure(self._invited, counts=False))
        return self._tree.plan(measures, fewest=self._fewest, only=only)

    def keep_rates(self, ballots: ByCell, invited: Sequence[int], *, fewest: int) -> None:
        """How many of the `invited` (by place) took part. Raises Followed."""
        took_part = self._everywhere(ballots)
        did_not = [all_of - n for all_of, n in zip(invited, took_part, strict=True)]
        fates = self._tree.plan([Measure(invited, (took_part, did_not))], fewest=fewest)
        self._audit(fates, [invited], fewest=fewest)
        self.kept.rates = [
            n if fate == Fate.SHOWN else None for n, fate in zip(took_part, fates, strict=True)
        ]
        self._note(None, fates)
        self._report([], "", fates, [invited])

    def _everywhere(self, by_cell: ByCell) -> list[int]:
        own = [0] * len(self._tree.paths)
        for place, n in zip(self._atoms, by_cell, strict=True):
            own[place] = n
        return self._tree.added_up(own)

    def _keep_counts(
        self, answered: Sequence[_Answered], theme: str, fates: list[Fate]
    ) -> None:  # fmt: skip
        every = [each.people for each in answered]
        self._audit(fates, every, fewest=self._fewest)
        counts, shown = self.kept.counts, [n for n, fate in enumerate(fates) if fate == Fate.SHOWN]
        for each in answered:
            number = each.item.number
            counts += [(number, place, ANSWERED, each.people[place]) for place in shown]
            for option, given in each.counts.items():
                counts += [(number, place, option, given[place])
                           for place in shown if given[place]]  # fmt: skip
            self._note(number, fates)
        self._report([each.item.number for each in answered], theme, fates, every)

    def _keep_scale(self, theme: str, scale: ScaleTally, fates: Sequence[Fate]) -> None:
        """Sums of who answered all items of a theme. Beside the items' own figures they tell of
        who answered only some; so these must be nobody, or enough, too."""
        people = self._everywhere(scale.people)
        others = [self._everywhere(each) for each in scale.others.values()]
        measures = [Measure(people), *(Measure(each, counts=False) for each in others)]
        only = [fate == Fate.SHOWN for fate in fates]
        own = self._tree.plan(measures, fewest=self._fewest, only=only)
        self._audit_both(fates, own, people, others)
        totals, squares = self._everywhere(scale.totals), self._everywhere(scale.squares)
        self.kept.scales += [
            (theme, place, Sums(people[place], totals[place], squares[place]))
            for place, fate in enumerate(own)
            if fate == Fate.SHOWN
        ]
        whole_is_shown = own[0] == Fate.SHOWN and people[0] >= FEWEST_FOR_ALPHA
        if whole_is_shown and all(each[0] == 0 or each[0] >= self._fewest for each in others):
            self.kept.reliability += [(theme, item, sums) for item, sums in scale.items.items()]

    def _note(self, item: int | None, fates: Sequence[Fate]) -> None:
        self.kept.hidden += [
            (item, place, fate) for place, fate in enumerate(fates) if fate != Fate.SHOWN
        ]

    def _report(
        self, items: list[int], theme: str, fates: list[Fate], every: Sequence[Sequence[int]]
    ) -> None:
        rests = [n for people in every for n in self._tree.rests(fates, people) if n]
        self.kept.report.append(
            Audited(
                items, theme, shown=fates.count(Fate.SHOWN), small=fates.count(Fate.SMALL),
                protects=fates.count(Fate.PROTECTS), least=min(rests, default=None),
            )
        )  # fmt: skip

    def _audit(self, fates: Sequence[Fate], every: Iterable[Sequence[int]], *, fewest: int) -> None:
        """The exact test of what follows from what is shown, which knows of no tree."""
        shown = [self._within[n] for n, fate in enumerate(fates) if fate == Fate.SHOWN]
        for people in every:
            own = {place: people[place] for place in self._atoms}
            self._refuse_if_told(shown, own, fewest)

    def _audit_both(
        self, fates: Sequence[Fate], own: Sequence[Fate], people: Sequence[int],
        every: Sequence[Sequence[int]],
    ) -> None:  # fmt: skip
        """An item's figures are of who answered all of its theme and of others, the scale's of the
        former: each atom counts as two."""
        size = len(self._tree.paths)
        shown = [
            self._within[place] | {size + atom for atom in self._within[place]}
            for place, fate in enumerate(fates)
            if fate == Fate.SHOWN
        ]
        shown += [self._within[place] for place, fate in enumerate(own) if fate == Fate.SHOWN]
        for others in every:
            in_both = {place: people[place] for place in self._atoms}
            in_both |= {size + place: others[place] for place in self._atoms}
            self._refuse_if_told(shown, in_both, self._fewest)

    def _refuse_if_told(
        self, shown: Sequence[Group], people: Mapping[int, int], fewest: int
    ) -> None:
        groups = frozenset(shown)
        if groups not in self._known:
            self._known[groups] = Known(groups)
        told = next(self._known[groups].small_groups(people, fewest=fewest), None)
        if told:
            raise Followed(f"atoms {sorted(told)} follow from what would be shown")


def _is_whole(answered: _Answered) -> bool:
    return all(isinstance(read_answer(option), int) for option in answered.counts)


def _bands(answered: _Answered) -> Iterable[list[int]]:
    """Answers that are of one opinion, counted together. On a scale nobody's being favourable is an
    opinion, too, whatever else they said."""
    item, counts = answered.item, answered.counts
    if item.kind == Kind.RANKING:
        return [given for option, given in counts.items() if option.endswith(":1")]
    if item.scale is None:
        return counts.values()
    bands: dict[int, list[list[int]]] = {}
    for option, given in counts.items():
        bands.setdefault(item.scale.band(read_answer(option)), []).append(given)
    others = [given for band, own in bands.items() if band != 1 for given in own]
    together = [*bands.values(), *([others] if others else [])]
    return [list(map(sum, zip(*band, strict=True))) for band in together]


def _atoms_within(tree: Tree, atoms: Sequence[int]) -> list[Group]:
    within: list[set[int]] = [set() for _path in tree.paths]
    for atom in atoms:
        place = atom
        while place >= 0:
            within[place].add(atom)
            place = tree.upper[place]
    return [frozenset(each) for each in within]
