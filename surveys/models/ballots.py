"""Ballots that were cast, sealed; and which credentials were used. What must stay unknown has no
column (polls.md): no person, no session, no time, no serial number, no language."""

import uuid

from django.conf import settings
from django.db import models

from surveys.models.waves import Wave


class SpentCredential(models.Model):
    """The digest of a credential that was used; whoever holds the credential finds it again."""

    digest = models.CharField(max_length=64, primary_key=True)
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="+")


class BallotInbox(models.Model):
    """A sealed ballot until the seal: all of a wave are of one length. Left out of backups."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="+")
    box = models.BinaryField()


class PaperEntry(models.Model):
    """A paper ballot that one of two people has typed. What it says is kept as a digest under the
    ballot's own credential, which is on the paper only; gone once the second one agrees."""

    digest = models.CharField(max_length=64, primary_key=True)
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="+")
    answers_digest = models.CharField(max_length=64)
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
