"""Office screens: unattended browsers that show the newest snapshot."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Screen(models.Model):
    """A screen on a wall. Only a digest of its secret is kept."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    secret_digest = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
