"""Erasing somebody who has left: a pseudonym takes the place of the name, sums stay as they are."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import (
    Consent,
    Employee,
    ImportDraft,
    Invitation,
    LeaveKind,
    Notice,
    NoticeChoice,
    OutgoingMail,
    Photo,
    Pin,
    SignInAttempt,
    User,
)
from people.services import audit, consents
from people.services.drafts import UNDER_WAY, empty
from people.services.guessing import digest

OWN_APPS = ("people", "ledger", "incentives", "recognition", "empowerment", "cms", "screens")
SHORTEST_FREE_TEXT = 200
STUCK_AFTER = timedelta(hours=1)

Forget = Callable[[Employee, tuple[str, ...]], None]
_also: list[Forget] = []


class ErasureRefused(Exception):
    """Why somebody is not erased, in words for the one who tried."""


def also_forget(function: Forget) -> None:
    """Another app's part, with what the person was called: called after the name is gone, in the
    same transaction."""
    if function not in _also:
        _also.append(function)


def refusal(employee: Employee, *, now: datetime) -> str:
    """Why this person can't be erased now; "" when they can."""
    if employee.erased_at:
        return _("%(name)s is erased already.") % {"name": employee}
    if not employee.has_left(on=timezone.localdate(now)):
        return _("%(name)s still works here. Enter the last day first; erase when it is over.") % {
            "name": employee
        }
    running = _uploads().filter(state__in=UNDER_WAY, made_at__gt=now - STUCK_AFTER)
    if running.exists():
        return _("A file of people is being read. Try again in a minute.")
    return ""


@transaction.atomic
def erase(employee: Employee, *, why: str, by: User, now: datetime) -> Employee:
    """Replace who it was by a pseudonym, for good. Departments, salaries and money stay.

    Raises ErasureRefused; see `refusal`.
    """
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    refused = refusal(employee, now=now)
    if refused:
        raise ErasureRefused(refused)
    called = (employee.name, employee.known_as)
    _forget_traces(employee)
    _take_the_name(employee, now=now)
    Consent.objects.filter(employee=employee).delete()
    Photo.objects.filter(employee=employee).delete()
    consents.apply_to(employee)
    # That somebody was away stays, as sums may need it; why, often a sickness, does not.
    employee.leaves.update(kind=LeaveKind.OTHER)
    if employee.user:
        _close_the_account(employee.user, employee)
    for function in _also:
        function(employee, called)
    emptied = empty(_uploads())
    audit.destroy_key(employee)
    # Not under the person's key, which is gone: nothing here says who it was.
    audit.record(
        "erase_person", by=by, subject=f"employee:{employee.pk}",
        after={"name": employee.name, "emptied_uploads": emptied}, why=why,
    )  # fmt: skip
    return employee


def _uploads() -> QuerySet[ImportDraft]:
    return ImportDraft.objects.filter(kind__in=("employees", "leaves", "payments"))


def traces_of(employee: Employee) -> list[QuerySet[Any]]:
    """What is deleted: each says when and where somebody was, and no sum needs it."""
    user = employee.user
    logins = [digest(login) for login in _logins(employee)]
    attempts = Q(account__in=logins) | Q(user=user) if user else Q(account__in=logins)
    mails = Q(to__iexact=employee.email) if employee.email else Q(pk__in=[])
    found: list[QuerySet[Any]] = [
        SignInAttempt.objects.filter(attempts), OutgoingMail.objects.filter(mails),
    ]  # fmt: skip
    if user:
        of_account: tuple[type[models.Model], ...] = (
            Invitation, Notice, NoticeChoice, Pin, Authenticator, EmailAddress, SocialAccount,
            UserSession,
        )  # fmt: skip
        found += [model._default_manager.filter(user=user) for model in of_account]
    return found


def _logins(employee: Employee) -> set[str]:
    user = employee.user
    said = {employee.number, employee.email, *((user.username, user.email) if user else ())}
    return said - {""}


def _forget_traces(employee: Employee) -> None:
    if employee.user:
        for session in UserSession.objects.filter(user=employee.user):
            session.end()
    for traces in traces_of(employee):
        traces.delete()


def _take_the_name(employee: Employee, *, now: datetime) -> None:
    employee.name = f"Former colleague {employee.pk}"
    employee.number = f"erased-{employee.pk}"
    employee.known_as = employee.email = employee.job_title = employee.language = ""
    employee.manager = None
    employee.erased_at = now
    employee.save()


def _close_the_account(user: User, employee: Employee) -> None:
    user.username = employee.number
    user.email = user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    # A role stays in the past, where it says why somebody could do what they did.
    user.role_assignments.filter(from_date__gt=employee.left_on).delete()
    user.role_assignments.filter(Q(until_date=None) | Q(until_date__gt=employee.left_on)).update(
        until_date=employee.left_on
    )


@dataclass(frozen=True)
class Mention:
    """A free text that names the person. It stays: a text that nobody may rewrite by machine."""

    what: str
    key: Any
    text: str


def mentions(employee: Employee, *, most: int = 50) -> list[Mention]:
    """Where the name or the address stands in free texts of the product's own tables."""
    found: list[Mention] = []
    for model, field in _free_texts():
        named = Q(**{f"{field}__icontains": employee.name})
        if employee.email:
            named |= Q(**{f"{field}__icontains": employee.email})
        rows = model._default_manager.filter(named).order_by("pk").values_list("pk", field)
        for key, text in rows.iterator():
            if len(found) >= most:
                return found
            if names_in_full(text, employee.name) or names_in_full(text, employee.email):
                found.append(Mention(str(model._meta.verbose_name), key, text[:300]))
    return found


def names_in_full(text: str, name: str) -> bool:
    """Whether a text names somebody: Ann stands in “Ann's” and not in “announced”; in scripts
    without upper and lower case, as Han, words are not set apart, and each place counts."""
    for place in re.finditer(re.escape(name), text, re.IGNORECASE) if name else ():
        beside = text[max(place.start() - 1, 0) : place.start()] + text[place.end() :][:1]
        if beside.lower() == beside.upper():
            return True
    return False


def _free_texts() -> Iterator[tuple[type[models.Model], str]]:
    """Long text fields of all own tables but those that erasing renews or empties."""
    for model in apps.get_models():
        if model._meta.app_label not in OWN_APPS or model in (Employee, OutgoingMail, User):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.TextField) or (
                isinstance(field, models.CharField)
                and (field.max_length or 0) >= SHORTEST_FREE_TEXT
            ):
                yield model, field.name
