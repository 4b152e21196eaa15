"""Entering leave, ending it, taking it back; and how somebody left."""

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.employment import LeaverField
from people.forms.places import DayField, WhyField
from people.models import LeaveKind


class TakeLeaveForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of leave"), choices=LeaveKind)
    from_date = DayField(label=_("First day"))
    until_date = DayField(
        label=_("Last day"), required=False, help_text=_("Empty while nobody knows.")
    )


class EndLeaveForm(forms.Form):
    last_day = DayField(label=_("Last day"))


class TakeBackForm(forms.Form):
    why = WhyField()


class MarkLeaverForm(forms.Form):
    good_leaver = LeaverField()
    why = WhyField()
