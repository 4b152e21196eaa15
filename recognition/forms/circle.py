"""What the circle is narrowed by."""

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Site


class AtSiteForm(forms.Form):
    site = forms.ModelChoiceField(
        Site.objects.order_by("name"), to_field_name="code", required=False, label=_("Site"),
        empty_label=_("all"),
    )  # fmt: skip
