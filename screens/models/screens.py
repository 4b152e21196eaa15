"""A screen on a wall, the pairing that made a device one, and what it says of itself."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Department, ShownTo, Site


class Screen(models.Model):
    """Where it hangs and for whom. Only a digest of the device's secret is kept; without one no
    device is bound to it."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("everybody, visitors too")
        STAFF = "staff", _("staff")
        DEPARTMENT = "department", _("a department")

    class Orientation(models.TextChoices):
        LANDSCAPE = "landscape", _("landscape")
        PORTRAIT = "portrait", _("portrait")

    name = models.CharField(_("name"), max_length=100, unique=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, verbose_name=_("site"))
    audience = models.CharField(
        _("who stands before it"), max_length=10, choices=Audience, default=Audience.STAFF
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("department")
    )
    orientation = models.CharField(
        _("orientation"), max_length=9, choices=Orientation, default=Orientation.LANDSCAPE
    )
    languages = models.CharField(_("languages"), max_length=60, default="en")
    playlist = models.ForeignKey(
        "screens.Playlist", models.PROTECT, null=True, blank=True, verbose_name=_("playlist")
    )
    lit_from = models.TimeField(_("lit from"), default=time(6))
    lit_until = models.TimeField(_("lit until"), default=time(20))
    only_working_days = models.BooleanField(_("only on working days"), default=True)
    secret_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    paired_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="department", department__isnull=False)
                | (~Q(audience="department") & Q(department__isnull=True)),
                name="a_screen_has_a_department_when_it_is_for_one",
            ),
            models.CheckConstraint(
                condition=Q(lit_from__lt=models.F("lit_until")),
                name="a_screen_is_lit_from_before_until",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spoken(self) -> list[str]:
        """Codes of its languages; the loop is shown in each, one after the other."""
        return self.languages.split(",")

    @property
    def language_names(self) -> list[str]:
        """As each calls itself."""
        names = dict(settings.LANGUAGES)
        return [str(names.get(code, code)) for code in self.spoken]

    @property
    def shown_to(self) -> ShownTo:
        """Whom a name must be agreed to be shown to, to stand here."""
        return {
            self.Audience.PUBLIC: ShownTo.PUBLIC,
            self.Audience.STAFF: ShownTo.STAFF,
            self.Audience.DEPARTMENT: ShownTo.TEAM,
        }[self.Audience(self.audience)]


class Pairing(models.Model):
    """A device that asks to become a screen (RFC 8628): the code is on its display, the secret it
    asks with is not. Lives ten minutes, once."""

    code_digest = models.CharField(max_length=64)
    secret_digest = models.CharField(max_length=64, unique=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    browser = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    screen = models.ForeignKey(Screen, models.CASCADE, null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["code_digest"], name="pairing_by_code")]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(approved_at__isnull=False),
                name="a_device_gets_its_secret_after_approval",
            ),
        ]


class Contact(models.Model):
    """What a screen last said of itself. Rewritten by whichever server it asked."""

    screen = models.OneToOneField(Screen, models.CASCADE)
    seen_at = models.DateTimeField()
    build = models.CharField(max_length=64, blank=True)
    snapshot = models.CharField(max_length=64, blank=True)
    item = models.CharField(max_length=100, blank=True)
    painted_at = models.DateTimeField(null=True, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)


class Painted(models.Model):
    """When a screen was first seen with a business day on its glass."""

    screen = models.ForeignKey(Screen, models.CASCADE, related_name="painted")
    date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["screen", "date"], name="a_screen_first_shows_a_day_once"
            )
        ]
        indexes = [models.Index(fields=["date"], name="painted_by_date")]
