"""The log of changes, written in the change's transaction: failing to log fails the change.

What is personal is encrypted under a key per person, and the key is destroyed when the person is
erased. After the commit, entries are sealed into a chain of digests over what is stored, which
therefore stays whole when a key is gone: services.audit_chain, docs/decisions/0009.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.db import connection, transaction

from people.models import AuditEntry, Employee, PersonKey, User
from people.services.audit_chain import seal

ENCRYPTED = "encrypted"


def record(
    action: str,
    *,
    by: User,
    subject: str,
    before: Any = None,
    after: Any = None,
    why: str = "",
    person: Employee | None = None,
) -> AuditEntry:
    """Log one change; `before` and `after` are JSON values, encrypted when about a `person`."""
    [entry] = record_many(
        action, by=by, changes=[(subject, before, after)], why=why, people=[person]
    )
    return entry


def record_many(
    action: str,
    *,
    by: User,
    changes: Iterable[tuple[str, Any, Any]],
    why: str = "",
    people: Iterable[Employee | None] | None = None,
) -> list[AuditEntry]:
    """Log changes as (subject, before, after) in one write; `people` says whom each is about.

    Of somebody who was erased only the fact of a change is kept, not its values.
    """
    changes = list(changes)
    about = list(people) if people is not None else [None] * len(changes)
    locks = _locks({person.pk for person in about if person})
    entries = []
    for (subject, before, after), person in zip(changes, about, strict=True):
        values = [before, after, why]
        if person:
            values = [_closed(value, locks[person.pk]) for value in values]
        entries.append(
            AuditEntry(
                action=action, by=by, subject=subject, person=person,
                before=values[0], after=values[1], why=values[2] or "",
            )
        )  # fmt: skip
    made = AuditEntry.objects.bulk_create(entries, batch_size=2000)
    _seal_after_commit()
    return made


def _seal_after_commit() -> None:
    """Once a transaction, however much it logs."""
    if not any(waiting[1] is seal for waiting in connection.run_on_commit):
        transaction.on_commit(seal, robust=True)


def _locks(employee_ids: set[int]) -> dict[int, Fernet | None]:
    """Each person's key, made when there is none yet; None for somebody who was erased."""
    held = dict(_keys(employee_ids))
    new = [
        PersonKey(employee_id=pk, key=Fernet.generate_key().decode())
        for pk in sorted(employee_ids - held.keys())
    ]
    if new:
        PersonKey.objects.bulk_create(new, batch_size=2000, ignore_conflicts=True)
        # Somebody else may have made one in the same moment: theirs is the one that is kept.
        held |= _keys({row.employee_id for row in new})
    return {pk: _lock(key) for pk, key in held.items()}


def _lock(key: str) -> Fernet | None:
    return Fernet(key.encode()) if key else None


def _keys(employee_ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    ordered = sorted(employee_ids)
    for start in range(0, len(ordered), 5000):
        rows = PersonKey.objects.filter(employee_id__in=ordered[start : start + 5000])
        found |= dict(rows.values_list("employee_id", "key"))
    return found


def _closed(value: Any, lock: Fernet | None) -> Any:
    if value in (None, "") or lock is None:
        return None
    token = lock.encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()
    return {ENCRYPTED: token} if not isinstance(value, str) else f"{ENCRYPTED}:{token}"


Change = tuple[str, Any, Any]
"""What changed, its value before and after."""


@dataclass(frozen=True)
class OpenedEntry:
    """An entry as people read it; `erased` when its person's key is gone."""

    entry: AuditEntry
    before: Any
    after: Any
    why: str
    erased: bool

    @property
    def changes(self) -> list[Change]:
        return changes(self.before, self.after)


def changes(before: Any, after: Any) -> list[Change]:
    """What differs: each key of two objects, else the values as they are under no name."""
    if not isinstance(before or {}, dict) or not isinstance(after or {}, dict):
        return [("", before, after)] if before != after else []
    old, new = before or {}, after or {}
    # PostgreSQL keeps an object's keys in an order of its own.
    pairs = [(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())]
    return [pair for pair in pairs if pair[1] != pair[2]]


def opened(entries: Iterable[AuditEntry]) -> list[OpenedEntry]:
    """Entries with their personal values decrypted."""
    entries = list(entries)
    keys = _keys({entry.person_id for entry in entries if entry.person_id})
    return [opened_with(keys.get(entry.person_id or 0, ""), entry) for entry in entries]


def opened_with(key: str, entry: AuditEntry) -> OpenedEntry:
    """One entry, by the key of the person it is about ("" when it is gone)."""
    if entry.person_id is None:
        # What somebody typed may look like an encrypted value: it is not one.
        return OpenedEntry(entry, entry.before, entry.after, entry.why, erased=False)
    lock = _lock(key)
    values = [_opened(value, lock) for value in (entry.before, entry.after, entry.why)]
    return OpenedEntry(entry, values[0], values[1], values[2] or "", erased=lock is None)


def _opened(value: Any, lock: Fernet | None) -> Any:
    token = value.get(ENCRYPTED) if isinstance(value, dict) else value
    if lock is None or not token:
        return None
    try:
        return json.loads(lock.decrypt(token.removeprefix(f"{ENCRYPTED}:").encode()))
    except InvalidToken:
        return None


def destroy_key(employee: Employee) -> None:
    """From now on nobody can read what the log holds about this person."""
    PersonKey.objects.filter(employee=employee).update(key="")
