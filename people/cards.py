"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import date, datetime

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.utils import timezone

from people.models import AuditEntry, AuditSeal, Consent, Employee, OutgoingMail, Role
from people.permissions import roles_of
from people.services import consents
from people.services.pins import NEEDS_SECOND_FACTOR
from people.today import COMPANY, NEEDS_ME, Card


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    roles = roles_of(request.user)
    if roles & NEEDS_SECOND_FACTOR and not is_mfa_enabled(request.user):
        yield Card(NEEDS_ME, "people/cards/second_factor.html")
    yield from _not_asked_yet(request)
    if Role.HR in roles:
        yield from _without_account(timezone.localdate(now))
        yield from _unmarked_leavers(timezone.localdate(now))
    if Role.ADMINISTRATOR in roles:
        yield from _stuck_mails(now)
    if Role.AUDITOR in roles:
        facts = {"seal": AuditSeal.objects.last(), "entries": AuditEntry.objects.count()}
        yield Card(COMPANY, "people/cards/log.html", facts)


def _not_asked_yet(request: HttpRequest) -> Iterator[Card]:
    """Until somebody has said where the name may be shown, once for all such places."""
    employee = getattr(request.user, "employee", None)
    if employee and not Consent.objects.filter(employee=employee).exists():
        facts = {"default": consents.by_default().names.label}
        yield Card(NEEDS_ME, "people/cards/shown.html", facts)


def _without_account(today: date) -> Iterator[Card]:
    count = Employee.objects.here(today).filter(user=None).count()
    if count:
        yield Card(NEEDS_ME, "people/cards/without_account.html", {"count": count})


def _unmarked_leavers(today: date) -> Iterator[Card]:
    count = Employee.objects.unmarked_leavers(today).count()
    if count:
        yield Card(NEEDS_ME, "people/cards/unmarked_leavers.html", {"count": count})


def _stuck_mails(now: datetime) -> Iterator[Card]:
    count = OutgoingMail.objects.stuck(now).count()
    if count:
        yield Card(NEEDS_ME, "people/cards/mails.html", {"count": count})
