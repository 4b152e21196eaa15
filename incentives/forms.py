"""Shapes of input for figures, corrections and back-tests."""

import re
from decimal import Decimal

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incentives.models import (
    BonusPolicy,
    BonusRun,
    Metric,
    PayrollLayout,
    Pool,
    PoolPolicy,
    Restatement,
)
from incentives.rules import BASIS
from incentives.services.bonus_policies import Terms
from incentives.services.bonus_runs import Factor
from incentives.services.factors import Member, OwnDepartment
from incentives.services.figure_imports import as_figure
from incentives.services.goals import ShownGoal
from incentives.services.recording import Figure
from incentives.services.run_reading import YearToShare
from incentives.services.splitting import percent
from people.forms.places import DayField
from people.models import Department, Employee, LeaveKind
from people.money import major_units, minor_units, money
from people.rules import BEGINNING
from people.templatetags.shown import figure as shown_figure

PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")


class FiguresForm(forms.Form):
    """One text field a goal, so that every mistake gets a sentence beside its field."""

    reason = forms.CharField(
        label=_("Why do earlier figures change?"),
        required=False,
        max_length=300,
        help_text=_("Only needed when a figure was already recorded."),
    )

    def __init__(self, *args, goals: list[ShownGoal], day, **kwargs):
        super().__init__(*args, **kwargs)
        self.goals, self.day = goals, day
        self.figures: list[Figure] = []
        for goal in goals:
            self.fields[_name(goal)] = forms.CharField(
                label=goal.metric.name,
                required=False,
                max_length=40,
                initial="" if goal.value is None else f"{goal.value:f}",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                show_hidden_initial=True,
            )
        self.order_fields([*(_name(goal) for goal in goals), "reason"])

    def rows(self) -> list[tuple[ShownGoal, forms.BoundField]]:
        return [(goal, self[_name(goal)]) for goal in self.goals]

    def clean(self) -> dict:
        said = super().clean()
        for goal in self.goals:
            self._read(goal, said.get(_name(goal), ""), said.get("reason", ""))
        return said

    def _read(self, goal: ShownGoal, text: str, reason: str) -> None:
        if text == self.data.get(self.add_initial_prefix(_name(goal))):
            # Left as it was shown: what somebody else has recorded since stays.
            return
        try:
            value = as_figure(text, goal.metric)
        except ValueError as error:
            self.add_error(_name(goal), str(error))
            return
        if value is None:
            if goal.value_scaled is not None:
                self.add_error(
                    _name(goal), _("A blank erases nothing; %(value)s stays recorded.")
                    % {"value": shown_figure(goal.value)},
                )  # fmt: skip
            return
        if value != goal.value_scaled:
            self.figures.append(Figure(self.day, goal.department.pk, goal.metric.pk, value, reason))

    def field_of(self, position: int) -> str:
        figure = self.figures[position]
        return f"value-{figure.department_id}-{figure.metric_id}"


def _name(goal: ShownGoal) -> str:
    return f"value-{goal.department.pk}-{goal.metric.pk}"


