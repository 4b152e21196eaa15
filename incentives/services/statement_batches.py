"""The statements of a run made in the background: in portions, by as many workers as there are.

A worker takes a portion for a while and tells when it is done. One that was killed does not tell,
and after that while another takes its portion; files are the same whoever makes them.
"""

import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import BonusRun, StatementBatch, StatementPortion
from incentives.services.eligibility import BonusRefused
from incentives.services.statement_files import (
    BUNDLE,
    SIZE,
    Portions,
    Written,
    bind_bundle,
    portion_path,
    refuse_undecided,
)
from people.models import Employee, SalaryLook, User
from people.services import audit
from people.services.retrying import retried

TAKEN_FOR = timedelta(minutes=10)
KEPT = timedelta(days=30)
WHERE = "bonus statements"


@retried
@transaction.atomic
def start(run: BonusRun, *, by: User, now: datetime) -> StatementBatch:
    """A batch of all portions, for which tasks are to be enqueued. Raises BonusRefused when the
    run is not approved or its statements are being made."""
    run = BonusRun.objects.select_for_update(of=("self",)).select_related("pool").get(pk=run.pk)
    refuse_undecided(run)
    batches = StatementBatch.objects.filter(run=run)
    if batches.filter(finished_at=None).exists():
        raise BonusRefused(_("The statements of %(run)s are being made already.") % {"run": run})
    for old in batches.exclude(folder=""):
        _take_away(old)
    batch = StatementBatch.objects.create(
        run=run, folder=secrets.token_hex(16), made_by=by, made_at=now
    )
    StatementPortion.objects.bulk_create(_portions(batch, run.employees), batch_size=1000)
    audit.record("start_statements", by=by, subject=f"bonus:{run.pool}:{run.year}:{run.pk}")
    return batch


def _portions(batch: StatementBatch, people: int) -> list[StatementPortion]:
    found = [
        StatementPortion(
            batch=batch, number=number, first=first, last=min(first + SIZE, people) - 1
        )
        for number, first in enumerate(range(0, people, SIZE))
    ]
    bundle = StatementPortion(
        batch=batch, number=len(found), is_bundle=True, first=0, last=max(people - 1, 0)
    )
    return [*found, bundle]


def folder_of(batch: StatementBatch) -> Path:
    return Path(settings.STATEMENTS_ROOT) / batch.folder


def has_bundle(batch: StatementBatch) -> bool:
    is_made = batch.finished_at is not None and batch.folder != ""
    return is_made and (folder_of(batch) / BUNDLE).exists()


def make_a_portion(batch_id: int) -> StatementPortion | None:
    """Take a portion that nobody works on, and make it; None when there is none."""
    portion = _take(batch_id, now=timezone.now())
    if portion is None:
        return None
    folder = folder_of(portion.batch)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if portion.is_bundle:
        _make_bundle(portion.batch, folder)
        _end(portion, Written(), now=timezone.now())
    else:
        _end(portion, _make_files(portion, folder), now=timezone.now())
    return portion


@retried
@transaction.atomic
def _take(batch_id: int, *, now: datetime) -> StatementPortion | None:
    """The bundle only when all else is done."""
    portions = StatementPortion.objects.filter(batch=batch_id)
    free = portions.free(now).select_related("batch__run__pool").order_by("number")
    portion = free.select_for_update(
        of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
    ).first()
    if portion is None:
        return None
    if portion.is_bundle and portions.open().exclude(pk=portion.pk).exists():
        return None
    portion.taken_by, portion.taken_until = secrets.token_hex(16), now + TAKEN_FOR
    portion.save(update_fields=["taken_by", "taken_until"])
    return portion


def _make_files(portion: StatementPortion, folder: Path) -> Written:
    written = Written()
    portions = Portions(portion.batch.run, folder)
    bound_from = portion_path(folder, portion.number)
    for _made in portions.write(portion.first, portion.last, written, bound_from=bound_from):
        pass
    return written


