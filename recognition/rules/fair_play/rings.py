"""Pairs and rings: strongly connected groups whose praise stays inside.

A small honest team praises each other a lot, too. What tells a ring from it is how much stays
inside: a group is noticed when its members give so much to each other that a close team in their
departments would reach it by chance less than once in five hundred times.
docs/decisions/0019-a-ring-is-told-from-a-close-team-by-what-stays-inside.md: how it was measured.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from recognition.rules.fair_play.chances import chance_of_repeating, chance_of_share
from recognition.rules.fair_play.connected import strongly_connected

FEWEST_PEOPLE, FEWEST_PRAISE = 30, 300
"""A company that is smaller, or has praised less, has no habits to compare with."""
LARGEST = 10
"""More than these are no ring but a department."""
REPEATED, STRONG = 2, 0.05
"""An edge is strong when it repeats more than volume and departments explain: by chance less often
than this."""
FEWEST_GIVEN = 5
"""What each member gave to the others, at least: new joiners know few colleagues yet."""
OWN_INSIDE = 0.5
"""Share of each member's own giving that has to stay inside: who is only praised is no member."""
RECEIVED_INSIDE = 0.2
"""Share of what the members got that has to come from inside: a star gets it from everywhere."""
CLOSE_TEAM = (0.35, 0.6, 0.68, 0.73)
"""Share of their giving that members of a close honest team give to the one colleague, the two, the
three, the four and more whom they praise most."""
RARE = 0.002
FEWEST_PEERS = 5


class Praise(NamedTuple):
    """One colleague praised in one nomination."""

    nomination: int
    giver: int
    nominee: int
    on: date
    giver_department: int | None
    nominee_department: int | None


@dataclass(frozen=True)
class Ring:
    """`inside` of `given`, and of `received`, stayed among `people`. `usual` is the share that
    others in their departments give to as many colleagues; `chance`, how likely a close team
    would do this by luck."""

    people: tuple[int, ...]
    inside: int
    given: int
    received: int
    usual: float
    chance: float


class _Edges:
    """Who praised whom how often."""

    def __init__(self, praise: Iterable[Praise]):
        self.to: dict[int, Counter[int]] = defaultdict(Counter)
        self.by: dict[int, Counter[int]] = defaultdict(Counter)
        self.department: dict[int, int | None] = {}
        for each in praise:
            self.to[each.giver][each.nominee] += 1
            self.by[each.nominee][each.giver] += 1
            self.department[each.giver] = each.giver_department
            self.department[each.nominee] = each.nominee_department
        self.given = Counter({who: nominees.total() for who, nominees in self.to.items()})
        self.received = Counter({who: givers.total() for who, givers in self.by.items()})
        self.count = self.given.total()
        self.colleagues = Counter(self.department.values())
        self.between: Counter[tuple[int | None, int | None]] = Counter()
        for giver, nominee, count in self:
            self.between[self.department[giver], self.department[nominee]] += count
        self.from_department: Counter[int | None] = Counter()
        self.into_department: Counter[int | None] = Counter()
        for (giving, receiving), count in self.between.items():
            self.from_department[giving] += count
            self.into_department[receiving] += count

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        for giver, nominees in self.to.items():
            for nominee, count in nominees.items():
                yield giver, nominee, count

    def expected(self, giver: int, nominee: int) -> float:
        """How often, by how much both give and get and how their departments praise each other."""
        giving, receiving = self.department[giver], self.department[nominee]
        to_department = self.between[giving, receiving] / self.from_department[giving]
        of_department = self.received[nominee] / self.into_department[receiving]
        return self.given[giver] * to_department * of_department

    def own_share(self) -> float:
        """Of all praise, what stays in its department."""
        own = sum(n for (giving, receiving), n in self.between.items() if giving == receiving)
        return own / self.count


def rings(praise: Iterable[Praise]) -> list[Ring]:
    """Pairs and rings, the least likely first; nobody is in two of them."""
    edges = _Edges(praise)
    if edges.count < FEWEST_PRAISE or len(edges.department) < FEWEST_PEOPLE:
        return []
    own_share = edges.own_share()
    seeds = [who for group in strongly_connected(_strong(edges)) if len(group) > 1 for who in group]
    found = {ring for seed in seeds if (ring := _around(seed, edges, own_share))}
    taken: set[int] = set()
    kept = []
    for ring in sorted(found, key=lambda each: (each.chance, each.people)):
        if taken.isdisjoint(ring.people):
            kept.append(ring)
            taken.update(ring.people)
    return kept


