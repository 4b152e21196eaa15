"""Uploaded files and how their headers were read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportDraft(models.Model):
    """An uploaded file on its way: checked, looked at, then applied as a whole."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")

    kind = models.CharField(max_length=30)
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)


class RememberedMapping(models.Model):
    """How the headers of one source were mapped the last time it was imported."""

    kind = models.CharField(max_length=30)
    headers_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "headers_sha256"], name="a_source_is_remembered_once"
            )
        ]
