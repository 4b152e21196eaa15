"""Joining, changing, moving, paying, leaving, coming back, and giving roles."""

from collections.abc import Collection

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.dates import WITHIN_REASON
from people.models import Department, Employee, Role
from people.money import minor_units
from people.services.employment import Description, Pay, Place
from people.services.roles import GIVEN_BY_ADMINISTRATORS, HeldRoles, RoleKey
from people.widgets import LongSelect

LONGEST_ID = 18


class DayField(forms.DateField):
    default_validators = list(WITHIN_REASON)


class EmployeeField(forms.CharField):
    """An employee by number: a choice of 100,000 is none."""

    default_error_messages = {"unknown": _("Nobody here has the number %(number)s.")}

    def clean(self, value):
        number = super().clean(value)
        if not number:
            return None
        found = Employee.objects.here(timezone.localdate()).filter(number__iexact=number).first()
        if found is None:
            raise forms.ValidationError(
                self.error_messages["unknown"], code="unknown", params={"number": number}
            )
        return found


class DescriptionFields(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    job_title = forms.CharField(label=_("Job title"), required=False, max_length=200)
    language = forms.ChoiceField(label=_("Language"), required=False)
    manager = EmployeeField(
        label=_("Manager's number"), required=False, max_length=30,
        help_text=_("Empty: nobody stands above."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("as the browser asks")), *settings.LANGUAGES]

    @property
    def described(self) -> Description:
        names = ("name", "email", "job_title", "language", "manager")
        return Description(**{name: self.cleaned_data[name] for name in names})


class DescribeForm(DescriptionFields):
    @classmethod
    def showing(cls, employee: Employee) -> dict:
        """What the form holds at first."""
        names = ("name", "email", "job_title", "language")
        manager = employee.manager.number if employee.manager else ""
        return {name: getattr(employee, name) for name in names} | {"manager": manager}


class PlaceFields(forms.Form):
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.order_by("name"), to_field_name="code",
        widget=LongSelect,
    )  # fmt: skip
    fte = forms.DecimalField(
        label=_("Full-time share in percent"), min_value=1, max_value=100, decimal_places=2,
        max_digits=5, initial=100,
    )  # fmt: skip

    @property
    def place(self) -> Place:
        said = self.cleaned_data
        return Place(said["department"], int(said["fte"] * 100))


class PayFields(forms.Form):
    annual_salary = forms.DecimalField(
        label=_("Full-time salary a year"), min_value=0, max_digits=15, decimal_places=3
    )
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Za-z]{3}$", help_text=_("Three letters, for example GBP.")
    )

    def clean(self):
        said = super().clean()
        salary, currency = said.get("annual_salary"), said.get("currency", "").upper()
        if salary is not None and currency:
            try:
                said["pay"] = Pay(minor_units(salary, currency), currency)
            except ValueError as error:
                self.add_error("annual_salary", str(error))
        return said


class MoveForm(PlaceFields):
    from_date = DayField(label=_("From"), initial=timezone.localdate)


class PayForm(PayFields):
    from_date = DayField(label=_("From"), initial=timezone.localdate)


class LeaveForm(forms.Form):
    last_day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: stays after all."),
    )


class LeaverField(forms.TypedChoiceField):
    """Yes, no, or not said yet: True, False, None."""

    CHOICES = [("", _("not said yet")), ("yes", _("yes")), ("no", _("no"))]

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Good leaver?"), choices=self.CHOICES, required=False, empty_value=None,
            coerce=lambda said: said == "yes",
            help_text=_("Yes: keeps what was earned on the days worked. No: counts as never"
                        " eligible, and each of those days belongs to the others."),
            **kwargs,
        )  # fmt: skip

    @staticmethod
    def showing(good: bool | None) -> str:
        return {True: "yes", False: "no", None: ""}[good]


class LeaveAndMarkForm(LeaveForm):
    """For HR, as long as nothing has been said."""

    good_leaver = LeaverField()


class ComeBackForm(PlaceFields):
    from_date = DayField(label=_("From"), initial=timezone.localdate)


class JoinForm(PlaceFields, DescriptionFields):
    number = forms.RegexField(
        label=_("Employee number"), max_length=30, regex=r"^[\w.\-]+$",
        help_text=_("Letters, digits, dots and dashes."),
    )  # fmt: skip
    hired_on = DayField(label=_("First day"), initial=timezone.localdate)
    field_order = ("number", "name", "email", "job_title", "department", "fte", "hired_on",
                   "manager", "language")  # fmt: skip


class JoinWithPayForm(PayFields, JoinForm):
    field_order = (*JoinForm.field_order, "annual_salary", "currency")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["annual_salary"].required = self.fields["currency"].required = False

    def clean(self):
        said = super().clean()
        if said.get("annual_salary") is not None and not said.get("currency"):
            self.add_error("currency", _("A salary needs a currency."))
        return said


class DepartmentsField(forms.ModelMultipleChoiceField):
    """Several departments by id; of one that no database counts to it says that there is none."""

    def _check_values(self, value):
        for pk in value:
            if len(str(pk)) > LONGEST_ID:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice",
                    params={"value": str(pk)[:LONGEST_ID]},
                )  # fmt: skip
        return super()._check_values(value)


class RolesForm(forms.Form):
    """Roles as check boxes, led departments as a choice of several. Offered is what `by_roles`,
    the roles of who sits before the form, may give and take; the others stay as they are."""

    OFFERED = [(value, label) for value, label in Role.choices
               if value not in (Role.EMPLOYEE, Role.LEAD)]  # fmt: skip

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=OFFERED, required=False, widget=forms.CheckboxSelectMultiple
    )
    leads = DepartmentsField(
        label=_("Leads these departments and all below"), required=False,
        queryset=Department.objects.order_by("name"), to_field_name="code",
    )  # fmt: skip
    from_date = DayField(label=_("From"), initial=timezone.localdate)
    reason = forms.CharField(label=_("Why"), max_length=500)

    def __init__(self, *args, by_roles: Collection[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.kept = frozenset() if Role.ADMINISTRATOR in by_roles else GIVEN_BY_ADMINISTRATORS
        offered = [(value, label) for value, label in self.OFFERED if value not in self.kept]
        self.fields["roles"].choices = offered

    @classmethod
    def showing(cls, held: HeldRoles) -> dict:
        return {
            "roles": [role for role, department in held if not department],
            "leads": Department.objects.filter(pk__in=[of for _role, of in held if of]),
        }

    def clean_from_date(self):
        day = self.cleaned_data["from_date"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("A role begins or ends today or later."))
        return day

    def wanted(self, held: HeldRoles) -> set[RoleKey]:
        """What was said, with the plain role of employee and what was not offered as it is."""
        said = self.cleaned_data
        plain: set[RoleKey] = {key for key in held if key[0] in (Role.EMPLOYEE, *self.kept)}
        leads: set[RoleKey] = {(Role.LEAD, department.pk) for department in said["leads"]}
        return plain | leads | {(role, None) for role in said["roles"]}
