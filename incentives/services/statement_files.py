"""All statements of a run as files: one a person, and one bundle for print.

A file is complete or not there: it is written beside its place and then moved there. Names and
contents come from the run alone, so that whoever is killed on the way begins again and ends with
the same files.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext as _

from incentives.models import BonusRun, BonusShare
from incentives.services.eligibility import BonusRefused
from incentives.services.statement_pdf import printed
from incentives.services.statements import Statements
from people.models import Employee, User
from people.services import audit
from people.services.fonts import MissingCharacters
from people.services.pdf_writing import PdfFile, pdf_of
from people.services.typesetting import Printed

BUNDLE = "bundle.pdf"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
RESERVED = {"bundle", "con", "prn", "aux", "nul"} | {
    f"{device}{number}" for device in ("com", "lpt") for number in range(10)
}
"""What Windows keeps for itself, and the bundle."""
PART = ".part"


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
    written = Written()
    with _alone_in(folder), complete(folder / BUNDLE) as out:
        bundle = bundle_of(run, out)
        for made in draw(run, run.shares.all(), folder=folder, written=written):
            bundle.add(made)
            if progress:
                progress(written.statements + len(written.missing), run.employees)
        bundle.finish(made_at=decided_at(run))
    _log(run, written, by=by)
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


def draw(
    run: BonusRun, shares: QuerySet[BonusShare], *, folder: Path, written: Written
) -> Iterator[Printed]:
    """Each statement, once its file is there; `written` counts it or names what it lacks."""
    statements, name_of = Statements(run), FileNames()
    found = shares.select_related("employee", "department").order_by("position")
    for share in found.iterator(chunk_size=200):
        try:
            made = printed(statements.of(share))
        except MissingCharacters as refused:
            written.missing.append(_missing(share, refused))
            continue
        with complete(folder / name_of(share.employee.number)) as out:
            out.write(pdf_of(made, made_at=decided_at(run)))
        written.statements += 1
        yield made


def _missing(share: BonusShare, refused: MissingCharacters) -> Missing:
    employee = share.employee
    return Missing(employee.pk, employee.number, refused.characters, str(refused))


def decided_at(run: BonusRun) -> datetime:
    """What the files say about when they were made: the same whenever they are."""
    return run.approved_at or run.made_at


def bundle_of(run: BonusRun, out: BinaryIO) -> PdfFile:
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        title = _("Bonus statements %(year)s") % {"year": run.year}
    return PdfFile(out, title=title, author=settings.WAGTAIL_SITE_NAME, language=language)


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
        for part in folder.glob(f".*{PART}"):
            part.unlink()
        yield
    except BlockingIOError:
        raise BonusRefused(
            _("Somebody else is writing statements into %(folder)s.") % {"folder": folder}
        ) from None
    finally:
        os.close(held)


def store_drawn(drawn: Iterable[Printed], path: Path) -> None:
    """Keeps drawn statements for the bundle, a line each."""
    with complete(path) as out:
        for made in drawn:
            out.write(json.dumps(made.as_json()).encode() + b"\n")


def stored_drawn(path: Path) -> Iterator[Printed]:
    with path.open("rb") as lines:
        for line in lines:
            yield Printed.from_json(json.loads(line))
