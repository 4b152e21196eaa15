"""Awards: levels, the panels that decide on them, votes, and the money that goes with them."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import Department, Employee, Spanned
from recognition.models.praise import Nomination

USER = settings.AUTH_USER_MODEL


class AwardLevel(models.Model):
    """A card, a spot award with money, a quarterly star: what it is worth to each who is named,
    who decides, and how payroll taxes it. `names` holds further languages."""

    class Decides(models.TextChoices):
        LEAD = "lead", _("a lead")
        PANEL = "panel", _("a panel")

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    decides = models.CharField(max_length=5, choices=Decides, default=Decides.LEAD)
    quorum = models.PositiveSmallIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    tax_class = models.CharField(max_length=30, blank=True)
    repeat_months = models.PositiveSmallIntegerField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor=0)
                | (Q(amount_minor__gt=0) & ~Q(currency="") & ~Q(tax_class="")),
                name="an_award_with_money_has_a_currency_and_a_tax_class",
            ),
            models.CheckConstraint(
                condition=Q(decides="lead") | Q(quorum__gte=1), name="a_panel_has_a_quorum"
            ),
        ]

    def __str__(self) -> str:
        return self.names.get(get_language() or "") or self.name


class PanelMember(Spanned):
    """Who sits on the panel of a level, from a day through a day."""

    level = models.ForeignKey(AwardLevel, models.PROTECT, related_name="panel")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="panels")


class Budget(models.Model):
    """Money that a department, with those below it, or the company may give away in a year."""

    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+"
    )
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ["-year", "department"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "year", "currency"],
                name="a_department_has_one_recognition_budget_a_year",
            ),
            models.UniqueConstraint(
                fields=["year", "currency"],
                condition=Q(department=None),
                name="the_company_has_one_recognition_budget_a_year",
            ),
        ]

    @property
    def account_code(self) -> str:
        whose = f"department-{self.department_id}" if self.department_id else "company"
        return f"recognition:{whose}:{self.year}"


class Awards(models.QuerySet):
    def open(self) -> Self:
        return self.filter(state=Award.State.PROPOSED)

    def granted(self, *, since: date | None = None) -> Self:
        found = self.filter(state=Award.State.GRANTED)
        return found.filter(decided_at__date__gte=since) if since else found


class Award(models.Model):
    """A nomination raised to a level. A lead's is granted at once, a panel's when it has voted."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("before the panel")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("not granted")
        REVERSED = "reversed", _("taken back")

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="awards")
    level = models.ForeignKey(AwardLevel, models.PROTECT, related_name="awards")
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    budget = models.ForeignKey(Budget, models.PROTECT, null=True, related_name="awards")
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    tax_class = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=500)
    raised_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    objects = Awards.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "level"],
                condition=Q(state__in=("proposed", "granted")),
                name="praise_is_raised_to_a_level_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("granted", "refused"))
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_award_says_by_whom",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_award_says_why"),
        ]


class AwardRecipient(models.Model):
    """One person's part of an award: the money each."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="recipients")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="awards")
    amount_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "employee"], name="a_person_receives_an_award_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0), name="a_reward_is_not_negative"
            ),
        ]


class RewardExport(models.Model):
    """One file of rewards for payroll; what it holds is in no other."""

    currency = models.CharField(max_length=3)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]


class RewardLine(models.Model):
    """What a file tells payroll of one reward: to pay it (above 0), or to take off again what was
    reversed after it had been told (below 0). `name` is what the person was called then, so that
    the file stays the same."""

    export = models.ForeignKey(RewardExport, models.PROTECT, related_name="lines")
    recipient = models.ForeignKey(AwardRecipient, models.PROTECT, related_name="lines")
    amount_minor = models.BigIntegerField()
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient"], condition=Q(amount_minor__gt=0),
                name="a_reward_goes_to_payroll_once",
            ),
            models.UniqueConstraint(
                fields=["recipient"], condition=Q(amount_minor__lt=0),
                name="a_reward_is_taken_off_payroll_once",
            ),
            models.CheckConstraint(
                condition=~Q(amount_minor=0), name="a_line_for_payroll_is_not_empty"
            ),
        ]  # fmt: skip


class Vote(models.Model):
    """What a member of the panel says of an award, once."""

    class Says(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")

    award = models.ForeignKey(Award, models.PROTECT, related_name="votes")
    member = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    says = models.CharField(max_length=3, choices=Says)
    comment = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "member"], name="a_member_votes_once")
        ]


class BudgetGrant(models.Model):
    """Money put into a recognition budget by finance, or taken back out of it."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="grants")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    key = models.UUIDField(unique=True)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount_minor=0), name="a_budget_grant_moves_something"
            )
        ]
