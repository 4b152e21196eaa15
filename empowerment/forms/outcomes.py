"""What became of a customer, in one tap, and files that say it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from empowerment.models import Outcome
from people.forms.imports import ImportForm


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        error_messages={"required": _("Choose one of the three answers.")},
    )


class OutcomeFileForm(forms.Form):
    file = ImportForm.base_fields["file"]
    clean_file = ImportForm.clean_file
