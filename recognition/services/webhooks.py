"""Which other programs are told of praise. Their addresses and secrets are kept encrypted, and the
secret of a signed one is shown once."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people.models import ShownTo, User
from people.services import audit
from people.services.secrets_kept import product_key
from recognition.models import Webhook
from recognition.services.posting_out import AddressRefused, checked

PREFIX = "whsec_"
BOTH_FOR = timedelta(days=1)
"""After a secret is renewed, messages are signed with the old one too for so long."""


class WebhookRefused(Exception):
    """Nothing was changed; the message says why, `field` of the form is at fault, "" when none."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Target:
    """What somebody wants to tell, and in which language. An empty `url` leaves the known one."""

    name: str
    url: str
    audience: ShownTo
    language: str


@transaction.atomic
def add_webhook(
    target: Target, *, kind: Webhook.Kind, by: User, now: datetime
) -> tuple[Webhook, str]:
    """A new one, and its secret to show once. Raises WebhookRefused."""
    secret = _new_secret()
    webhook = Webhook(kind=kind, sealed_secret=_sealed(secret), made_by=by, made_at=now)
    _describe(webhook, target)
    _log("add_webhook", webhook, by=by, after=_listed(webhook))
    return webhook, secret


@transaction.atomic
def change_webhook(webhook: Webhook, target: Target, *, by: User) -> Webhook:
    """Another name, address, audience or language. Raises WebhookRefused."""
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    before = _listed(webhook)
    _describe(webhook, target)
    _log("change_webhook", webhook, by=by, before=before, after=_listed(webhook))
    return webhook


def _describe(webhook: Webhook, target: Target) -> None:
    if target.audience not in (ShownTo.STAFF, ShownTo.PUBLIC):
        raise WebhookRefused(_("Choose who reads there."), "audience")
    if target.url:
        try:
            webhook.host = checked(target.url).netloc[:260]
        except AddressRefused as refused:
            raise WebhookRefused(str(refused), "url") from refused
        webhook.sealed_url = _sealed(target.url)
    webhook.name, webhook.audience = target.name, target.audience
    webhook.language = target.language
    try:
        with transaction.atomic():
            webhook.save()
    except IntegrityError as error:
        raise WebhookRefused(_("There is a webhook of that name already."), "name") from error


@transaction.atomic
def renew_secret(webhook: Webhook, *, by: User, now: datetime) -> str:
    """A new secret, to show once; the old one signs beside it for a day."""
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)
    secret = _new_secret()
    webhook.sealed_old_secret, webhook.sealed_secret = webhook.sealed_secret, _sealed(secret)
    webhook.old_secret_until = now + BOTH_FOR
    webhook.save(update_fields=["sealed_old_secret", "sealed_secret", "old_secret_until"])
    _log("renew_webhook_secret", webhook, by=by)
    return secret


@transaction.atomic
def pause(webhook: Webhook, *, because: str, by: User) -> bool:
    """Nothing is sent from now on, what waits waits; False when it is paused already."""
    running = Webhook.objects.filter(pk=webhook.pk, active=True)
    if not running.update(active=False, paused_because=because[:300]):
        return False
    _log("pause_webhook", webhook, by=by, why=because)
    return True


@transaction.atomic
def resume(webhook: Webhook, *, by: User) -> bool:
    """Send again, what waited first; False when it is running."""
    if not Webhook.objects.filter(pk=webhook.pk, active=False).update(
        active=True, paused_because=""
    ):
        return False
    _log("resume_webhook", webhook, by=by)
    return True


def address_of(webhook: Webhook) -> str:
    return _opened(webhook.sealed_url)


def signing_secrets(webhook: Webhook, *, now: datetime) -> list[bytes]:
    """The secret, and the one before it while both hold."""
    held = [webhook.sealed_secret]
    if webhook.old_secret_until and now < webhook.old_secret_until:
        held.append(webhook.sealed_old_secret)
    return [base64.b64decode(_opened(each).removeprefix(PREFIX)) for each in held]


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _sealed(text: str) -> str:
    return Fernet(product_key("webhooks")).encrypt(text.encode()).decode()


def _opened(sealed: str) -> str:
    """Raises WebhookRefused when SECRET_KEY has changed since."""
    try:
        return Fernet(product_key("webhooks")).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise WebhookRefused(
            _("It can't be read any more, as SECRET_KEY was changed: enter it anew.")
        ) from None


def _listed(webhook: Webhook) -> dict[str, str]:
    """For the log: never the address as a whole, which opens the door."""
    return {
        "name": webhook.name, "kind": webhook.kind, "host": webhook.host,
        "audience": ShownTo(webhook.audience).name.lower(), "language": webhook.language,
    }  # fmt: skip


def _log(
    action: str,
    webhook: Webhook,
    *,
    by: User,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
    why: str = "",
) -> None:
    subject = f"webhook:{webhook.pk}"
    audit.record(action, by=by, subject=subject, before=before, after=after, why=why)
