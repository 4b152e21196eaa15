"""What HR names in the company's languages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NamedForm(forms.Form):
    """A name, one for each further language where it differs, and a place in the list."""

    name = forms.CharField(label=_("Name"), max_length=80)
    position = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=9999, initial=0,
        help_text=_("The smallest number stands first."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code, language in _further_languages():
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name: %(language)s") % {"language": language}, max_length=80,
                required=False,
            )  # fmt: skip

    @property
    def names(self) -> dict[str, str]:
        """By language, where one was given."""
        said = {code: self.cleaned_data[f"name_{code}"] for code, _name in _further_languages()}
        return {code: name for code, name in said.items() if name}

    @staticmethod
    def showing_names(names: dict[str, str]) -> dict[str, str]:
        """What the form holds at first."""
        return {f"name_{code}": name for code, name in names.items()}


class NewNamedForm(NamedForm):
    code = forms.SlugField(
        label=_("Code"), max_length=30,
        help_text=_("Short; stands in addresses and files and can't be changed later."),
    )  # fmt: skip
    field_order = ("code", "name")


def _further_languages() -> list[tuple[str, str]]:
    return [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
