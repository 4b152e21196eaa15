"""What proves who somebody is, beside the password and the second factor that allauth keeps."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Invitation(models.Model):
    """A link, mailed or on a printed slip, that lets its holder choose a password or PIN once.

    Only the secret's digest is kept, so that who reads the database can't use it.
    """

    class Way(models.TextChoices):
        MAIL = "mail", _("by e-mail")
        SLIP = "slip", _("on a printed slip")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations")
    sha256 = models.CharField(max_length=64, unique=True)
    way = models.CharField(max_length=4, choices=Way)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Pin(models.Model):
    """The PIN by which somebody without e-mail signs in at a shared device; kept as a hash."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pin")
    hashed = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now=True)


class SignInAttempt(models.Model):
    """One attempt to sign in, refused or not. The login is kept as a keyed digest only: people
    type passwords into that field."""

    class Way(models.TextChoices):
        PASSWORD = "password", _("password")
        PIN = "pin", _("PIN")
        CODE = "code", _("second factor")
        SINGLE_SIGN_ON = "sso", _("single sign-on")
        FEED = "feed", _("address of a feed")
        SCREEN = "screen", _("secret or code of a screen")

    at = models.DateTimeField(auto_now_add=True)
    account = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sign_in_attempts"
    )
    address = models.GenericIPAddressField(null=True)
    way = models.CharField(max_length=8, choices=Way)
    succeeded = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="attempts_by_account"),
            models.Index(fields=["address", "at"], name="attempts_by_address"),
        ]
