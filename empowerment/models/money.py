"""Cases' money: departments' monthly budgets, what accounting was told, and card statements."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from empowerment.models.cases import Case, CaseReturn
from empowerment.models.limits import Limit
from ledger.models import Account
from people.models import Department

USER = settings.AUTH_USER_MODEL


class MonthlyBudget(models.Model):
    """What a department may spend in a month, as money in an account that can't go below zero.
    `limit` is the one it was last funded by, `funded_minor` what has been put in so far, in
    `fundings` movements."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    month = models.DateField()
    currency = models.CharField(max_length=3)
    limit = models.ForeignKey(Limit, models.PROTECT, related_name="budgets")
    account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    funded_minor = models.BigIntegerField(default=0)
    fundings = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month", "department"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "month", "currency"],
                name="a_department_has_one_empowerment_budget_a_month",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="a_monthly_budget_begins_on_the_first"
            ),
            models.CheckConstraint(
                condition=Q(funded_minor__gte=0), name="a_budget_is_not_funded_below_nothing"
            ),
        ]


class AccountingExport(models.Model):
    """One file of cases for accounting; what it holds is in no other."""

    currency = models.CharField(max_length=3)
    through = models.DateField()
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]


class AccountingLine(models.Model):
    """What a file tells accounting: a case (above 0), or money that came back (below 0), on the
    day it did, in the accounts of its remedy as they were named then."""

    export = models.ForeignKey(AccountingExport, models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, related_name="accounting_lines")
    returned = models.OneToOneField(
        CaseReturn, models.PROTECT, null=True, related_name="accounting_line"
    )
    amount_minor = models.BigIntegerField()
    day = models.DateField()
    debit = models.CharField(max_length=40)
    credit = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(returned=None),
                name="accounting_is_told_of_a_case_once",
            ),
            models.CheckConstraint(
                condition=Q(returned=None, amount_minor__gt=0)
                | Q(returned__isnull=False, amount_minor__lt=0),
                name="a_return_is_told_below_zero",
            ),
        ]


class CardStatement(models.Model):
    """A file of card lines, as it was imported."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    currency = models.CharField(max_length=3)
    imported_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]


class CardLines(models.QuerySet):
    def purchases(self) -> Self:
        """Settlement and adjustment lines are no spending and belong in no total of it."""
        return self.filter(kind__in=(CardLine.Kind.PURCHASE, CardLine.Kind.REFUND))

    def unmatched(self) -> Self:
        return self.purchases().filter(match=None)


class CardLine(models.Model):
    """One line of a card statement. `identity` is made of what the line says and, where lines say
    the same, of how many came before it: so that overlapping files count each line once."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("purchase")
        REFUND = "refund", _("refund")
        SETTLEMENT = "settlement", _("payment of the card's bill")
        ADJUSTMENT = "adjustment", _("adjustment")

    statement = models.ForeignKey(CardStatement, models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()
    identity = models.CharField(max_length=64, unique=True)
    date = models.DateField()
    merchant = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=400, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=Kind)

    objects = CardLines.as_manager()

    class Meta:
        ordering = ["date", "id"]
        indexes = [models.Index(fields=["currency", "date"], name="card_lines_by_day")]


class CardMatch(models.Model):
    """A card line that is a case's, or money that came back of one: found or said by finance."""

    line = models.OneToOneField(CardLine, models.PROTECT, related_name="match")
    case = models.ForeignKey(Case, models.PROTECT, related_name="card_matches")
    returned = models.OneToOneField(
        CaseReturn, models.PROTECT, null=True, related_name="card_match"
    )
    found = models.BooleanField()
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(returned=None), name="a_case_has_one_card_line"
            )
        ]


class CardMismatch(models.Model):
    """A line and a case that finance took apart: they are not put together by themselves again."""

    line = models.ForeignKey(CardLine, models.PROTECT, related_name="mismatches")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    returned = models.ForeignKey(CaseReturn, models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
