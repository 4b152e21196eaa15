"""What is compared with what."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.models import (
    BonusPolicy,
    BonusRun,
)
from incentives.services.bonus_policies import Terms
from people.models import LeaveKind


class PickForm(forms.Form):
    """Which people of a comparison are listed; for those who see persons."""

    WORDS = {
        "": _("everybody"), "gain": _("who gains"), "lose": _("who loses"),
        "capped": _("who hits the cap"), "enter": _("who gets a share only then"),
        "fall_out": _("who gets no share any more"),
    }  # fmt: skip

    who = forms.ChoiceField(label=_("List"), required=False, choices=WORDS.items)
    search = forms.CharField(label=_("Name, number or department"), required=False, max_length=100)

    def __init__(self, *args, sees_people: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.sees_people = sees_people
        if not sees_people:
            del self.fields["who"], self.fields["search"]


class CompareTermsForm(PickForm):
    """Other terms for a pool's year. Who sees no persons tries whole percents: between two caps
    that are close enough lies one person."""

    of = forms.ChoiceField(label=_("Pool and year"))
    cap = forms.DecimalField(
        label=_("Cap, percent of the salary"), min_value=1, max_value=100, decimal_places=2
    )
    cap_basis = forms.ChoiceField(label=_("Salary behind the cap"),
                                  choices=BonusPolicy.CapBasis.choices)  # fmt: skip
    leavers = forms.ChoiceField(label=_("Leavers"), choices=BonusPolicy.Leavers.choices)
    department_factor = forms.BooleanField(label=_("Factor of the department"), required=False)
    manager_factor = forms.BooleanField(label=_("Factor of the manager"), required=False)
    band = forms.DecimalField(
        label=_("Band of the manager's factor, percent"), min_value=0, max_value=99,
        decimal_places=2,
    )  # fmt: skip
    excluded_leave = forms.MultipleChoiceField(
        label=_("Leave that earns nothing"), required=False, choices=LeaveKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    field_order = ("of", "cap", "cap_basis", "leavers", "department_factor", "manager_factor",
                   "band", "excluded_leave")  # fmt: skip

    def __init__(self, *args, years: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["of"].choices = years

    def clean(self) -> dict:
        said = super().clean()
        for name in ("cap", "band"):
            if not self.sees_people and said.get(name) is not None and said[name] % 1:
                self.add_error(name, _("Try whole percents."))
        return said

    @staticmethod
    def showing(terms: Terms) -> dict:
        return {
            "cap": f"{terms.cap_bp / 100:g}", "cap_basis": terms.cap_basis,
            "leavers": terms.leavers, "department_factor": terms.department_factor,
            "manager_factor": terms.manager_factor, "band": f"{terms.manager_band_bp / 100:g}",
            "excluded_leave": terms.excluded_leave,
        }  # fmt: skip

    def terms(self) -> Terms:
        said = self.cleaned_data
        return Terms(
            cap_bp=int(said["cap"] * 100), cap_basis=said["cap_basis"], leavers=said["leavers"],
            department_factor=said["department_factor"], manager_factor=said["manager_factor"],
            manager_band_bp=int(said["band"] * 100), excluded_leave=said["excluded_leave"],
        )  # fmt: skip


class CompareRunsForm(PickForm):
    """Two runs as they are stored, of whatever pools and years."""

    before = forms.ModelChoiceField(label=_("Run"), queryset=BonusRun.objects.none())
    after = forms.ModelChoiceField(label=_("Beside"), queryset=BonusRun.objects.none())

    field_order = ("before", "after")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        runs = BonusRun.objects.exclude(state=BonusRun.State.ESTIMATE).select_related("pool")
        for name in ("before", "after"):
            self.fields[name].queryset = runs
            self.fields[name].label_from_instance = _run_in_words


def _run_in_words(run: BonusRun) -> str:
    return f"{run.pool.code} {run.year}, {run.get_state_display()} (#{run.pk})"
