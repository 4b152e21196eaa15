"""Cases: what was spent to put a customer right, what came of it, and what was asked for."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from empowerment.models.limits import LARGEST_MINOR
from empowerment.rules.outcomes import Outcome
from people.models import Department, Employee, Site

USER = settings.AUTH_USER_MODEL
LARGEST_RECEIPT = 400_000
"""Bytes; a receipt can still be read, and a hundred of them load on a phone."""


class Moments(models.QuerySet):
    def offered(self, day: date) -> Self:
        """Those that a case may name on a day."""
        return self.filter(Q(retired_on=None) | Q(retired_on__gt=day))


class MomentOfTruth(models.Model):
    """What the money was for, from the company's own list; `names` holds further languages."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    objects = Moments.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.names.get(get_language() or "") or self.name


class Customer(models.Model):
    """A customer as the own systems know them. `folded` is the reference without case, spaces and
    widths, so that one customer is one row: what is spent on a customer is counted by locking it.
    """

    folded = models.CharField(max_length=60, unique=True)
    reference = models.CharField(max_length=60)
    last_case_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(folded=""), name="a_customer_has_a_reference")
        ]

    def __str__(self) -> str:
        return self.reference


class Remedy(models.TextChoices):
    REFUND = "refund", _("refund")
    GOODS = "goods", _("goods")
    GESTURE = "gesture", _("gesture")
    WAIVER = "waiver", _("waiver")


class Cases(models.QuerySet):
    def spent(self) -> Self:
        """What was approved, also where the money has come back since."""
        return self.filter(state__in=(Case.State.APPROVED, Case.State.CANCELLED))

    def waiting(self) -> Self:
        return self.filter(state=Case.State.ASKED)

    def without_receipt(self) -> Self:
        """Approved ones of which nobody has seen a receipt, or read why there is none."""
        return self.filter(state=Case.State.APPROVED, receipt=None, no_receipt="")

    def for_list(self) -> Self:
        return self.select_related("employee", "department", "customer", "moment")

    def for_page(self) -> Self:
        return self.for_list().select_related("site", "asked_of", "decided_by__employee")


