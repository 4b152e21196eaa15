"""HR keeps the list of service behaviours, in the company's own words and languages."""

from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people.models import User
from people.services import audit
from recognition.models import Behaviour


class BehaviourRefused(Exception):
    """Nothing was kept; the message says why, `field` of the form is at fault."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@transaction.atomic
def add_behaviour(
    code: str, name: str, *, names: Mapping[str, str], position: int, by: User
) -> Behaviour:
    """A new one to choose; its code stays for good. Raises BehaviourRefused."""
    _refuse_without_name(name)
    try:
        with transaction.atomic():
            behaviour = Behaviour.objects.create(
                code=code, name=name, names=dict(names), position=position
            )
    except IntegrityError:
        raise BehaviourRefused(
            _("There is a behaviour with the code %(code)s.") % {"code": code}, "code"
        ) from None
    _record("add_behaviour", behaviour, by=by)
    return behaviour


@transaction.atomic
def change_behaviour(
    behaviour: Behaviour, name: str, *, names: Mapping[str, str], position: int, by: User
) -> Behaviour:
    """Rename it, also where it was chosen before, or move it in the list. Raises
    BehaviourRefused."""
    _refuse_without_name(name)
    behaviour = Behaviour.objects.select_for_update().get(pk=behaviour.pk)
    before = _told(behaviour)
    behaviour.name, behaviour.names, behaviour.position = name, dict(names), position
    if before != _told(behaviour):
        behaviour.save()
        _record("change_behaviour", behaviour, by=by, before=before)
    return behaviour


@transaction.atomic
def retire_behaviour(behaviour: Behaviour, *, on: date | None, by: User) -> Behaviour:
    """Nobody chooses it any more from this day on; without a day it is chosen again. The last one
    stays: without any nobody could nominate. Raises BehaviourRefused."""
    others = Behaviour.objects.select_for_update().order_by("pk")
    rows = {each.pk: each for each in others}
    behaviour = rows[behaviour.pk]
    if bool(behaviour.retired_on) == bool(on):
        return behaviour
    if on and not any(each.retired_on is None for each in rows.values() if each != behaviour):
        raise BehaviourRefused(_("This is the last behaviour to choose: add another first."))
    before = _told(behaviour)
    behaviour.retired_on = on
    behaviour.save(update_fields=["retired_on"])
    action = "retire_behaviour" if on else "revive_behaviour"
    _record(action, behaviour, by=by, before=before)
    return behaviour


def _refuse_without_name(name: str) -> None:
    if not name.strip():
        raise BehaviourRefused(_("A behaviour has a name."), "name")


def _told(behaviour: Behaviour) -> dict[str, object]:
    retired = behaviour.retired_on
    return {
        "name": behaviour.name, "names": behaviour.names, "position": behaviour.position,
        "retired_on": retired and retired.isoformat(),
    }  # fmt: skip


def _record(
    action: str, behaviour: Behaviour, *, by: User, before: dict[str, object] | None = None
) -> None:
    audit.record(
        action, by=by, subject=f"behaviour:{behaviour.code}", before=before,
        after=_told(behaviour),
    )  # fmt: skip
