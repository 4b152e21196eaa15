"""The limits of praise, and the company's service behaviours."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.forms.places import DayField
from recognition.rules.limits import Limits
from recognition.services.policies import MOST, MOST_MONTHS, Terms


def _count(label, **more) -> forms.IntegerField:
    return forms.IntegerField(label=label, **{"min_value": 1, "max_value": MOST, **more})


class PolicyForm(forms.Form):
    """`terms` is what was entered, once it is valid."""

    from_date = DayField(label=_("From"))
    giver = _count(_("Nominations that one person gives"))
    giver_days = _count(_("in so many days"))
    pair = _count(_("of them for the same colleague"))
    pair_days = _count(_("in so many days"))
    nominees = _count(_("Colleagues in one nomination"))
    repeat_months = _count(
        _("Months until the same person wins the same award again"), min_value=0,
        max_value=MOST_MONTHS, help_text=_("0: at once. A level may say otherwise."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    @classmethod
    def showing(cls, terms: Terms) -> dict:
        """What the form holds at first."""
        return vars(terms.limits) | {"repeat_months": terms.repeat_months}

    def clean_from_date(self):
        day = self.cleaned_data["from_date"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day: what was, stays."))
        return day

    @property
    def terms(self) -> Terms:
        said = self.cleaned_data
        names = ("giver", "giver_days", "pair", "pair_days", "nominees")
        return Terms(Limits(**{name: said[name] for name in names}), said["repeat_months"])
