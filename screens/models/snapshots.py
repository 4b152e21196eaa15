"""What screens show, as bytes: made once, never edited, gone when nobody shows them any more."""

import json
from functools import cached_property

from django.db import models

from people.models import Employee


class Change(models.Model):
    """One row: how often something was changed that screens must follow within a minute."""

    number = models.PositiveBigIntegerField(default=0)


class Snapshot(models.Model):
    """All slides of a loop as JSON. `people`: ids of employees who are named in it."""

    sha256 = models.CharField(max_length=64, unique=True)
    payload = models.TextField()
    people = models.JSONField(default=list)
    date = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()

    @cached_property
    def loop(self) -> dict:
        return json.loads(self.payload)


class Current(models.Model):
    """The snapshot that all screens with one `key` are to show (screens.services.programme)."""

    key = models.CharField(max_length=200, unique=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    change = models.PositiveBigIntegerField()
    built_at = models.DateTimeField()


class Withdrawal(models.Model):
    """Somebody is to be named less far: which screens showed the name, until none does."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    screens = models.JSONField(default=list)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
