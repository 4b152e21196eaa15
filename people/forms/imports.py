"""Uploading a file and saying how to read it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from people.services.importing import importers
from people.tabular import MAX_BYTES


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file?"))
    file = forms.FileField(label=_("File"), help_text=_("CSV, text or Excel workbook (.xlsx)"))
    as_of = forms.DateField(
        label=_("Changes hold from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: from today. Not used for targets and results."),
    )
    accept_implausible = forms.CharField(
        label=_("Reason to accept implausible figures"), required=False, max_length=300
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (each.kind, each.title) for each in importers() if user.has_perm(each.permission)
        ]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(mib)s MiB; split it into parts.")
                % {"mib": MAX_BYTES // 2**20}
            )
        return file


class MappingForm(forms.Form):
    """How to read a file whose columns, encoding or numbers were not clear."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("work it out")), ("utf-8", "UTF-8"), ("utf-16", "UTF-16"),
                 ("gb18030", "GB18030 / GBK"), ("cp1252", "Windows-1252")],
    )  # fmt: skip
    date_order = forms.ChoiceField(
        label=_("Dates"),
        required=False,
        choices=[("", _("work it out")), ("dmy", _("day / month / year")),
                 ("mdy", _("month / day / year"))],
    )  # fmt: skip
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        required=False,
        choices=[("", _("work it out")), ("point", "1.5"), ("comma", "1,5")],
    )

    def __init__(self, *args, headers, sheets, meanings, given, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *[(meaning, meaning) for meaning in meanings]]
        for number, header in enumerate(headers):
            self.fields[f"header-{number}"] = forms.ChoiceField(
                label=header, required=False, choices=choices, initial=given.map.get(header, "")
            )
        for number, sheet in enumerate(sheets):
            self.fields[f"sheet-{number}"] = forms.ChoiceField(
                label=_("Sheet %(name)s") % {"name": sheet},
                required=False,
                choices=choices,
                initial=given.sheets.get(sheet, ""),
            )
        self.headers, self.sheets, self.given = headers, sheets, given

    def options(self):
        """The given options with what was chosen now."""
        said = self.cleaned_data
        given = self.given
        for number, header in enumerate(self.headers):
            if said[f"header-{number}"]:
                given.map[header] = said[f"header-{number}"]
        for number, sheet in enumerate(self.sheets):
            if said[f"sheet-{number}"]:
                given.sheets[sheet] = said[f"sheet-{number}"]
        given.encoding = said["encoding"] or None
        given.date_order = said["date_order"] or None
        given.decimal = said["decimal"] or None
        return given
