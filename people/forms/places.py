"""Keeping sites, calendars and departments."""

import re
import zoneinfo
from functools import cache

from django import forms
from django.core.validators import RegexValidator
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from holidays.registry import COUNTRIES

from people import rules
from people.dates import LAST_DAY, WITHIN_REASON
from people.models import CalendarEntry, Department, Site


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs):
        super().__init__(validators=WITHIN_REASON, **kwargs)


class NameField(forms.CharField):
    def __init__(self, **kwargs):
        super().__init__(**{"label": pgettext_lazy("place", "Name"), "max_length": 200, **kwargs})


class CodeField(forms.CharField):
    """A code stands in addresses and files and never changes."""

    def __init__(self, **kwargs):
        readable = RegexValidator(
            r"^(?!\.+$)[^\x00-\x1f\x7f]+$", _("Write letters and digits, for example BILLING.")
        )
        super().__init__(
            label=_("Code"),
            max_length=30,
            validators=[readable],
            help_text=_("Short; stands in addresses and files and can't be changed later."),
            **kwargs,
        )


class WhyField(forms.CharField):
    def __init__(self, **kwargs):
        super().__init__(label=_("Why"), max_length=500, **kwargs)


@cache
def time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


@cache
def countries() -> list[tuple[str, str]]:
    """Those whose public holidays are known, by name: the package knows English ones."""
    named = [
        (codes[1], re.sub(r"(?<=[a-z])(?=[A-Z])", " ", codes[0]))
        for codes in COUNTRIES.values()
        if len(codes[1]) == 2
    ]
    return sorted(named, key=lambda pair: pair[1])


class ZoneField(forms.ChoiceField):
    def __init__(self, **kwargs):
        super().__init__(label=_("Time zone"), choices=time_zones, **kwargs)


class ZoneForm(forms.Form):
    time_zone = ZoneField()


class NameForm(forms.Form):
    name = NameField()


class WeekFields(forms.Form):
    """Cleans to working_days (as text), country and subdivision."""

    working_days = forms.MultipleChoiceField(
        label=_("Working days"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=["0", "1", "2", "3", "4"],
    )
    country = forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        choices=lambda: [("", _("no country: none are kept")), *countries()],
    )
    subdivision = forms.CharField(
        label=_("State, province or region"),
        required=False,
        max_length=10,
        help_text=_("Its short code, for example BY for Bavaria; empty: the whole country."),
    )

    def clean_working_days(self):
        return rules.working_days_text(int(day) for day in self.cleaned_data["working_days"])

    def clean(self):
        said = super().clean()
        subdivision = said.get("subdivision", "")
        try:
            rules.public_holidays(said.get("country", ""), subdivision, LAST_DAY.year)
        except ValueError:
            self.add_error("subdivision", _("No public holidays are known for it."))
        if subdivision and not said.get("country"):
            self.add_error("subdivision", _("Choose its country first."))
        return said


class WeekForm(WeekFields):
    from_date = DayField(label=_("From"))
    field_order = ["from_date"]


class SiteForm(WeekFields):
    code = CodeField()
    name = NameField()
    time_zone = ZoneField()
    field_order = ["code", "name", "time_zone"]


class CalendarEntryForm(forms.Form):
    day = DayField(label=_("Day"))
    kind = forms.ChoiceField(label=_("What it is"), choices=CalendarEntry.Kind.choices)
    name = NameField(help_text=_("What colleagues read, for example Stocktaking."))


class DepartmentChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        # Closed ones can't be chosen; one that closes later is refused by its day.
        still_open = Department.objects.filter(placements__until_date=None, placements__gt=0)
        super().__init__(still_open.order_by("name", "code"), **kwargs)

    def label_from_instance(self, department):
        return f"{department.name} ({department.code})"


class SiteChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(Site.objects.order_by("name", "code"), label=_("Site"), **kwargs)


class MoveForm(forms.Form):
    parent = DepartmentChoice(label=_("Below"), required=False, empty_label=_("at the top"))
    site = SiteChoice()
    from_date = DayField(label=_("From"))
    why = WhyField()


class DepartmentForm(forms.Form):
    code = CodeField()
    name = NameField()
    parent = DepartmentChoice(label=_("Below"), required=False, empty_label=_("at the top"))
    site = SiteChoice()
    from_date = DayField(label=_("Open from"))


class MergeForm(forms.Form):
    into = DepartmentChoice(label=_("Into"))
    from_date = DayField(label=_("From"), help_text=_("It closes the day before."))
    why = WhyField()


class CloseForm(forms.Form):
    last_day = DayField(label=_("Last day"))
    why = WhyField()


class OnDayForm(forms.Form):
    on = DayField(label=_("On"), required=False)
