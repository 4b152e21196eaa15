"""Which language somebody reads: pages, mails and slips are made in it."""

from django.conf import settings
from django.db import transaction

from people.models import Employee
from people.services import audit


def language_of(employee: Employee | None) -> str:
    """The person's own, where it is offered here; else the company's."""
    return offered(employee.language if employee else "")


def offered(code: str) -> str:
    """A language where it is offered here; else the company's."""
    own = code.lower()
    return own if own in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@transaction.atomic
def speak(employee: Employee, code: str) -> None:
    """Somebody chose a language of settings.LANGUAGES for themself."""
    before = employee.language
    if before == code or employee.user is None:
        return
    employee.language = code
    employee.save(update_fields=["language"])
    audit.record(
        "choose_language", by=employee.user, subject=f"employee:{employee.pk}",
        before={"language": before}, after={"language": code}, person=employee,
    )  # fmt: skip
