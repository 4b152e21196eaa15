"""Setting a limit and a site's currencies, and choosing two limits to compare."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from empowerment.models import Limit
from empowerment.rules.limits import Measure, Scope
from empowerment.services.limit_telling import amount_of
from empowerment.services.limits import LONGEST_WINDOW, NewLimit, faults, measures_set_by
from people.forms.employment import EmployeeField
from people.forms.places import DayField
from people.models import Department, Employee, Role, Site, User
from people.money import CURRENCY_DIGITS, minor_units
from people.templatetags.shown import short_day
from people.widgets import LongSelect

CURRENCY = r"^[A-Za-z]{3}$"
# Only [0-9], never \d: full-width digits, 1e5 and 1,000 are refused instead of guessed at.
PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")


class AmountField(forms.DecimalField):
    """An amount in major units; `minor_units_of` makes it minor ones when the currency is known."""

    def __init__(self, **more: Any):
        super().__init__(**{"max_digits": 16, "decimal_places": 3, **more})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() and not PLAIN.fullmatch(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def minor_units_of(form: forms.Form, name: str, currency: str) -> int | None:
    """The field's amount in minor units; None, and an error at the field, when it does not fit."""
    amount = form.cleaned_data.get(name)
    if amount is None or not currency:
        return None
    try:
        return minor_units(amount, currency)
    except ValueError:
        digits = CURRENCY_DIGITS.get(currency, 2)
        form.add_error(
            name, _now("%(currency)s has %(digits)s decimals.")
            % {"currency": currency, "digits": digits},
        )  # fmt: skip
        return None


class LimitForm(forms.Form):
    """`new` is what was entered, once it is valid."""

    measure = forms.ChoiceField(label=_("What it counts"))
    scope = forms.ChoiceField(
        label=_("For whom"), choices=Scope.choices, widget=forms.RadioSelect,
        help_text=_("Of several limits for somebody the nearest holds, in this order. Fill in the"
                    " one field below that it needs."),
    )  # fmt: skip
    employee = EmployeeField(label=_("A person: employee number"), max_length=30, required=False)
    grade = forms.ChoiceField(label=_("A grade: job title"), required=False, widget=LongSelect)
    role = forms.ChoiceField(
        label=_("A role"), choices=[("", "–"), *Role.choices], required=False
    )  # fmt: skip
    department = forms.ModelChoiceField(
        label=_("A department"), queryset=Department.objects.order_by("name"),
        to_field_name="code", required=False, empty_label="–", widget=LongSelect,
        help_text=_("It alone, without those below it."),
    )  # fmt: skip
    site = forms.ModelChoiceField(
        label=_("A site"), queryset=Site.objects.order_by("name"), to_field_name="code",
        required=False, empty_label="–",
    )  # fmt: skip
    amount = AmountField(
        label=_("Amount"), required=False, help_text=_("0: nothing without asking."),
    )  # fmt: skip
    ended = forms.BooleanField(label=_("None of their own any more"), required=False)
    currency = forms.RegexField(
        label=_("Currency"), regex=CURRENCY, help_text=_("Three letters, for example GBP.")
    )
    days = forms.IntegerField(
        label=_("Days"), required=False, min_value=1, max_value=LONGEST_WINDOW,
        help_text=_("Per customer only: over how many days what was spent is counted."),
    )  # fmt: skip
    from_date = DayField(label=_("From"))
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, by: User, **more: Any):
        super().__init__(*args, **more)
        self.by = by
        own = set(measures_set_by(by))
        self.fields["measure"].choices = [each for each in Measure.choices if each[0] in own]
        self.fields["grade"].choices = [("", "–"), *((each, each) for each in _grades())]
        self.fields["from_date"].initial = timezone.localdate()
        newest = Limit.objects.order_by("-pk").first()
        self.fields["currency"].initial = newest.currency if newest else ""

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        ended, amount = said.get("ended"), said.get("amount")
        if ended and amount is not None:
            self.add_error("amount", _now("Leave it empty where there is none any more."))
        elif not ended and amount is None and "amount" not in self.errors:
            self.add_error("amount", _now("Write an amount, or tick that there is none any more."))
        said["amount_minor"] = minor_units_of(self, "amount", said.get("currency", ""))
        if said.get("measure") and said.get("scope"):
            # Several faults are told at once, each at its field.
            for fault in faults(self.new, by=self.by, today=timezone.localdate()):
                if fault.field not in self.errors:
                    self.add_error(fault.field, str(fault))
        return said

    @property
    def new(self) -> NewLimit:
        """With something right in the place of what is wrong in itself."""
        said = self.cleaned_data
        whom = {name: said.get(name) for name in ("employee", "department", "site")}
        words = {name: said.get(name, "") for name in ("grade", "role")}
        return NewLimit(
            Measure(said["measure"]), Scope(said["scope"]), said.get("amount_minor"),
            said.get("currency", ""), said.get("from_date") or timezone.localdate(),
            said.get("reason", ""), said.get("days"), **whom, **words,
        )  # fmt: skip


def _grades() -> list[str]:
    """The job titles of who is here, and those there have been limits for."""
    here = Employee.objects.here(timezone.localdate()).order_by()
    known = set(here.values_list("job_title", flat=True).distinct())
    known |= set(Limit.objects.order_by().values_list("grade", flat=True).distinct())
    return sorted(known - {""})


class CurrenciesForm(forms.Form):
    currencies = forms.CharField(
        label=_("Currencies"), max_length=100,
        help_text=_("Three letters each, the one that is offered first in front: GBP, EUR."),
    )  # fmt: skip
    from_date = DayField(label=_("From"), initial=timezone.localdate)
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def clean_currencies(self) -> list[str]:
        named = self.cleaned_data["currencies"].upper().replace(",", " ").split()
        wrong = [each for each in named if not re.fullmatch(CURRENCY, each)]
        if wrong:
            raise forms.ValidationError(
                _("%(wrong)s is no currency: three letters each, for example GBP."),
                params={"wrong": ", ".join(wrong)},
            )
        return named


class LimitChoice(forms.ModelChoiceField):
    widget = LongSelect

    def label_from_instance(self, limit: Limit) -> str:
        said = {
            "whom": limit.whom, "measure": limit.get_measure_display(),
            "amount": amount_of(limit, limit.currency), "day": short_day(limit.from_date),
        }  # fmt: skip
        return _now("%(whom)s, %(measure)s: %(amount)s from %(day)s") % said


class CompareForm(forms.Form):
    """Two limits that count the same in the same currency."""

    one = LimitChoice(label=_("One limit"), queryset=None, empty_label="–")
    other = LimitChoice(label=_("The other"), queryset=None, empty_label="–")

    def __init__(self, *args: Any, limits: QuerySet[Limit], **more: Any):
        super().__init__(*args, **more)
        ordered = limits.order_by("measure", "currency", "scope", "-from_date", "-pk")
        for name in ("one", "other"):
            self.fields[name].queryset = ordered

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        one, other = said.get("one"), said.get("other")
        if one is None or other is None:
            return said
        if one == other:
            self.add_error("other", _now("Choose another one than the first."))
        elif (one.measure, one.currency) != (other.measure, other.currency):
            self.add_error(
                "other", _now("Choose one that counts the same in the same currency: %(measure)s,"
                              " %(currency)s.")
                % {"measure": one.get_measure_display(), "currency": one.currency},
            )  # fmt: skip
        return said
