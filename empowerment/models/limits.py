"""Limits: how much may be spent on a customer's behalf without asking, dated and by whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from empowerment.rules.limits import Measure, Scope
from people.models import Department, Employee, Role, Site

USER = settings.AUTH_USER_MODEL
LARGEST_MINOR = 10**15
"""No amount of money is as large as this, in minor units."""


def _only(scope: Scope, **whom: object) -> Q:
    """Of the five ways to say whom a limit is for, exactly the scope's own is used."""
    used: dict[str, object] = {
        "employee__isnull": True, "grade": "", "role": "", "department__isnull": True,
        "site__isnull": True,
    }  # fmt: skip
    named = Q()
    for field, value in whom.items():
        used.pop(field)
        named &= Q(**{field: False}) if value is None else ~Q(**{field: value})
    return Q(scope=scope.value) & Q(**used) & named


class Limit(models.Model):
    """What holds from a day on, until the next row of the same measure for the same people in the
    same currency; without an amount: no limit of their own from that day. Added, never edited."""

    measure = models.CharField(max_length=10, choices=Measure)
    scope = models.CharField(max_length=10, choices=Scope)
    employee = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="limits"
    )
    grade = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+"
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    from_date = models.DateField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-from_date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor=None)
                | Q(amount_minor__gte=0, amount_minor__lt=LARGEST_MINOR),
                name="a_limit_is_an_amount_or_none",
            ),
            models.CheckConstraint(
                condition=Q(measure="customer", days__isnull=False, days__gte=1, days__lte=366)
                | (~Q(measure="customer") & Q(days=None)),
                name="a_limit_per_customer_and_no_other_counts_days",
            ),
            models.CheckConstraint(
                condition=_only(Scope.PERSON, employee__isnull=None)
                | _only(Scope.GRADE, grade="")
                | _only(Scope.ROLE, role="")
                | _only(Scope.DEPARTMENT, department__isnull=None)
                | _only(Scope.SITE, site__isnull=None)
                | _only(Scope.EVERYBODY),
                name="a_limit_says_for_whom_it_is_in_one_way",
            ),
            models.CheckConstraint(
                condition=~Q(measure="department")
                | Q(scope__in=("department", "site", "everybody")),
                name="a_departments_limit_is_not_a_persons",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_limit_says_why"),
        ]
        indexes = [models.Index(fields=["scope", "from_date"], name="limits_by_scope")]

    @property
    def whom(self) -> str:
        """Whom it is for, in words."""
        if self.scope == Scope.ROLE:
            return str(Role(self.role).label)
        named = self.employee or self.grade or self.department or self.site
        return str(named or Scope.EVERYBODY.label)


class SiteCurrencies(models.Model):
    """The currencies in which a site's people spend, from a day on until the next row; the first
    is offered. A site without a row spends in whatever its people have limits for."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="currencies")
    currencies = models.CharField(_("currencies"), max_length=60)
    from_date = models.DateField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-from_date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(currencies="") & ~Q(reason=""),
                name="a_sites_currencies_are_named_and_say_why",
            )
        ]
