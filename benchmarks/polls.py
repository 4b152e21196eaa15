"""The count of a poll, its seal, and casting.

Count: floor is one SQL statement that counts the same answers, as rows, by item, cell and answer.
Seal: floor is opening the boxes alone. Cast: floor is the two rows of a ballot written bare.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.emptying import empty
from benchmarks.timing import timed
from people.models import User
from surveys.models import (
    BallotInbox,
    Cell,
    Question,
    SpentCredential,
    Theme,
    Wave,
    WaveItem,
    Wording,
)
from surveys.rules.keeping import Keeper
from surveys.rules.questionnaire import Item, Kind
from surveys.rules.sealing import Opener, new_half, sealed
from surveys.rules.suppression import Tree
from surveys.rules.tally import Tally
from surveys.services.launching import longest
from surveys.services.sealing import seal
from surveys.services.station import Credential, _proof, cast_ballot, items_of, written

QUESTIONS, THEMES, COMMENTS = 40, 8, 2
DIVISIONS, TEAMS = 10, 10
TURNS = 5
MIB = 1024


def _paths() -> tuple[list[str], list[str]]:
    """Of 10 divisions with 10 teams each: all, and the smallest."""
    paths, atoms, number = ["0"], [], 1
    for _division in range(DIVISIONS):
        upper = f"0.{number}"
        paths.append(upper)
        number += 1
        for _team in range(TEAMS):
            paths.append(f"{upper}.{number}")
            atoms.append(paths[-1])
            number += 1
    return paths, atoms


def _ballots(n: int, atoms: int) -> list[tuple[int, dict[int, int]]]:
    """Teams of 3 to 250; one answer in twenty is left out."""
    chance = random.Random(1)
    sizes = [chance.choice([3, 8, 20, 60, 100, 250]) for _atom in range(atoms)]
    return [
        (cell, {item: chance.choice([1, 2, 3, 4, 4, 5, 5]) for item in range(1, QUESTIONS + 1)
                if chance.random() > 0.05})
        for cell in chance.choices(range(atoms), sizes, k=n)
    ]  # fmt: skip


def count_ballots(report: Callable) -> None:
    """10,000 ballots of 40 questions in 111 cells, with suppression and its audit."""
    paths, atoms = _paths()
    ballots = _ballots(10_000, len(atoms))
    items = [Item(number, Kind.AGREEMENT) for number in range(1, QUESTIONS + 1)]
    each = QUESTIONS // THEMES
    themes = {f"t{n}": list(range(each * n + 1, each * n + each + 1)) for n in range(THEMES)}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE answers (item smallint, cell int, answer smallint)")
        cursor.executemany(
            "INSERT INTO answers VALUES (%s, %s, %s)",
            [(item, cell, answer) for cell, own in ballots for item, answer in own.items()],
        )

        def floor() -> None:
            cursor.execute("SELECT item, cell, answer, count(*) FROM answers GROUP BY 1, 2, 3")
            cursor.fetchall()

        def product() -> None:
            tally = Tally(items, range(len(atoms)))
            for cell, own in ballots:
                tally.add(cell, own)
            Keeper(Tree(paths), atoms, fewest=7).keep(tally, themes)

        taken = [(timed(floor), timed(product)) for _turn in range(TURNS)]
        cursor.execute("DROP TABLE answers")
    report(
        "count of 10,000 ballots of 40 questions", floor=[a for a, _b in taken],
        product=[b for _a, b in taken], goal="goal at most 3 times",
    )  # fmt: skip


def _open_wave() -> tuple[Wave, tuple[str, str], list[int]]:
    system = User.objects.system()
    now, halves = timezone.now(), (new_half(), new_half())
    wave = Wave.objects.create(code="bench", name="Bench", made_by=system)
    themes = [Theme.objects.create(code=f"t{n}", name=f"Theme {n}") for n in range(THEMES)]
    for number in range(1, QUESTIONS + COMMENTS + 1):
        is_comment = number > QUESTIONS
        question = Question.objects.create(
            code=f"q{number}", kind=Kind.COMMENT if is_comment else Kind.AGREEMENT,
            theme=None if is_comment else themes[number % THEMES],
        )  # fmt: skip
        wording = Wording.objects.create(
            question=question, number=1, texts={"en": {"text": "?"}}, made_by=system, made_at=now
        )
        WaveItem.objects.create(wave=wave, number=number, wording=wording)
    paths, atoms = _paths()
    Cell.objects.bulk_create(
        Cell(wave=wave, number=number, path=path, name=path, is_atom=path in atoms, invited=2_000)
        for number, path in enumerate(paths)
    )
    wave.state, wave.policy_digest = Wave.State.OPEN, "0" * 64
    wave.opens_at, wave.closes_at = now - timedelta(days=1), now + timedelta(days=1)
    wave.hr_key, wave.staff_key = halves[0].public, halves[1].public
    wave.ballot_length = longest(items_of(wave))
    wave.save()
    numbers = [number for number, path in enumerate(paths) if path in atoms]
    return wave, (halves[0].code, halves[1].code), numbers


def seal_poll(report: Callable) -> None:
    """100,000 ballots, a comment in every fifth."""
    empty()
    wave, codes, cells = _open_wave()
    made = 0
    for portion in range(100):
        boxes = []
        for place, own in _ballots(1_000, len(cells)):
            made += 1
            answers: dict[int, object] = {**own}
            if made % 5 == 0:
                answers[QUESTIONS + 1] = f"Comment {portion} {made}: more light, and fewer forms."
            content = written(cells[place], answers)
            boxes.append(sealed(content, publics=wave.publics, length=wave.ballot_length))
        BallotInbox.objects.bulk_create(BallotInbox(wave=wave, box=box) for box in boxes)
    opener = Opener(codes, publics=wave.publics)
    some = [bytes(row.box) for row in BallotInbox.objects.all()[:1_000]]
    floor = [100 * timed(lambda: [opener.opened(box) for box in some]) for _turn in range(3)]
    later = wave.closes_at + timedelta(seconds=1)
    # Memory is counted from here on: making the ballots held more than the seal does.
    Path("/proc/self/clear_refs").write_text("5")
    product = timed(lambda: seal(wave, codes, by=User.objects.system(), now=later))
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / MIB
    report(
        f"seal of 100,000 ballots of {wave.ballot_length} bytes, peak {peak:.0f} MiB",
        floor=floor, product=[product], goal="goal under 120 s and 500 MiB",
    )  # fmt: skip
    empty()


def cast_ballots(report: Callable) -> None:
    """The service alone, one process: 1,000 ballots with their answers checked and sealed."""
    empty()
    wave, _codes, cells = _open_wave()
    ballots = _ballots(1_000, len(cells))
    now = timezone.now()
    credentials = [_credential(wave, cells[place], n) for n, (place, _own) in enumerate(ballots)]
    floor, product = [], []
    for number, (credential, (_place, own)) in enumerate(zip(credentials, ballots, strict=True)):
        floor.append(timed(lambda n=number: _bare(wave, n)))
        product.append(timed(lambda c=credential, a=own: cast_ballot(c, a, now=now)))
    report(
        "casting a ballot", floor=floor, product=product,
        goal=f"{1 / (sum(product) / len(product)):.0f} a second by one process",
    )  # fmt: skip
    empty()


def _credential(wave: Wave, cell: int, n: int) -> Credential:
    chance = f"{n:043d}"
    return Credential(wave.code, cell, chance, _proof(wave.code, cell, chance))


def _bare(wave: Wave, n: int) -> None:
    with transaction.atomic():
        SpentCredential.objects.create(digest=f"bare {n}", wave=wave)
        BallotInbox.objects.create(wave=wave, box=b"0" * wave.ballot_length)
