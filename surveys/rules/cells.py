"""Cells as paths: "0" is everybody, "0.2.4" a part of "0.2"."""

from collections import defaultdict
from collections.abc import Mapping


def above(path: str) -> str | None:
    """The cell that this one is a part of; None for everybody."""
    return path.rpartition(".")[0] or None


def comment_cells(ballots: Mapping[str, int], *, fewest: int) -> dict[str, str] | None:
    """By atom, the cell under which its comments are kept: the nearest above, or itself, that holds
    comments of at least `fewest` ballots which no cell below it holds already. None where there are
    fewer in all: then no comment can be kept.

    `ballots`: by atom's path.
    """
    if sum(ballots.values()) < fewest:
        return None
    waiting: dict[str, list[str]] = defaultdict(list)
    for atom in ballots:
        waiting[atom].append(atom)
    kept: dict[str, list[str]] = {}
    for path in sorted(_every_path(ballots), key=lambda each: -each.count(".")):
        atoms = waiting.pop(path, [])
        if sum(ballots[atom] for atom in atoms) >= fewest:
            kept[path] = atoms
        elif (upper := above(path)) is not None:
            waiting[upper] += atoms
        elif atoms:
            kept[path] = atoms + _taken_up(kept, ballots, fewest - _sum(atoms, ballots))
    return {atom: path for path, atoms in kept.items() for atom in atoms}


def _taken_up(kept: dict[str, list[str]], ballots: Mapping[str, int], missing: int) -> list[str]:
    """What is left over at the top and too little is told together with others, the fewest first:
    alone it would be told by all the rest."""
    taken: list[str] = []
    while missing > _sum(taken, ballots):
        least = min(kept, key=lambda path: (_sum(kept[path], ballots), path))
        taken += kept.pop(least)
    return taken


def _sum(atoms: list[str], ballots: Mapping[str, int]) -> int:
    return sum(ballots[atom] for atom in atoms)


def _every_path(ballots: Mapping[str, int]) -> set[str]:
    found: set[str] = set()
    for atom in ballots:
        path: str | None = atom
        while path is not None and path not in found:
            found.add(path)
            path = above(path)
    return found
