"""Every component of the look in every state, for whoever builds pages; not in production."""

from types import SimpleNamespace

import django_tables2 as tables
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from people.columns import CurrencyColumn, DayColumn, MoneyColumn, NumberColumn

CHOICES = [("a", "Claims"), ("b", "Billing"), ("c", "Care")]


class ExampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the badge.")
    email = forms.EmailField(label="E-mail")
    amount = forms.DecimalField(label="Amount", widget=forms.TextInput({"inputmode": "decimal"}))
    day = forms.DateField(label="First day", required=False)
    department = forms.ChoiceField(label="Department", choices=CHOICES)
    way = forms.ChoiceField(label="Way", choices=CHOICES, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label="Several", choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    many = forms.MultipleChoiceField(label="Many", choices=CHOICES, required=False)
    reason = forms.CharField(label="Why", widget=forms.Textarea({"rows": 3}))
    file = forms.FileField(label="File", required=False)
    agreed = forms.BooleanField(label="I have looked at it", help_text="Both pages.")


class ExampleTable(tables.Table):
    day = DayColumn("Day", address_of=lambda _row: "#tables")
    department = tables.Column("Department")
    figure = NumberColumn("Figure")
    paid_minor = MoneyColumn("Paid in")
    currency = CurrencyColumn("Currency")
    state = tables.TemplateColumn(
        '{% include "components/state.html" with state=value %}', verbose_name="State"
    )

    class Meta:
        attrs = {"class": "table"}
        order_by = "department"
        empty_text = "Nothing was found: try fewer filters."


@require_safe
def styleguide(request):
    if not (settings.DEBUG or settings.STYLEGUIDE):
        raise Http404
    table = ExampleTable(_rows(), prefix="full-")
    RequestConfig(request, paginate={"per_page": 3}).configure(table)
    wrong = ExampleForm({"email": "nobody", "amount": "1e5", "department": "z"}, auto_id="wrong_%s")
    wrong.add_error(None, "Claims was closed while you wrote.")
    context = {
        "form": ExampleForm(auto_id="empty_%s"),
        "wrong": wrong,
        "table": table,
        "empty": ExampleTable([], prefix="empty-"),
        "chart": _chart(),
        "metric": SimpleNamespace(name="Calls answered", get_unit_display="percent"),
        "effects": ["Claims closes on 31 December.", "12 employees move to Billing."],
        "messages": [
            Message(messages.SUCCESS, "2 figures recorded."),
            Message(messages.INFO, "Somebody else has to approve this."),
            Message(messages.WARNING, "1 figure waits for a second person."),
            Message(messages.ERROR, "The day is final: correct it instead."),
        ],
    }
    return render(request, "styleguide/page.html", context | _frame(request))


def _frame(request) -> dict:
    """A menu for those who are not signed in, as somebody with every role would see it."""
    if request.user.is_authenticated:
        return {}
    link = SimpleNamespace(title="Days", address="/days/")
    here = SimpleNamespace(title="Styleguide", address=request.path)
    return {
        "user": SimpleNamespace(is_authenticated=True, display_name="Ann Example"),
        "unread": 3,
        "account_links": [link],
        "navigation": [
            SimpleNamespace(title="", links=[link, here]),
            SimpleNamespace(title="Money", links=[link, link]),
            SimpleNamespace(title="Company", links=[link, link]),
        ],
    }


def _rows() -> list[SimpleNamespace]:
    today = timezone.localdate()
    states = ("met", "missed", "awaited", "excused")
    return [
        SimpleNamespace(
            day=today, department=f"Department {n}", figure=1000 * n + 7, paid_minor=25_000 * n,
            currency="GBP", state=states[n % 4],
        )
        for n in range(8)
    ]  # fmt: skip


def _chart() -> SimpleNamespace:
    today = timezone.localdate()
    points = [(20, 150), (180, 60), (340, 120), (500, 40), (700, 80)]
    marks = [
        SimpleNamespace(x=x, y=y, day=today, value=y, state="missed" if y > 100 else "met")
        for x, y in points
    ]
    return SimpleNamespace(
        width=720, height=200, marks=marks, first=today, last=today, lowest="40", highest="150",
        figures=[" ".join(f"{x},{y}" for x, y in points)], targets=["20,100 340,100 340,70 700,70"],
    )  # fmt: skip
