"""Which card line is which case: only where it can't be otherwise.

Per currency and amount, lines and cases form a bipartite graph: an edge where the line is dated
from two days before to seven days after the case. The best sets of pairs are those with most
pairs, and among them with the fewest days between line and case. A pair is certain when it is in
every best set. Lines of one day are alike, and so are cases: the graph is one of days with numbers,
its best set a maximum flow of least cost (Ahuja, Magnanti, Orlin, Network Flows, 9.7), and a pair
is certain when no way through the rest of the flow replaces it at the same cost.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

DAYS_BEFORE, DAYS_AFTER = 2, 7
"""How long before and after the day of the case its line may be dated: the shop's clock or zone is
ahead; the issuer books a week later."""


@dataclass(frozen=True)
class Item:
    """A card line, a case or a return; `amount_minor` above zero in minor units."""

    key: int
    day: date
    amount_minor: int
    currency: str


Pair = tuple[int, int]
"""The keys of a line and of what it may be."""


def fits(line: Item, case: Item) -> bool:
    same = (line.amount_minor, line.currency) == (case.amount_minor, case.currency)
    return same and _in_reach(line.day, case.day)


def _in_reach(line_day: date, case_day: date) -> bool:
    return -DAYS_BEFORE <= (line_day - case_day).days <= DAYS_AFTER


def certain(
    lines: Iterable[Item], cases: Iterable[Item], apart: frozenset[Pair] = frozenset()
) -> list[Pair]:
    """The pairs in every best set, in the order of lines; `apart` are pairs that are none."""
    found: list[Pair] = []
    alike_cases = _alike(cases)
    for alike, some in _alike(lines).items():
        found += _certain_of(some, alike_cases.get(alike, []), apart)
    return sorted(found)


def _alike(items: Iterable[Item]) -> dict[tuple[str, int], list[Item]]:
    groups = defaultdict(list)
    for item in items:
        groups[item.currency, item.amount_minor].append(item)
    return groups


Node = tuple[str, object]
SOURCE, SINK = ("source", None), ("sink", None)


def _certain_of(lines: list[Item], cases: list[Item], apart: frozenset[Pair]) -> Iterator[Pair]:
    """Of lines and cases with one amount."""
    line_nodes = _by_node("line", lines, {line for line, _case in apart})
    case_nodes = _by_node("case", cases, {case for _line, case in apart})
    flow = Flow()
    edges = []
    for node, some in line_nodes.items():
        flow.add(SOURCE, node, len(some), 0)
        for day in _days_in_reach(some[0].day):
            for other in case_nodes.by_day.get(day, ()):
                them = case_nodes[other]
                if (some[0].key, them[0].key) in apart:
                    continue
                flow.add(node, other, min(len(some), len(them)), abs((some[0].day - day).days))
                edges.append((node, other))
    for node, some in case_nodes.items():
        flow.add(node, SINK, len(some), 0)
    flow.fill()
    for node, other in edges:
        alone = len(line_nodes[node]) == len(case_nodes[other]) == 1
        if alone and flow.must_use(node, other):
            yield line_nodes[node][0].key, case_nodes[other][0].key


def _days_in_reach(line_day: date) -> Iterator[date]:
    for days in range(-DAYS_BEFORE, DAYS_AFTER + 1):
        yield line_day - timedelta(days=days)


class Nodes(dict[Node, list[Item]]):
    """Items by node, and the nodes of each day."""

    def __init__(self) -> None:
        super().__init__()
        self.by_day: dict[date, list[Node]] = defaultdict(list)


def _by_node(side: str, items: list[Item], special: set[int]) -> Nodes:
    """Items of one day are one node; those that are kept from somebody are nodes of their own."""
    nodes = Nodes()
    for item in items:
        node: Node = (side, (item.day, item.key if item.key in special else None))
        if node not in nodes:
            nodes[node] = []
            nodes.by_day[item.day].append(node)
        nodes[node].append(item)
    return nodes


class Flow:
    """A network with room and cost on its arcs, filled as far as possible at the least cost."""

    def __init__(self) -> None:
        self.room: dict[Node, dict[Node, int]] = defaultdict(dict)
        self.cost: dict[tuple[Node, Node], int] = {}

    def add(self, start: Node, end: Node, room: int, cost: int) -> None:
        self.room[start][end] = room
        self.room[end].setdefault(start, 0)
        self.cost[start, end], self.cost[end, start] = cost, -cost

    def fill(self) -> None:
        """Along the cheapest way, again and again: after each the flow is the cheapest of its
        size."""
        while way := self._cheapest(SOURCE, SINK)[1]:
            pushed = min(self.room[start][end] for start, end in way)
            for start, end in way:
                self.room[start][end] -= pushed
                self.room[end][start] += pushed

    def must_use(self, start: Node, end: Node) -> bool:
        """Whether every flow as large and as cheap goes through this arc of room 1."""
        if self.room[start][end]:
            return False
        cost, way = self._cheapest(start, end)
        return not way or cost > self.cost[start, end]

    def _cheapest(self, start: Node, end: Node) -> tuple[int, list[tuple[Node, Node]]]:
        """Cost and arcs of the cheapest way with room (Bellman and Ford); no arcs: none."""
        costs, before = {start: 0}, {start: start}
        waiting, queued = deque([start]), {start}
        while waiting:
            node = waiting.popleft()
            queued.remove(node)
            for other, room in self.room[node].items():
                cost = costs[node] + self.cost[node, other]
                if room and cost < costs.get(other, cost + 1):
                    costs[other], before[other] = cost, node
                    if other not in queued:
                        queued.add(other)
                        waiting.append(other)
        if end not in costs:
            return 0, []
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        way.reverse()
        return costs[end], list(pairwise(way))