class Case(models.Model):
    """Money for one customer. Approved the moment it is entered when it is within every limit,
    and never refused afterwards; above them it is asked for. `key` is made with the form: sent
    twice it is one case. `checks` is what was counted when it was entered; `spent_on` the day it
    counts for, in the site's zone; `returned_minor` what has come back."""

    class State(models.TextChoices):
        APPROVED = "approved", _("approved")
        ASKED = "asked", _("asked for")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        CANCELLED = "cancelled", _("cancelled")

    # No index of their own: the ones below begin with them, and each costs every decision.
    key = models.UUIDField(unique=True)
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="cases", db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="cases", db_index=False)
    moment = models.ForeignKey(MomentOfTruth, models.PROTECT, related_name="+", db_index=False)
    remedy = models.CharField(max_length=8, choices=Remedy)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500, blank=True)
    no_receipt = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State)
    spent_on = models.DateField(null=True)
    entered_at = models.DateTimeField()
    checks = models.JSONField(default=list)
    returned_minor = models.BigIntegerField(default=0)
    asked_of = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    decide_by = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.UNKNOWN)

    objects = Cases.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lt=LARGEST_MINOR),
                name="a_case_spends_more_than_nothing",
            ),
            models.CheckConstraint(
                condition=Q(returned_minor__gte=0, returned_minor__lte=F("amount_minor")),
                name="no_more_comes_back_than_was_spent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("approved", "cancelled"), spent_on__isnull=False)
                | Q(state__in=("asked", "declined", "withdrawn"), spent_on=None, returned_minor=0),
                name="only_what_was_approved_was_spent",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(returned_minor=F("amount_minor")),
                name="of_a_cancelled_case_all_comes_back",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decision_says_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(decided_by__isnull=False),
                name="a_case_is_declined_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(decided_by=None, decide_by__isnull=False),
                name="what_is_asked_for_has_a_clock",
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "spent_on"], name="cases_by_employee_and_day"),
            models.Index(fields=["customer", "spent_on"], name="cases_by_customer_and_day"),
            models.Index(fields=["department", "-id"], name="cases_by_department"),
            models.Index(fields=["site", "spent_on"], name="cases_by_site_and_day"),
            # Holds all that figures over many cases read: they never touch the rows.
            models.Index(
                fields=[
                    "entered_at", "currency", "site", "department", "employee", "moment", "remedy",
                    "customer", "state", "spent_on", "decided_by", "amount_minor",
                    "returned_minor", "outcome", "id",
                ],
                name="cases_by_entry",
            ),
            models.Index(
                fields=["decide_by"], condition=Q(state="asked"), name="cases_asked_for"
            ),
            # Reports read these two and no row.
            models.Index(
                fields=[
                    "department", "currency", "spent_on", "remedy", "moment", "state",
                    "decided_by", "outcome", "amount_minor", "returned_minor", "employee",
                ],
                name="cases_for_reports",
            ),
            models.Index(
                fields=[
                    "customer", "currency", "id", "spent_on", "outcome", "department", "remedy",
                    "moment", "state",
                ],
                condition=Q(outcome__in=("stayed", "left")),
                name="cases_with_an_outcome",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def net_minor(self) -> int:
        """What it cost in the end."""
        return self.amount_minor - self.returned_minor

    @property
    def within_limits(self) -> bool:
        """Approved the moment it was entered, by nobody but the limits."""
        return self.spent_on is not None and self.decided_by_id is None


class Receipt(models.Model):
    """The picture of a receipt: a WebP, and nothing in it but the picture."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="receipt")
    image = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("image"), LARGEST_RECEIPT),
                name="a_receipt_is_at_most_400_000_bytes",
            )
        ]


class CaseStep(models.Model):
    """What happened to a case after it was entered, in order; added, never edited."""

    class What(models.TextChoices):
        ASKED = "asked", _("asked for")
        ESCALATED = "escalated", _("passed on, nobody had answered in time")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RETURNED = "returned", _("money came back")
        CANCELLED = "cancelled", _("cancelled")
        RECEIPT = "receipt", _("receipt added")
        REVIEWED = "reviewed", _("looked at")
        COMMENTED = "commented", _("commented")

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=9, choices=What)
    text = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class CaseReturn(models.Model):
    """Money of a case that has come back. Sent twice under one `key` it counts once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="returns")
    key = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="more_than_nothing_comes_back"
            )
        ]


class FollowUp(models.Model):
    """What became of the customer so many days after a case: asked of whoever entered it, or told
    by the customer system, which knows the day (`known_on`). Of several answers for one case the
    last counts."""

    class Source(models.TextChoices):
        STAFF = "staff", _("a colleague")
        CRM = "crm", _("the customer system")

    case = models.ForeignKey(Case, models.PROTECT, related_name="follow_ups")
    after_days = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=7, choices=Outcome)
    source = models.CharField(max_length=5, choices=Source, default=Source.STAFF)
    known_on = models.DateField(null=True)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(after_days__in=(30, 90)),
                name="customers_are_asked_after_30_and_90_days",
            )
        ]
        indexes = [models.Index(fields=["case", "after_days"], name="follow_ups_of_case")]


class Review(models.Model):
    """A case that somebody should look at, after the fact: drawn as a sample or for a signal with
    the facts behind it. Looking teaches; it takes nothing back."""

    class Why(models.TextChoices):
        SAMPLE = "sample", _("drawn by lot")
        SPLIT = "split", _("one customer several times within a day")
        JUST_UNDER = "just_under", _("round amounts just under the limit")
        SAME_CUSTOMER = "same", _("one customer again and again")
        FAR = "far", _("far from what colleagues spend")
        RETURNED = "returned", _("money said to have come back again and again")

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    why = models.CharField(max_length=10, choices=Why)
    facts: Any = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "why"], name="a_case_is_to_be_reviewed_for_a_reason_once"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="a_review_says_by_whom_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(reviewed_at=None), name="reviews_waiting")
        ]
