"""How the years of a pool are shared."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.forms.runs import minor_units_of
from incentives.models import (
    BonusPolicy,
    Pool,
)
from incentives.services.bonus_policies import Terms
from incentives.services.splitting import percent
from people.forms.places import DayField
from people.models import LeaveKind
from people.money import major_units


class BonusPolicyForm(forms.Form):
    """`terms` is what was entered, once it is valid."""

    from_date = DayField(label=_("From"))
    cap = forms.DecimalField(
        label=_("Cap in percent of the salary"), min_value=Decimal("0.01"), max_value=100,
        decimal_places=2, max_digits=5,
    )  # fmt: skip
    cap_basis = forms.ChoiceField(label=_("Which salary"), choices=BonusPolicy.CapBasis.choices)
    department_factor = forms.BooleanField(
        label=_("Who works where more of the own goals were met gets more"), required=False
    )
    manager_factor = forms.BooleanField(label=_("Leads may give more or less"), required=False)
    manager_band = forms.DecimalField(
        label=_("At most so many percent more or less"), min_value=0, max_value=Decimal("99.99"),
        decimal_places=2, max_digits=4,
    )  # fmt: skip
    leavers = forms.ChoiceField(label=_("Who leaves"), choices=BonusPolicy.Leavers.choices)
    excluded_leave = forms.MultipleChoiceField(
        label=_("Leave that earns nothing"), required=False, choices=LeaveKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    negative_limit = forms.DecimalField(
        label=_("So much of a debt goes into the next year"), min_value=0, max_digits=15,
        decimal_places=3, help_text=_("The company bears the rest."),
    )  # fmt: skip
    question_days = forms.IntegerField(
        label=_("Days for questions after the approval"), min_value=0, max_value=366
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, pool: Pool, **kwargs):
        super().__init__(*args, **kwargs)
        self.pool = pool

    @classmethod
    def showing(cls, terms: Terms, currency: str) -> dict:
        """What the form holds at first."""
        return terms.as_json() | {
            "cap": percent(terms.cap_bp), "manager_band": percent(terms.manager_band_bp),
            "negative_limit": major_units(terms.negative_limit_minor, currency),
        }  # fmt: skip

    def clean_negative_limit(self) -> int:
        return minor_units_of(self.cleaned_data["negative_limit"], self.pool.currency)

    @property
    def terms(self) -> Terms:
        said = self.cleaned_data
        names = (
            "cap_basis", "department_factor", "manager_factor", "leavers", "excluded_leave",
            "question_days",
        )  # fmt: skip
        return Terms(
            cap_bp=int(said["cap"] * 100), manager_band_bp=int(said["manager_band"] * 100),
            negative_limit_minor=said["negative_limit"], **{name: said[name] for name in names},
        )  # fmt: skip
