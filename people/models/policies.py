"""Dated settings."""

from django.conf import settings
from django.db import models


class Policy(models.Model):
    """A dated setting: what holds from which day, who said so and why."""

    name = models.CharField(max_length=40)
    from_date = models.DateField()
    value = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "from_date"], name="a_policy_has_one_value_from_a_day"
            )
        ]
