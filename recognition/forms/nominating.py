"""Praising a colleague, and taking one's praise back."""

from datetime import date
from functools import cached_property

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.places import DayField
from people.models import Employee, ShownTo
from recognition.models import Behaviour
from recognition.rules.stories import LONGEST
from recognition.services.nominating import LONGEST_REFERENCE, Praise

AUDIENCES = (
    (ShownTo.NOBODY, _("only those it names")),
    (ShownTo.TEAM, _("their department too")),
    (ShownTo.STAFF, _("all colleagues")),
    (ShownTo.PUBLIC, _("outside the company too")),
)


class ColleaguesField(forms.ModelMultipleChoiceField):
    """Employee numbers of colleagues who are here; the page draws them as chips."""

    widget = forms.SelectMultiple
    default_error_messages = {
        "required": _("Choose at least one colleague."),
        "invalid_choice": _("Nobody with the number %(value)s works here now."),
    }


class BehaviourField(forms.ModelChoiceField):
    widget = forms.RadioSelect
    default_error_messages = {
        "required": _("Choose what they did."),
        "invalid_choice": _("Choose what they did from the list."),
    }


class NominationForm(forms.Form):
    """`key` is made with the form, so that sending it twice makes one nomination."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    nominees = ColleaguesField(label=_("Who?"), queryset=None, to_field_name="number")
    behaviour = BehaviourField(
        label=_("What did they do?"), queryset=None, to_field_name="code", empty_label=None
    )
    story = forms.CharField(
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For whom, and what it changed. A sentence is enough."),
    )
    happened_on = DayField(label=_("When?"))
    customer_reference = forms.CharField(
        label=_("Which customer?"), required=False, max_length=LONGEST_REFERENCE,
        help_text=_("A case or order number, if there is one; no names of customers."),
    )  # fmt: skip
    audience = forms.TypedChoiceField(
        label=_("Who may see it?"),
        choices=AUDIENCES, coerce=lambda said: ShownTo(int(said)), widget=forms.RadioSelect,
        help_text=_(
            "At most these. Everybody decides for themself how far their own name is shown; where"
            " somebody has not agreed, it says “a colleague”."
        ),
    )  # fmt: skip

    IN_SHORT = ("happened_on", "customer_reference", "audience")
    """Fields that most people leave as they are; folded away until one of them is wrong."""

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["nominees"].queryset = Employee.objects.here(today)
        self.fields["behaviour"].queryset = Behaviour.objects.offered(today)
        self.fields["happened_on"].widget.attrs["max"] = today.isoformat()

    @cached_property
    def chosen(self) -> list[Employee]:
        """Who stands in the form now, as posted or as it began, each with its place."""
        said = [str(number) for number in self["nominees"].value() or ()]
        numbers = [number for number in said if "\x00" not in number]
        found = self.fields["nominees"].queryset.filter(number__in=numbers)
        return list(found.with_place(self.today).order_by("sort_key", "number"))

    @property
    def in_short(self) -> list[forms.BoundField]:
        return [self[name] for name in self.IN_SHORT]

    @property
    def unfolded(self) -> bool:
        return any(field.errors for field in self.in_short)

    @property
    def longest_story(self) -> int:
        return LONGEST

    @property
    def praise(self) -> Praise:
        said = self.cleaned_data
        return Praise(**{**said, "nominees": tuple(said["nominees"])})


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why (if you like to say)"), required=False, max_length=500)
