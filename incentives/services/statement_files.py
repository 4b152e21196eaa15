"""All statements of a run as files: one a person, and one bundle for print.

A file is complete or not there: it is written beside its place and then moved there. Names and
contents come from the run alone, so that whoever is killed on the way begins again and ends with
the same files.
"""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext as _

from incentives.models import BonusRun, BonusShare
from incentives.services.eligibility import BonusRefused
from incentives.services.statement_pdf import set_statement
from incentives.services.statements import Statements
from people.models import Employee, User
from people.services import audit
from people.services.binding import Portion, bind
from people.services.fonts import MissingCharacters
from people.services.typesetting import About, Sheet

BUNDLE = "bundle.pdf"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
RESERVED = {"bundle", "con", "prn", "aux", "nul"} | {
    f"{device}{number}" for device in ("com", "lpt") for number in range(10)
}
"""What Windows keeps for itself, and the bundle."""
PART, DRAWN = ".part", ".drawn"
SIZE = 200
"""Statements that are drawn together: less than a second's work."""


@dataclass(frozen=True)
class Missing:
    """A statement that could not be made, and the characters that no font has."""

    employee_id: int
    number: str
    characters: str
    message: str


@dataclass
class Written:
    statements: int = 0
    missing: list[Missing] = field(default_factory=list)


def write_statements(
    run: BonusRun, folder: Path, *, by: User, progress: Callable[[int, int], None] | None = None
) -> Written:
    """A PDF for each person and `bundle.pdf`, into `folder`; `progress` hears done and total.

    Statements with a character that no font has are left out and named. Raises BonusRefused when
    the run is not approved or somebody else writes there, OSError when the folder can't be written.
    """
    refuse_undecided(run)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone_in(folder):
        written = _write_all(run, folder, progress or _tell_nobody)
    _log(run, written, by=by)
    return written


def _tell_nobody(_done: int, _total: int) -> None:
    pass


def _write_all(run: BonusRun, folder: Path, progress: Callable[[int, int], None]) -> Written:
    written, paths = Written(), []
    portions = Portions(run, folder)
    for number, first in enumerate(range(0, run.employees, SIZE)):
        paths.append(portion_path(folder, number))
        for _made in portions.write(first, first + SIZE - 1, written, bound_from=paths[-1]):
            progress(written.statements + len(written.missing), run.employees)
    bind_bundle(run, folder, paths)
    return written


def refuse_undecided(run: BonusRun) -> None:
    if not run.is_decided():
        raise BonusRefused(
            _("The bonus of %(run)s is %(state)s: statements are made once it is approved.")
            % {"run": run, "state": run.get_state_display()}
        )


def _log(run: BonusRun, written: Written, *, by: User) -> None:
    audit.record(
        "write_statements", by=by, subject=f"bonus:{run.pool}:{run.year}:{run.pk}",
        after={"statements": written.statements, "missing": len(written.missing)},
    )  # fmt: skip


class Portions:
    """Statements of a run, drawn some at a time into a folder."""

    def __init__(self, run: BonusRun, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.statements, self.name_of = Statements(run), FileNames()

    def write(self, first: int, last: int, written: Written, *, bound_from: Path) -> Iterator[Path]:
        """Each statement's file, once it is there, of the shares from one position to another; at
        the end, what the bundle is bound from. `written` counts them or names what they lack."""
        shares: list[BonusShare] = []
        portion = Portion(self._set(first, last, shares, written))
        files = portion.files(made_at=decided_at(self.run))
        for share, file in zip(shares, files, strict=True):
            path = self.folder / self.name_of(share.employee.number)
            with complete(path) as out:
                out.write(file)
            written.statements += 1
            yield path
        with complete(bound_from) as out:
            portion.save_for_print(out)

    def _set(
        self, first: int, last: int, shares: list[BonusShare], written: Written
    ) -> Iterator[Sheet]:
        """Those that can be printed, noted in `shares`."""
        found = self.run.shares.filter(position__gte=first, position__lte=last)
        for share in found.select_related("employee", "department").order_by("position"):
            try:
                sheet = set_statement(self.statements.of(share))
            except MissingCharacters as refused:
                written.missing.append(_missing(share, refused))
                continue
            shares.append(share)
            yield sheet


def _missing(share: BonusShare, refused: MissingCharacters) -> Missing:
    employee = share.employee
    return Missing(employee.pk, employee.number, refused.characters, str(refused))


def decided_at(run: BonusRun) -> datetime:
    """What the files say about when they were made: the same whenever they are."""
    return run.approved_at or run.made_at


def portion_path(folder: Path, number: int) -> Path:
    """Where a portion waits to be bound."""
    return folder / f".{number:06}{DRAWN}"


def bind_bundle(run: BonusRun, folder: Path, portions: Sequence[Path]) -> None:
    """`bundle.pdf` of all portions, which are taken away then."""
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Bonus statements %(year)s") % {"year": run.year}
    about = About(title, settings.WAGTAIL_SITE_NAME, settings.LANGUAGE_CODE)
    with complete(folder / BUNDLE) as out:
        bind(portions, Path(out.name), about, made_at=decided_at(run))
    for path in portions:
        path.unlink(missing_ok=True)


class FileNames:
    """A file's name by an employee number: plain ones as they are, all others with a digest, so
    that no number leaves the folder, none is a device, and no two meet where case is ignored."""

    def __init__(self) -> None:
        folded = Employee.objects.annotate(folded=Lower("number")).values("folded").order_by()
        twins = folded.annotate(count=Count("pk")).filter(count__gt=1)
        self.taken = RESERVED | set(twins.values_list("folded", flat=True))

    def __call__(self, number: str) -> str:
        if PLAIN.fullmatch(number) and number.lower() not in self.taken:
            return f"{number}.pdf"
        readable = re.sub(r"[^A-Za-z0-9]+", "-", number).strip("-")
        # A plain name has no "~", so this is nobody else's.
        return f"{readable}~{hashlib.sha256(number.encode()).hexdigest()[:16]}.pdf"


@contextmanager
def complete(path: Path) -> Iterator[BinaryIO]:
    """Written beside its place under a name of its own, moved there at the end."""
    part = path.with_name(f".{secrets.token_hex(8)}{PART}")
    try:
        with part.open("xb") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """What killed predecessors left is taken away, and nobody else's. Raises BonusRefused when
    somebody writes here."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in (*folder.glob(f".*{PART}"), *folder.glob(f".*{DRAWN}")):
            left.unlink()
        yield
    except BlockingIOError:
        raise BonusRefused(
            _("Somebody else is writing statements into %(folder)s.") % {"folder": folder}
        ) from None
    finally:
        os.close(held)
