"""Files for payroll, and how its systems want them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.models import (
    PayrollLayout,
)
from people.models import Department


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
