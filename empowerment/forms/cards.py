"""A card statement to import, and what a card line is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from empowerment.models import CardLine
from empowerment.services.card_lines import usual_currency
from empowerment.services.matching import Counterpart, MatchRefused, counterparts, named
from people.money import money
from people.tabular import MAX_BYTES


class StatementForm(forms.Form):
    file = forms.FileField(
        label=_("Card statement"), help_text=_("CSV, text or Excel workbook (.xlsx)")
    )
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Za-z]{3}$", help_text=_("Three letters, for example GBP.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"].initial = usual_currency()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(mib)s MiB; split it into parts.")
                % {"mib": MAX_BYTES // 2**20}
            )
        return file

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()


class MatchForm(forms.Form):
    """What `line` is: one of those near it, or a case by its number."""

    what = forms.ChoiceField(
        label=_("Cases of this amount near this day"), required=False, widget=forms.RadioSelect
    )
    number = forms.IntegerField(
        label=_("Or the number of the case"), required=False, min_value=1, max_value=2**63 - 1
    )
    why = forms.CharField(
        label=_("Why"), max_length=500, required=False,
        help_text=_("Needed where the amounts differ."),
    )  # fmt: skip

    def __init__(self, *args, line: CardLine, **kwargs):
        super().__init__(*args, **kwargs)
        self.line = line
        found = counterparts(line)
        self.fields["what"].choices = [(each.name, _shown(each)) for each in found]
        if not found:
            del self.fields["what"]

    def clean(self):
        said = super().clean()
        if self.errors:
            return said
        try:
            said["chosen"] = named(self.line, said.get("what", ""), said.get("number"))
        except MatchRefused as refused:
            self.add_error("number", str(refused))
        return said


class ApartForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=500)


def _shown(each: Counterpart) -> str:
    case = each.case
    return _("case %(case)s: %(customer)s, %(amount)s, %(employee)s, %(days)s days before") % {
        "case": case.pk, "customer": case.customer, "employee": case.employee.name,
        "amount": money(each.amount_minor, case.currency), "days": each.days,
    }  # fmt: skip
