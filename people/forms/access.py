"""Whom to invite, and why somebody's way in is changed."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from people.models import Department, Employees, Site
from people.services.access import waiting_for_invitation
from people.widgets import LongSelect


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500)


class InviteManyForm(forms.Form):
    department = forms.ModelChoiceField(
        label=_("Department, with those below"), queryset=Department.objects.order_by("name"),
        to_field_name="code", required=False, widget=LongSelect,
    )  # fmt: skip
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.order_by("name"), to_field_name="code",
        required=False,
    )  # fmt: skip

    def clean(self):
        said = super().clean()
        if not self.errors and not said.get("department") and not said.get("site"):
            raise ValidationError(_("Choose a department or a site."))
        return said

    def waiting(self, *, today: date) -> Employees:
        said = self.cleaned_data
        return waiting_for_invitation(department=said["department"], site=said["site"], today=today)
