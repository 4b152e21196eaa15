"""Praise between two accounts that may be one person's.

Two people may have one name, and a household one computer: what is found is a question, and never
an answer. A name that several bear says nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from people.names import folded

NAME, LOOK_ALIKE, MAIL, DEVICE = "name", "look-alike", "mail", "device"
COMMON_NAME = 3
TOGETHER = timedelta(minutes=10)

# Letters of other scripts, and digits, that print like Latin ones. Source: Unicode Technical
# Standard 39, confusables; those of Cyrillic, Greek and Armenian that names are faked with.
_LIKE = dict(
    zip(
        "аеорсухіјѕһԁԛԝмтвнкгьαοερνυικτχημβγօսհոզց01|!",
        "aeopcyxijshdqwmtbhkrbaoepvuiktxnubyouhnqgoili",
        strict=True,
    )
)
_LOOKS = str.maketrans(_LIKE | {"l": "i"})


@dataclass(frozen=True)
class Person:
    """`accounts` sessions are (device, when it was last seen); a device is any text for it."""

    pk: int
    name: str
    mail: str = ""
    sessions: tuple[tuple[str, datetime], ...] = field(default_factory=tuple)


class Between(NamedTuple):
    """Praise from one to another."""

    nomination: int
    giver: int
    nominee: int


@dataclass(frozen=True)
class SecondAccount:
    """Two that look like one person, what speaks for it, and the praise between them."""

    people: tuple[int, int]
    signs: tuple[str, ...]
    nominations: tuple[int, ...]


def skeleton(name: str) -> str:
    """What a name looks like: “Аnn” with a Cyrillic А is Latin “Ann”."""
    return folded(name.casefold().translate(_LOOKS)).translate(_LOOKS)


def mailbox(mail: str) -> str:
    """Where mail arrives whatever is behind a +: ann+2@example.org is ann@example.org."""
    local, _at, host = mail.casefold().partition("@")
    return f"{local.partition('+')[0]}@{host}" if host else ""


def second_accounts(praise: Iterable[Between], people: Mapping[int, Person]) -> list[SecondAccount]:
    """Pairs between whom praise went and who may be one person."""
    between: dict[tuple[int, int], list[int]] = defaultdict(list)
    for each in praise:
        between[min(each.giver, each.nominee), max(each.giver, each.nominee)].append(
            each.nomination
        )
    names = Counter(folded(person.name) for person in people.values())
    shared = _shared_devices(people.values())
    return [
        SecondAccount(pair, signs, tuple(sorted(set(nominations))))
        for pair, nominations in sorted(between.items())
        if pair[0] in people and pair[1] in people
        if (signs := tuple(_signs(people[pair[0]], people[pair[1]], names, pair in shared)))
    ]


def _signs(one: Person, other: Person, names: Counter[str], device: bool) -> Iterable[str]:
    name = folded(one.name)
    if name and name == folded(other.name):
        if names[name] < COMMON_NAME:
            yield NAME
    elif skeleton(one.name) == skeleton(other.name):
        yield LOOK_ALIKE
    if mailbox(one.mail) and mailbox(one.mail) == mailbox(other.mail):
        yield MAIL
    if device:
        yield DEVICE


def _shared_devices(people: Collection[Person]) -> set[tuple[int, int]]:
    """Pairs who were seen on one device within minutes, and nobody else ever on it: what a whole
    shift signs in on says nothing."""
    seen: dict[str, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for person in people:
        for device, at in person.sessions:
            seen[device][person.pk].append(at)
    found = set()
    for by in seen.values():
        if len(by) == 2:
            (one, times), (other, others) = sorted(by.items())
            if any(abs(a - b) <= TOGETHER for a in times for b in others):
                found.add((one, other))
    return found
