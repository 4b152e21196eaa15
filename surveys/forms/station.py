"""Who is handed slips or paper, and what somebody types at a kiosk."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Employee
from people.widgets import LongSelect
from surveys.models import Cell, Invitation, Wave
from surveys.services.asking import languages_of


class KioskForm(forms.Form):
    number = forms.CharField(label=_("Employee number"), max_length=30)
    code = forms.CharField(
        label=_("Code on your slip"),
        max_length=20,
        help_text=_("Ten letters and digits; how they are grouped does not matter."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}


class WhoForm(forms.Form):
    """People of one group with those below it, or only those with these numbers."""

    group = forms.ModelChoiceField(
        label=_("Group, with those below"),
        queryset=Cell.objects.none(),
        to_field_name="number",
        widget=LongSelect,
    )
    numbers = forms.CharField(
        label=_("Only these employee numbers"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("With spaces or commas between them. Empty: everybody in the group."),
    )  # fmt: skip

    def __init__(self, *args, wave: Wave, **kwargs):
        super().__init__(*args, **kwargs)
        self.wave = wave
        self.fields["group"].queryset = wave.cells.order_by("path")
        self.fields["group"].empty_label = None

    def clean(self):
        said = super().clean()
        if "group" in said and "numbers" in said:
            self._find(said["group"], said["numbers"])
        return said

    def _find(self, group: Cell, typed: str) -> None:
        below = Q(cell__path=group.path) | Q(cell__path__startswith=f"{group.path}.")
        invited = Invitation.objects.filter(below, wave=self.wave)
        self.employees = Employee.objects.filter(pk__in=invited.values("employee"))
        numbers = set(typed.replace(",", " ").split())
        if numbers:
            self.employees = self.employees.filter(number__in=numbers)
            missing = numbers - set(self.employees.values_list("number", flat=True))
            if missing:
                raise ValidationError(
                    _("Nobody invited there has the number %(numbers)s.")
                    % {"numbers": ", ".join(sorted(missing))}
                )


class PaperForm(WhoForm):
    language = forms.ChoiceField(label=_("Language of the sheets"))

    def __init__(self, *args, wave: Wave, **kwargs):
        super().__init__(*args, wave=wave, **kwargs)
        spoken = languages_of(wave)
        self.fields["language"].choices = [
            (code, name) for code, name in settings.LANGUAGES if code in spoken
        ]
