"""How limits and their changes are written for people."""

from django import template
from django.utils.translation import gettext as _

from empowerment.models import Limit
from empowerment.services.limit_reading import Period
from empowerment.services.limit_telling import amount_of
from people.dates import long_day, short_day

register = template.Library()


@register.filter
def amount_said(limit: Limit) -> str:
    """GBP 150.00 in 30 days"""
    return amount_of(limit, limit.currency)


@register.filter
def limit_said(limit: Limit) -> str:
    """Claims: GBP 150.00 from Mon 2 March 2026"""
    return _("%(whom)s: %(amount)s from %(day)s") % {
        "whom": limit.whom, "amount": amount_said(limit), "day": short_day(limit.from_date),
    }  # fmt: skip


@register.filter
def change_said(period: Period) -> str:
    """Raised from GBP 25.00 to GBP 150.00 on Monday 2 March 2026"""
    limit, before = period.limit, period.replaced.limit if period.replaced else None
    said = {"day": long_day(limit.from_date), "after": amount_said(limit)}
    if limit.amount_minor is None:
        return _("Ended on %(day)s") % said
    if before is None or before.amount_minor is None:
        return _("%(after)s, first set on %(day)s") % said
    said["before"] = amount_said(before)
    if limit.amount_minor > before.amount_minor:
        return _("Raised from %(before)s to %(after)s on %(day)s") % said
    if limit.amount_minor < before.amount_minor:
        return _("Lowered from %(before)s to %(after)s on %(day)s") % said
    return _("Changed from %(before)s to %(after)s on %(day)s") % said
