"""Inviting somebody to choose a password or a PIN, by mail or by a printed slip."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from people.models import Employee, Invitation, User
from people.services import audit
from people.services.account_notices import tell_of_password
from people.services.languages import language_of
from people.services.outbox import send_later
from people.services.pins import set_pin

DAYS = {Invitation.Way.MAIL: 7, Invitation.Way.SLIP: 30}


class NotInvited(Exception):
    """Why somebody can't be invited, in words for the one who tried."""


@transaction.atomic
def invite(employee: Employee, *, way: str, by: User) -> str:
    """A new link, which makes earlier ones worthless; mailed, or returned for the slip.

    Raises NotInvited for somebody who has left, or a mail without an address.
    """
    if way == Invitation.Way.MAIL and not employee.email:
        raise NotInvited(_("There is no e-mail address; print a slip instead."))
    user = login_of(employee)
    if not user.may_sign_in(on=timezone.localdate()):
        raise NotInvited(_("Whoever has left can't sign in."))
    now = timezone.now()
    user.invitations.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    secret = secrets.token_urlsafe(24)
    Invitation.objects.create(
        user=user, sha256=_digest(secret), way=way, made_by=by,
        expires_at=now + timedelta(days=DAYS[Invitation.Way(way)]),
    )  # fmt: skip
    audit.record(
        "invite", by=by, subject=f"employee:{employee.pk}", after={"way": way}, person=employee
    )
    link = settings.BASE_URL + reverse("invitation", args=[secret])
    if way == Invitation.Way.MAIL:
        _mail(employee, link)
    return link


@transaction.atomic
def login_of(employee: Employee) -> User:
    """The employee's account, made when there is none yet. Raises NotInvited when the number is
    another account's name."""
    # Whoever invites at the same moment waits here until the end, with an account or without:
    # they find the account, and their link ends the one that was made meanwhile.
    locked = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    if locked.user is None:
        locked.user = _new_login(locked)
        locked.save(update_fields=["user"])
    employee.user = locked.user
    return employee.user


def _new_login(employee: Employee) -> User:
    taken = NotInvited(
        _("Another account is already called %(number)s. Have an administrator rename that one.")
        % {"number": employee.number}
    )
    if User.objects.filter(username__iexact=employee.number).exists():
        raise taken
    user = User(username=employee.number, email=employee.email)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise taken from error
    return user


def _mail(employee: Employee, link: str) -> None:
    with translation.override(language_of(employee)):
        facts = {"name": employee.name, "link": link, "days": DAYS[Invitation.Way.MAIL]}
        send_later(
            to=employee.email,
            subject=_("Your account at Ninetyfive"),
            body=render_to_string("mail/invitation.txt", facts),
        )


def waiting_invitation(secret: str) -> Invitation | None:
    """The invitation a link stands for, unless it was used or is too old."""
    found = Invitation.objects.select_related("user__employee").filter(
        sha256=_digest(secret), used_at=None, expires_at__gt=timezone.now()
    )
    invitation = found.first()
    if invitation and invitation.user.may_sign_in(on=timezone.localdate()):
        return invitation
    return None


@transaction.atomic
def accept(invitation: Invitation, *, password: str = "", pin: str = "") -> User | None:
    """Set what was chosen; None when the link was used in the meantime."""
    used = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=timezone.now())
    if not used:
        return None
    user = invitation.user
    if password:
        user.set_password(password)
        user.save(update_fields=["password"])
        if user.last_login:
            # Whoever made the invitation could have opened it too.
            tell_of_password(user, now=timezone.now())
    if pin:
        set_pin(user, pin)
    audit.record("accept_invitation", by=user, subject=f"user:{user.pk}")
    return user


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
