"""A person's own photo: set and taken away by that person alone."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import Employee, Photo, User
from people.services import audit, consents
from people.services.pictures import PhotoRefused, squared


@transaction.atomic
def set_photo(employee: Employee, content: bytes, *, by: User, now: datetime) -> Photo:
    """Keep a picture in place of the one before; who sees it is for the consent to say.

    Raises PhotoRefused for somebody else's and for a file that is no picture; nothing changes then.
    """
    employee = _own(employee, by=by)
    image = squared(content)
    digest = hashlib.sha256(image).hexdigest()
    before = _digest_of(employee)
    photo, _made = Photo.objects.update_or_create(
        employee=employee, defaults={"image": image, "sha256": digest, "changed_at": now}
    )
    _changed("set_photo", employee, before=before, after=digest, by=by)
    return photo


@transaction.atomic
def remove_photo(employee: Employee, *, by: User) -> bool:
    """Forget the picture at once; False when there was none. Raises PhotoRefused."""
    employee = _own(employee, by=by)
    before = _digest_of(employee)
    if not before:
        return False
    Photo.objects.filter(employee=employee).delete()
    _changed("remove_photo", employee, before=before, after="", by=by)
    return True


def _own(employee: Employee, *, by: User) -> Employee:
    if employee.user_id != by.pk:
        raise PhotoRefused(_("Only the person themself chooses the photo."))
    return Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)


def _digest_of(employee: Employee) -> str:
    found = Photo.objects.filter(employee=employee).values_list("sha256", flat=True)
    return found.first() or ""


def _changed(action: str, employee: Employee, *, before: str, after: str, by: User) -> None:
    audit.record(
        action, by=by, subject=f"employee:{employee.pk}", person=employee,
        before={"photo": before} if before else None,
        after={"photo": after} if after else None,
    )  # fmt: skip
    consents.apply_to(employee)
