"""HR keeps the list of moments of truth: what money for a customer may be for."""

from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from empowerment.models import MomentOfTruth
from people.models import User
from people.services import audit


class MomentRefused(Exception):
    """Nothing was kept; the message says why, `field` of the form is at fault."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@transaction.atomic
def add_moment(
    code: str, name: str, *, names: Mapping[str, str], position: int, by: User
) -> MomentOfTruth:
    """A new one to choose; its code stays for good. Raises MomentRefused."""
    _refuse_without_name(name)
    try:
        with transaction.atomic():
            moment = MomentOfTruth.objects.create(
                code=code, name=name, names=dict(names), position=position
            )
    except IntegrityError:
        raise MomentRefused(
            _("There is a moment of truth with the code %(code)s.") % {"code": code}, "code"
        ) from None
    _record("add_moment_of_truth", moment, by=by)
    return moment


@transaction.atomic
def change_moment(
    moment: MomentOfTruth, name: str, *, names: Mapping[str, str], position: int, by: User
) -> MomentOfTruth:
    """Rename it, also in cases that chose it, or move it in the list. Raises MomentRefused."""
    _refuse_without_name(name)
    moment = MomentOfTruth.objects.select_for_update().get(pk=moment.pk)
    before = _told(moment)
    moment.name, moment.names, moment.position = name, dict(names), position
    if before != _told(moment):
        moment.save()
        _record("change_moment_of_truth", moment, by=by, before=before)
    return moment


@transaction.atomic
def retire_moment(moment: MomentOfTruth, *, on: date | None, by: User) -> MomentOfTruth:
    """Nobody chooses it any more from this day on; without a day it is chosen again. The last one
    stays: without any nobody could enter a case. Raises MomentRefused."""
    rows = {each.pk: each for each in MomentOfTruth.objects.select_for_update().order_by("pk")}
    moment = rows[moment.pk]
    if bool(moment.retired_on) == bool(on):
        return moment
    if on and not any(each.retired_on is None for each in rows.values() if each != moment):
        raise MomentRefused(_("This is the last moment of truth to choose: add another first."))
    before = _told(moment)
    moment.retired_on = on
    moment.save(update_fields=["retired_on"])
    action = "retire_moment_of_truth" if on else "revive_moment_of_truth"
    _record(action, moment, by=by, before=before)
    return moment


def _refuse_without_name(name: str) -> None:
    if not name.strip():
        raise MomentRefused(_("A moment of truth has a name."), "name")


def _told(moment: MomentOfTruth) -> dict[str, object]:
    retired = moment.retired_on
    return {
        "name": moment.name, "names": moment.names, "position": moment.position,
        "retired_on": retired and retired.isoformat(),
    }  # fmt: skip


def _record(
    action: str, moment: MomentOfTruth, *, by: User, before: dict[str, object] | None = None
) -> None:
    audit.record(action, by=by, subject=f"moment:{moment.code}", before=before, after=_told(moment))
