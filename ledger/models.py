"""Money: accounts and the transfers between them. Amounts are whole minor units (pence, cents)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum


class Account(models.Model):
    """Money is somewhere. A floored account can't go below zero and carries its balance."""

    code = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    floored = models.BooleanField(default=False)
    balance_minor = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["code", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "currency"], name="an_account_is_known_once_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(floored=False, balance_minor=None)
                | Q(floored=True, balance_minor__gte=0),
                name="a_floored_account_is_never_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def balance(self, *, earned_through=None) -> int:
        """Sum of movements in minor units, at will only those earned through a day."""
        incoming, outgoing = self.incoming.all(), self.outgoing.all()
        if earned_through is not None:
            incoming = incoming.filter(earned_day__lte=earned_through)
            outgoing = outgoing.filter(earned_day__lte=earned_through)
        total = Sum("amount_minor", default=0)
        return incoming.aggregate(s=total)["s"] - outgoing.aggregate(s=total)["s"]


class Transfer(models.Model):
    """One movement of money. Added, never edited; a mistake is answered by one reversal."""

    from_account = models.ForeignKey(Account, models.PROTECT, related_name="outgoing")
    to_account = models.ForeignKey(Account, models.PROTECT, related_name="incoming")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=120, unique=True)
    earned_day = models.DateField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.CharField(max_length=500)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", editable=False
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_transfer_moves_more_than_nothing"
            ),
            models.CheckConstraint(
                condition=~Q(from_account=F("to_account")),
                name="a_transfer_is_between_two_accounts",
            ),
        ]

    def __str__(self) -> str:
        return self.key
