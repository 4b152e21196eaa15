"""Who agrees to be named and shown where: one answer a person, changed by that person alone."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Consent, Employee, ShownTo, User
from people.services import audit
from people.services.policies import in_force
from people.services.recipients import in_portions
from people.signals import consent_changed

_also: list[Callable[[Employee], None]] = []


class ConsentRefused(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True)
class Agreed:
    """How far the name and the photo of one person may be shown."""

    names: ShownTo
    photo: ShownTo


def also_apply(function: Callable[[Employee], None]) -> None:
    """Another app's part: called in the transaction that changes somebody's consent."""
    if function not in _also:
        _also.append(function)


def by_default() -> Agreed:
    """What holds for who has said nothing: the company's policy, never public, and no photo."""
    name = in_force("names_shown", on=timezone.localdate())
    return Agreed(ShownTo[name.upper()], ShownTo.NOBODY)


def consents_of(employee_ids: Collection[int]) -> dict[int, Agreed]:
    """By employee id, for each of these; who was erased is shown to nobody."""
    default = by_default()
    found = dict.fromkeys(employee_ids, default)
    for portion in in_portions(employee_ids):
        said = Q(consent__isnull=False) | Q(erased_at__isnull=False)
        known = Employee.objects.filter(said, pk__in=portion).order_by()
        rows = known.values_list("pk", "erased_at", "consent__names", "consent__photo")
        for pk, erased_at, names, photo in rows:
            given = (ShownTo.NOBODY, ShownTo.NOBODY) if erased_at else (names, photo)
            found[pk] = Agreed(*map(ShownTo, given))
    return found


def consent_of(employee: Employee) -> Agreed:
    return consents_of([employee.pk])[employee.pk]


def given_by(employee: Employee) -> Agreed | None:
    """What somebody has said; None while the company's default holds."""
    given = Consent.objects.filter(employee=employee).first()
    return Agreed(ShownTo(given.names), ShownTo(given.photo)) if given else None


@dataclass(frozen=True)
class Reading:
    """What one kind of reader finds where somebody is praised: a name or words in its place."""

    reader: str
    text: str
    named: bool
    photo: bool


def read_by(employee: Employee, agreed: Agreed, *, on: date) -> list[Reading]:
    """What everybody else reads, from those close by to those outside. Outside counts who comes
    in too: a screen at reception is for visitors."""
    instead = in_place_of(employee, on=on)
    readers = {
        ShownTo.TEAM: _("My department"),
        ShownTo.STAFF: _("All colleagues, and screens for them"),
        ShownTo.PUBLIC: _("Outside the company, and screens for visitors"),
    }
    return [
        Reading(
            reader, employee.name if agreed.names >= how_far else instead,
            named=agreed.names >= how_far, photo=agreed.photo >= how_far,
        )
        for how_far, reader in readers.items()
    ]  # fmt: skip


def in_place_of(employee: Employee, *, on: date) -> str:
    """What stands where the name does not."""
    place = employee.memberships.on(on).select_related("department").first()
    if place is None:
        return _("A colleague")
    return _("A colleague in %(department)s") % {"department": place.department.name}


@transaction.atomic
def agree(employee: Employee, agreed: Agreed, *, by: User, now: datetime) -> bool:
    """Say how far the own name and photo may be shown; returns whether that changed anything.

    Raises ConsentRefused for somebody else's, and for a photo shown further than the name.
    """
    if employee.user_id != by.pk:
        raise ConsentRefused(_("Only the person themself says where the name is shown."))
    if agreed.photo > agreed.names:
        raise ConsentRefused(
            _("A photo is shown no further than the name: choose the name's place first.")
        )
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    before = given_by(employee)
    if before == agreed:
        return False
    Consent.objects.update_or_create(
        employee=employee,
        defaults={"names": agreed.names, "photo": agreed.photo, "given_at": now},
    )
    audit.record(
        "agree_to_be_shown", by=by, subject=f"employee:{employee.pk}", person=employee,
        before=before and _listed(before), after=_listed(agreed),
    )  # fmt: skip
    apply_to(employee)
    return True


def apply_to(employee: Employee) -> None:
    """Have everything that shows names follow at once, and tell those who copy it."""
    for function in _also:
        function(employee)
    transaction.on_commit(
        lambda: consent_changed.send(sender=Employee, employee_id=employee.pk), robust=True
    )


def _listed(agreed: Agreed) -> dict[str, str]:
    return {"names": agreed.names.name.lower(), "photo": agreed.photo.name.lower()}