class FactorsForm(forms.Form):
    """Two fields a member: the factor in percent, empty for whoever carries the difference, and
    why. `factors` are those that are right, also while others are not."""

    def __init__(self, *args, own: OwnDepartment, terms: Terms, may_change: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.own, self.terms = own, terms
        self.factors: dict[Employee, Factor] = {}
        for member in own.members:
            if not member.is_fixed:
                self._add_fields(member, may_change=may_change)

    def _add_fields(self, member: Member, *, may_change: bool) -> None:
        given, name = member.factor, member.employee.name
        self.fields[f"factor-{member.employee.pk}"] = forms.CharField(
            label=_("Factor of %(name)s in percent") % {"name": name},
            required=False,
            max_length=20,
            disabled=not may_change,
            initial=percent(given.factor_bp) if given else "",
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "100"}
            ),
        )
        self.fields[f"reason-{member.employee.pk}"] = forms.CharField(
            label=_("Why %(name)s") % {"name": name},
            required=False,
            max_length=500,
            disabled=not may_change,
            initial=given.reason if given else "",
        )

    def rows(self) -> list[tuple[Member, forms.BoundField | None, forms.BoundField | None]]:
        return [
            (m, None, None)
            if m.is_fixed
            else (m, self[f"factor-{m.employee.pk}"], self[f"reason-{m.employee.pk}"])
            for m in self.own.members
        ]

    @property
    def chosen(self) -> dict[int, int]:
        """The factors as written, or, before anything was, as they stand: basis points by
        employee."""
        if not self.is_bound:
            return self.own.given
        return {employee.pk: factor.basis_points for employee, factor in self.factors.items()}

    def clean(self) -> dict:
        said = super().clean()
        for member in self.own.members:
            if not member.is_fixed:
                self._read(member, said)
        if self.data.get("seen") != self.own.seen:
            self.add_error(None, self.own.changed_meanwhile)
        return said

    def _read(self, member: Member, said: dict) -> None:
        pk = member.employee.pk
        text, reason = said.get(f"factor-{pk}", "").strip(), said.get(f"reason-{pk}", "").strip()
        if not text:
            if reason:
                self.add_error(f"factor-{pk}", _("Which factor is this the reason for?"))
            return
        try:
            basis_points = self._basis_points(text)
        except ValueError as error:
            self.add_error(f"factor-{pk}", str(error))
            return
        if not reason and f"reason-{pk}" not in self.errors and basis_points != BASIS:
            self.add_error(f"reason-{pk}", _("Say why."))
        if reason or basis_points != BASIS:
            self.factors[member.employee] = Factor(basis_points, reason)

    def _basis_points(self, text: str) -> int:
        """Raises ValueError for what is no percentage within the band."""
        band = self.terms.manager_band_bp
        found = PERCENT.fullmatch(text)
        basis_points = int(Decimal(text.replace(",", ".")) * 100) if found else -1
        if not BASIS - band <= basis_points <= BASIS + band:
            raise ValueError(
                _("Write a number from %(low)s to %(high)s, for example 105.5.")
                % {"low": percent(BASIS - band), "high": percent(BASIS + band)}
            )
        return basis_points


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
        return _minor_units(self.cleaned_data["negative_limit"], self.pool.currency)

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


def _minor_units(amount: Decimal, currency: str) -> int:
    try:
        return minor_units(amount, currency)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


class RestateForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Restatement.Kind.choices)
    new = forms.CharField(
        label=_("Right figure or target"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Empty for an excuse."),
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, metric: Metric, **kwargs):
        super().__init__(*args, **kwargs)
        self.metric = metric

    def clean(self) -> dict:
        said = super().clean()
        said["new_scaled"] = None
        if said.get("kind") == Restatement.Kind.EXCUSE:
            return said
        try:
            said["new_scaled"] = as_figure(said.get("new", ""), self.metric)
        except ValueError as error:
            self.add_error("new", str(error))
        else:
            if said["new_scaled"] is None:
                self.add_error("new", _("Write the right figure."))
        return said


class ExcuseForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))