def _make_bundle(batch: StatementBatch, folder: Path) -> None:
    if (folder / BUNDLE).exists():
        return  # By one that was killed before it could tell.
    numbers = batch.portions.filter(is_bundle=False).values_list("number", flat=True)
    bind_bundle(batch.run, folder, [portion_path(folder, number) for number in sorted(numbers)])


@retried
@transaction.atomic
def _end(portion: StatementPortion, written: Written, *, now: datetime) -> None:
    """Unless somebody else has taken it over: then that one tells."""
    missing = [
        {"employee_id": each.employee_id, "number": each.number, "characters": each.characters}
        for each in written.missing
    ]
    own = StatementPortion.objects.open().filter(pk=portion.pk, taken_by=portion.taken_by)
    told = own.update(done_at=now, statements=written.statements, missing=missing)
    if told and portion.is_bundle:
        StatementBatch.objects.filter(pk=portion.batch_id).update(finished_at=now)


def has_work(batch_id: int, *, now: datetime) -> bool:
    """A portion is free, or nothing but the bundle is left to make."""
    portions = StatementPortion.objects.filter(batch=batch_id)
    if portions.free(now).filter(is_bundle=False).exists():
        return True
    bundle_is_free = portions.free(now).filter(is_bundle=True).exists()
    return bundle_is_free and not portions.open().filter(is_bundle=False).exists()


def left_lying(*, now: datetime) -> list[int]:
    """Batches begun a while ago of which something waits for a worker: one was killed."""
    begun = StatementBatch.objects.filter(finished_at=None, made_at__lt=now - TAKEN_FOR)
    ids = begun.order_by("pk").values_list("pk", flat=True)
    return [batch_id for batch_id in ids if has_work(batch_id, now=now)]


@dataclass(frozen=True)
class Progress:
    """How far a batch is, in statements; `missing` as its portions name them."""

    done: int
    total: int
    missing: list[dict]


def progress_of(batch: StatementBatch) -> Progress:
    told = batch.portions.aggregate(made=Sum("statements"))
    lists = batch.portions.exclude(missing=[]).values_list("missing", flat=True)
    missing = [each for portion in lists for each in portion]
    return Progress((told["made"] or 0) + len(missing), batch.run.employees, missing)


@transaction.atomic
def take_bundle(batch: StatementBatch | None, *, by: User) -> Path:
    """The bundle for download: everybody's salary is in it, so that each look is logged.

    Raises BonusRefused when there is none, or no more, or the run is void by now.
    """
    if batch is None or not has_bundle(batch):
        raise BonusRefused(_("There is no bundle of these statements, or no more; make them anew."))
    refuse_undecided(batch.run)
    shares = batch.run.shares.values_list("employee", flat=True)
    SalaryLook.objects.bulk_create(
        [SalaryLook(by=by, employee_id=employee, where=WHERE) for employee in shares],
        batch_size=2000,
    )
    run = batch.run
    audit.record("take_statements", by=by, subject=f"bonus:{run.pool}:{run.year}:{run.pk}")
    return folder_of(batch) / BUNDLE


def take_away_old(*, now: datetime) -> int:
    """Files older than a month are deleted: salaries lie about no longer than they are of use."""
    old = StatementBatch.objects.filter(finished_at__lt=now - KEPT).exclude(folder="")
    for batch in old:
        _take_away(batch)
    return len(old)


def forget(employee: Employee, _called: tuple[str, ...]) -> None:
    """Files with the name and the salary of somebody who is erased; made anew they have neither."""
    theirs = StatementBatch.objects.filter(run__shares__employee=employee).exclude(folder="")
    for batch in theirs.exclude(finished_at=None):
        _take_away(batch)


def _take_away(batch: StatementBatch) -> None:
    shutil.rmtree(folder_of(batch), ignore_errors=True)
    batch.folder = ""
    batch.save(update_fields=["folder"])
