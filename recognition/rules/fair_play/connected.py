"""Strongly connected groups of a directed graph. networkx knows them too; thirty lines of our own
are less to carry than a package."""

from collections.abc import Iterable, Iterator, Mapping

Graph = Mapping[int, Iterable[int]]


def strongly_connected(graph: Graph) -> Iterator[set[int]]:
    """Groups in which everybody reaches everybody else along the edges; single nodes too.

    Source: Tarjan, “Depth-first search and linear graph algorithms” (1972), with a path of its own
    instead of recursion, which ends at a thousand people.
    """
    found_at: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_ones: list[int] = []
    is_open: set[int] = set()
    for root in graph:
        path = [] if root in found_at else [(root, iter((root,)))]
        while path:
            node, onwards = path[-1]
            if node not in found_at:
                found_at[node] = lowest[node] = len(found_at)
                open_ones.append(node)
                is_open.add(node)
                onwards = iter(graph.get(node, ()))
                path[-1] = (node, onwards)
            for following in onwards:
                if following not in found_at:
                    path.append((following, iter(())))
                    break
                if following in is_open:
                    lowest[node] = min(lowest[node], lowest[following])
            else:
                path.pop()
                if path:
                    before = path[-1][0]
                    lowest[before] = min(lowest[before], lowest[node])
                if lowest[node] == found_at[node]:
                    yield _closed(node, open_ones, is_open)


def _closed(node: int, open_ones: list[int], is_open: set[int]) -> set[int]:
    group = set()
    while node in is_open:
        group.add(open_ones.pop())
        is_open -= group
    return group
