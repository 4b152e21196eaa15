"""What HR names in the company's languages, and people choose from: kept, renamed, retired."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise

from people.models import User
from people.services import audit


class NamedRefused(Exception):
    """Nothing was kept; the message says why, `field` of the form is at fault."""

    def __init__(self, message: object, field: str = ""):
        self.field = field
        super().__init__(str(message))


@dataclass(frozen=True)
class Named:
    """A list of such things. `model` has code, name, names, position and retired_on; the log knows
    each as `subject`:code and what happens to it as verb_`action`. The rest are refusals: no name,
    the code is taken (`%(code)s`), and the last one can't be retired."""

    model: type[models.Model]
    subject: str
    action: str
    nameless: str | Promise
    taken: str | Promise
    last: str | Promise

    @transaction.atomic
    def add(
        self, code: str, name: str, *, names: Mapping[str, str], position: int, by: User
    ) -> Any:
        """A new one to choose; its code stays for good. Raises NamedRefused."""
        self._refuse_without(name)
        try:
            with transaction.atomic():
                row = self._rows.create(code=code, name=name, names=dict(names), position=position)
        except IntegrityError:
            raise NamedRefused(self.taken % {"code": code}, "code") from None
        self._record("add", row, by=by)
        return row

    @transaction.atomic
    def change(
        self, row: Any, name: str, *, names: Mapping[str, str], position: int, by: User
    ) -> Any:
        """Rename it, also where it was chosen before, or move it in the list. Raises
        NamedRefused."""
        self._refuse_without(name)
        row = self._rows.select_for_update().get(pk=row.pk)
        before = _told(row)
        row.name, row.names, row.position = name, dict(names), position
        if before != _told(row):
            row.save()
            self._record("change", row, by=by, before=before)
        return row

    @transaction.atomic
    def retire(self, row: Any, *, on: date | None, by: User) -> Any:
        """Nobody chooses it any more from this day on; without a day it is chosen again. The last
        one stays. Raises NamedRefused."""
        rows = {each.pk: each for each in self._rows.select_for_update().order_by("pk")}
        row = rows[row.pk]
        if bool(row.retired_on) == bool(on):
            return row
        if on and not any(each.retired_on is None for each in rows.values() if each != row):
            raise NamedRefused(self.last)
        before = _told(row)
        row.retired_on = on
        row.save(update_fields=["retired_on"])
        self._record("retire" if on else "revive", row, by=by, before=before)
        return row

    @property
    def _rows(self) -> Any:
        return self.model._default_manager

    def _refuse_without(self, name: str) -> None:
        if not name.strip():
            raise NamedRefused(self.nameless, "name")

    def _record(
        self, verb: str, row: Any, *, by: User, before: dict[str, object] | None = None
    ) -> None:
        audit.record(
            f"{verb}_{self.action}", by=by, subject=f"{self.subject}:{row.code}", before=before,
            after=_told(row),
        )  # fmt: skip


def _told(row: Any) -> dict[str, object]:
    retired = row.retired_on
    return {
        "name": row.name, "names": row.names, "position": row.position,
        "retired_on": retired and retired.isoformat(),
    }  # fmt: skip