class BackTestForm(forms.Form):
    file = forms.FileField(label=_("Targets file"), help_text=_("Nothing is saved."))
    first = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(BEGINNING)],
    )
    last = forms.DateField(
        label=_("Through"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    unreported = forms.ChoiceField(
        label=_("Goals without a figure"), choices=PoolPolicy.Unreported.choices
    )
    ignore_dates = forms.BooleanField(
        label=_("Try the targets on all days, whenever they hold"), required=False, initial=True
    )

    def clean(self) -> dict:
        said = super().clean()
        first, last = said.get("first"), said.get("last")
        if last and last > timezone.localdate():
            self.add_error("last", _("There are no figures of days to come."))
        elif first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return said


class SpanForm(forms.Form):
    """Which days a chart shows."""

    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("Through"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


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


class DraftRunForm(forms.Form):
    """Which pool's year is shared out; cleaned to a YearToShare."""

    year = forms.TypedChoiceField(label=_("Pool and year"))

    def __init__(self, *args, years: list[YearToShare], **kwargs):
        super().__init__(*args, **kwargs)
        by_name = {each.name: each for each in years}
        field = self.fields["year"]
        field.choices = [(each.name, _written(each)) for each in years]
        field.coerce = by_name.get
        if not years:
            field.help_text = _("No year has money in it that is not shared out yet.")


def _written(each: YearToShare) -> str:
    text = _("%(pool)s %(year)s: %(money)s") if each.is_over else _(
        "%(pool)s %(year)s, not over yet: %(money)s"
    )  # fmt: skip
    amount = money(each.balance_minor, each.pool.currency)
    return text % {"pool": each.pool, "year": each.year, "money": amount}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))


class WriteOffForm(ReasonForm):
    amount = forms.DecimalField(
        label=_("Amount that the company bears"), min_value=0, max_digits=15, decimal_places=3
    )
    field_order = ("amount", "reason")

    def __init__(self, *args, pool: Pool, **kwargs):
        super().__init__(*args, **kwargs)
        self.pool = pool

    def clean_amount(self) -> int:
        return _minor_units(self.cleaned_data["amount"], self.pool.currency)


class PayrollForm(forms.Form):
    """Which file payroll gets."""

    layout = forms.ChoiceField(label=_("Layout"))
    form = forms.ChoiceField(label=_("As"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    unconfirmed = forms.BooleanField(
        label=_("Only whom payroll has not confirmed yet"), required=False
    )

    def __init__(self, *args, layouts: list[PayrollLayout], **kwargs):
        super().__init__(*args, **kwargs)
        self.by_name = {layout.name: layout for layout in layouts}
        self.fields["layout"].choices = [(name, name) for name in self.by_name]

    def chosen(self) -> dict:
        said = self.cleaned_data
        return said | {"layout": self.by_name[said["layout"]]}


class PayrollLayoutForm(forms.ModelForm):
    """A layout with a fixed number of places for columns; empty places are left out."""

    PLACES = 12

    cost_centres = forms.CharField(
        label=_("Cost centres"), required=False, max_length=20_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_(
            "A line each, as CLAIMS = 1001; a department without one goes by its code."
        ),
    )  # fmt: skip

    class Meta:
        model = PayrollLayout
        fields = ("name", "delimiter", "decimal_mark", "units", "encoding", "date_form")
        labels = {
            "name": _("Name"), "delimiter": _("Between columns"), "decimal_mark": _("Decimal mark"),
            "units": _("Amounts in"), "encoding": _("Encoding"), "date_form": _("Dates"),
        }  # fmt: skip

    def __init__(self, *args, instance: PayrollLayout, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        for place in range(1, self.PLACES + 1):
            held = dict(enumerate(instance.columns, 1)).get(place, {})
            self.fields[f"header-{place}"] = forms.CharField(
                label=_("Header"), required=False, max_length=60, initial=held.get("header")
            )
            self.fields[f"field-{place}"] = forms.ChoiceField(
                label=_("What stands there"), required=False, initial=held.get("field"),
                choices=[("", "—"), *PayrollLayout.Field.choices],
            )  # fmt: skip
            self.fields[f"text-{place}"] = forms.CharField(
                label=_("Fixed text"), required=False, max_length=60, initial=held.get("text")
            )
        self.initial["cost_centres"] = "\n".join(
            f"{code} = {centre}" for code, centre in instance.cost_centres.items()
        )

    def places(self) -> list[tuple[int, list[forms.BoundField]]]:
        return [
            (place, [self[f"{part}-{place}"] for part in ("header", "field", "text")])
            for place in range(1, self.PLACES + 1)
        ]

    def clean_cost_centres(self) -> dict[str, str]:
        found = {}
        known = {
            code.casefold(): code for code in Department.objects.values_list("code", flat=True)
        }
        for line in filter(str.strip, self.cleaned_data["cost_centres"].splitlines()):
            code, equals, centre = (part.strip() for part in line.partition("="))
            if not equals or not centre:
                raise forms.ValidationError(
                    _("“%(line)s”: write it as CLAIMS = 1001."), params={"line": line[:60]}
                )
            if code.casefold() not in known:
                raise forms.ValidationError(
                    _("“%(code)s” is not a department."), params={"code": code[:60]}
                )
            found[known[code.casefold()]] = centre[:60]
        return found

    def clean(self) -> dict:
        said = super().clean()
        said["columns"] = []
        for place in range(1, self.PLACES + 1):
            header, field = said.get(f"header-{place}", ""), said.get(f"field-{place}", "")
            if header and not field:
                self.add_error(f"field-{place}", _("Say what stands below this header."))
            elif field and not header:
                self.add_error(f"header-{place}", _("Write the header of this column."))
            elif field:
                text = said.get(f"text-{place}", "") if field == PayrollLayout.Field.TEXT else ""
                said["columns"].append({"header": header, "field": field, "text": text})
        return said

    def validate_unique(self) -> None:
        """Whose name is taken, the service says, in the moment it matters."""

    def layout(self) -> PayrollLayout:
        self.instance.columns = self.cleaned_data["columns"]
        self.instance.cost_centres = self.cleaned_data["cost_centres"]
        return self.instance


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"), max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=_("Finance reads it and answers here."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea({"rows": 6}))
