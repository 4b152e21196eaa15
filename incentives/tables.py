"""Lists as django-tables2 classes."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incentives.models import DayVerdict
from ledger.models import Transfer
from people.models import Department
from people.templatetags.shown import money, short_day


class TransferTable(tables.Table):
    """A pool's movements, each linking to the day that earned it."""

    earned_day = tables.Column(_("Day"))
    why = tables.Column(_("Why"), orderable=False)
    amount_minor = tables.Column(_("Amount"), attrs={"td": {"class": "number"}})
    balance = tables.Column(
        _("Balance"), empty_values=(), orderable=False, attrs={"td": {"class": "number"}}
    )
    made_at = tables.DateTimeColumn(verbose_name=_("Booked"), short=True)
    key = tables.Column(_("Key"), orderable=False)

    class Meta:
        model = Transfer
        fields = ("earned_day", "why", "amount_minor", "balance", "made_at", "key")
        order_by = "-id"
        attrs = {"class": "table"}
        empty_text = _("No money has moved yet: it comes with the first final day that hits.")

    def __init__(self, *args, pool_account_ids: set[int], balances: dict[int, int], **kwargs):
        super().__init__(*args, **kwargs)
        self.pool_account_ids, self.balances = pool_account_ids, balances

    def render_earned_day(self, value):
        return format_html('<a href="{}">{}</a>', reverse("day", args=[value]), short_day(value))

    def render_amount_minor(self, value, record):
        sign = 1 if record.to_account_id in self.pool_account_ids else -1
        return money(sign * value, record.currency)

    def render_balance(self, record):
        return money(self.balances[record.pk], record.currency)


class DepartmentTable(tables.Table):
    code = tables.Column(_("Code"))
    name = tables.Column(_("Department"))

    class Meta:
        model = Department
        fields = ("code", "name")
        attrs = {"class": "table"}
        empty_text = _("No departments yet: import them first.")

    def render_name(self, value, record):
        return format_html('<a href="{}">{}</a>', reverse("department", args=[record.code]), value)


class DayTable(tables.Table):
    """Verdicts of the company's days, newest first."""

    date = tables.Column(_("Day"))
    status = tables.Column(_("Status"))
    met = tables.Column(_("Met"), attrs={"td": {"class": "number"}})
    counted = tables.Column(_("Of"), attrs={"td": {"class": "number"}})
    needed = tables.Column(_("Needed"), attrs={"td": {"class": "number"}})
    hit = tables.TemplateColumn(
        template_name="components/hit.html", verbose_name=_("Verdict"), orderable=True
    )
    contribution_minor = tables.Column(_("Paid in"), attrs={"td": {"class": "number"}})

    class Meta:
        model = DayVerdict
        fields = ("date", "status", "met", "counted", "needed", "hit", "contribution_minor")
        order_by = "-date"
        attrs = {"class": "table"}
        empty_text = _("No day has been closed yet: close one with manage.py close_day.")

    def render_date(self, value):
        return format_html('<a href="{}">{}</a>', reverse("day", args=[value]), short_day(value))

    def render_contribution_minor(self, value, record):
        return money(value, record.currency) if record.currency else "–"