def _strong(edges: _Edges) -> dict[int, list[int]]:
    strong: dict[int, list[int]] = defaultdict(list)
    for giver, nominee, count in edges:
        if count >= REPEATED:
            expected = edges.expected(giver, nominee)
            if chance_of_repeating(count, expected=expected) < STRONG:
                strong[giver].append(nominee)
    return strong


def _around(seed: int, edges: _Edges, own_share: float) -> Ring | None:
    """The least likely group that grows from somebody, each time by who closes it most."""
    people, link = [seed], Counter[int]()
    inside, touched = 0, _weight(seed, edges)
    best: Ring | None = None
    while len(people) < LARGEST:
        _link(people[-1], link, edges)
        near = [who for who in link if who not in people and edges.given[who] >= FEWEST_GIVEN]
        if not near:
            break
        chosen = max(
            near, key=lambda who: ((inside + link[who]) / (touched + _weight(who, edges)), -who)
        )
        inside += link[chosen]
        touched += _weight(chosen, edges)
        people.append(chosen)
        ring = _judged(people, edges, own_share)
        if ring and (best is None or ring.chance < best.chance):
            best = ring
    return best


def _weight(who: int, edges: _Edges) -> float:
    """What somebody gives counts most: nobody can help being praised by others."""
    return edges.given[who] + 0.3 * edges.received[who]


def _link(who: int, link: Counter[int], edges: _Edges) -> None:
    link.update(edges.to[who])
    link.update(edges.by[who])


def _judged(people: Collection[int], edges: _Edges, own_share: float) -> Ring | None:
    """The group as a ring, if it is one: seen as one in which each praises the next, as one in
    which each praises two others, and so on; the least likely view counts."""
    members = set(people)
    to_members = {
        who: [(each, n) for each, n in edges.to[who].most_common() if each in members]
        for who in people
    }
    inside = sum(n for followed in to_members.values() for _each, n in followed)
    given, received = (sum(count[who] for who in people) for count in (edges.given, edges.received))
    if inside < received * RECEIVED_INSIDE:
        return None
    by_department = own_share * _part_of_department(people, edges)
    chances = []
    for most in range(1, len(members)):
        followed = {who: dict(found[:most]) for who, found in to_members.items()}
        if _stays_inside(followed, edges):
            close = CLOSE_TEAM[min(most, len(CLOSE_TEAM)) - 1]
            # What a close team does not keep goes round the department, and so comes back in part.
            share = close + (1 - close) * by_department * most / (len(members) - 1)
            kept = sum(sum(nominees.values()) for nominees in followed.values())
            chances.append(chance_of_share(kept, of=given, share=share))
    if not chances or min(chances) > RARE:
        return None
    usual = _usual(members, edges)
    return Ring(tuple(sorted(members)), inside, given, received, usual, min(chances))


def _stays_inside(followed: dict[int, dict[int, int]], edges: _Edges) -> bool:
    for who, nominees in followed.items():
        if sum(nominees.values()) < max(FEWEST_GIVEN, edges.given[who] * OWN_INSIDE):
            return False
    return len(next(strongly_connected(followed))) == len(followed)


def _part_of_department(people: Collection[int], edges: _Edges) -> float:
    """Of a member's colleagues in the department, how many are members: 1 if they are all."""
    here = Counter(edges.department[who] for who in people)
    parts = [
        (here[own] - 1) / max(1, edges.colleagues[own] - 1)
        for own in (edges.department[who] for who in people)
    ]
    return sum(parts) / len(parts)


def _usual(members: set[int], edges: _Edges) -> float:
    """What others in the members' departments, or in the company, give to as many colleagues."""
    departments = {edges.department[who] for who in members}
    others = [who for who in edges.to if who not in members]
    near = [who for who in others if edges.department[who] in departments]
    peers = near if len(near) >= FEWEST_PEERS else others
    given = sum(edges.given[who] for who in peers)
    most = len(members) - 1
    return sum(n for who in peers for _each, n in edges.to[who].most_common(most)) / max(1, given)
