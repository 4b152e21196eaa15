"""The log of changes, sealed into a chain, and who looked at salaries."""

from django.conf import settings
from django.db import models

from people.models.staff import Employee


class AuditEntry(models.Model):
    """One change: who, when, what before and after, why. Added, never edited.

    Where it is about a person, `before`, `after` and `why` are encrypted under that person's key;
    read them through services.audit.
    """

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    person = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["subject"], name="audit_by_subject")]


class AuditSeal(models.Model):
    """A link of the chain: its digest covers the link before and the entries of `ranges`.

    `ranges` are [first, last] pairs of ids. Entries that commit late, with a lower id, come into
    a later link, so no change ever waits for another one to be logged: `gaps` are the ids that
    may still come, as [first, last, when they were first missed], and at the end those above the
    highest ever sealed, as [first, null, ""].
    """

    ranges = models.JSONField()
    gaps = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)


class PersonKey(models.Model):
    """The key of a person's values in the log; erasing the person destroys it."""

    employee = models.OneToOneField(Employee, models.PROTECT, related_name="key")
    key = models.CharField(max_length=44)


class SalaryLook(models.Model):
    """Somebody saw a salary. Added, never edited."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="salary_looks")
    where = models.CharField(max_length=40)
