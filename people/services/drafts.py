"""An uploaded file's way: checked, looked at, applied as a whole, each step once."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import ImportDraft, User
from people.services.account_notices import tell_of_import
from people.services.importing import ImportRefused, Options, Problem, importer, run_import

State = ImportDraft.State
UNDER_WAY = (State.WAITING, State.CHECKING, State.APPLYING)
COUNTS = ("rows", "created", "updated", "unchanged", "skipped")


def upload(kind: str, content: bytes, *, filename: str, options: Options, by: User) -> ImportDraft:
    return ImportDraft.objects.create(
        kind=kind, content=content, filename=filename[:200], options=options.as_json(), made_by=by
    )


def check_draft(draft_id: int) -> None:
    """Dry run of a draft; its report says what would change or what is wrong."""
    draft = _take(draft_id, from_states=(State.WAITING,), to=State.CHECKING)
    if draft:
        _run(draft, dry_run=True, then=State.CHECKED)


def begin_applying(draft_id: int) -> bool:
    """Mark a checked draft as being applied; False when it is not, or no longer, just checked."""
    return _take(draft_id, from_states=(State.CHECKED,), to=State.APPLYING) is not None


def apply_draft(draft_id: int) -> None:
    """Import a draft that begin_applying has marked; it is checked again while it is written."""
    draft = ImportDraft.objects.filter(pk=draft_id, state=State.APPLYING).first()
    if draft and not draft.made_by.has_perm(importer(draft.kind).permission):
        why = "you no longer have the right to import this; nothing was changed"
        _refuse(draft, why, tell=True)
    elif draft:
        _run(draft, dry_run=False, then=State.APPLIED)


@transaction.atomic
def _take(draft_id: int, *, from_states: tuple, to: str) -> ImportDraft | None:
    """A draft in one of these states, now in the next one; None when somebody was faster."""
    moved = ImportDraft.objects.filter(pk=draft_id, state__in=from_states).update(
        state=to, done=0, total=0
    )
    return ImportDraft.objects.get(pk=draft_id) if moved else None


def _run(draft: ImportDraft, *, dry_run: bool, then: str) -> None:
    def progress(done: int, total: int) -> None:
        ImportDraft.objects.filter(pk=draft.pk).update(done=done, total=total)

    try:
        report = run_import(
            draft.kind,
            bytes(draft.content),
            filename=draft.filename,
            options=Options.from_json(draft.options),
            by=draft.made_by,
            dry_run=dry_run,
            progress=progress,
        )
    except ImportRefused as refused:
        draft.state = State.REFUSED
        draft.report = refused.report.as_json(refused.problems) if refused.report else {}
    except Exception:
        why = "the import failed inside Ninetyfive; nothing was changed. Tell support."
        _refuse(draft, why, tell=not dry_run)
        raise
    else:
        draft.state, draft.report = then, report.as_json()
    _end(draft, tell=not dry_run)


@transaction.atomic
def _end(draft: ImportDraft, *, tell: bool) -> None:
    draft.save(update_fields=["state", "report"])
    if tell:
        tell_of_import(draft, now=timezone.now())


def _refuse(draft: ImportDraft, why: str, *, tell: bool) -> None:
    draft.state, draft.report = State.REFUSED, {"errors": [Problem(why).as_json()]}
    _end(draft, tell=tell)


def try_again(draft: ImportDraft, *, options: Options) -> None:
    """Check a draft anew: with other options, or because its worker died on the way."""
    ImportDraft.objects.filter(pk=draft.pk).exclude(state=State.APPLIED).update(
        options=options.as_json(), state=State.WAITING
    )


@transaction.atomic
def empty(drafts: QuerySet[ImportDraft]) -> int:
    """Forget what the files and their reports say, but not that they were imported; returns how
    many. One that was never applied can't be any more."""
    found = drafts.exclude(content=b"").defer("content")
    for draft in found:
        draft.report = {name: draft.report[name] for name in COUNTS if name in draft.report}
        if draft.state != State.APPLIED:
            draft.state = State.REFUSED
            why = _("The file was forgotten to protect who is in it; upload it again.")
            draft.report |= {"errors": [Problem(why).as_json()]}
        draft.content = b""
        draft.save(update_fields=["content", "report", "state"])
    return len(found)
