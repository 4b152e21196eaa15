"""What is asked about results: a report's language."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class LanguageForm(forms.Form):
    """`among`: the languages offered here; chosen first is the reader's own."""

    speaks = forms.ChoiceField(label=_("Language of the report"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["speaks"].choices = settings.LANGUAGES
        self.fields["speaks"].initial = get_language()
