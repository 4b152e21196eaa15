"""Focus areas and actions: each text once for every language of the company, side by side."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.forms.employment import DayField, EmployeeField
from people.models import Department, User
from people.permissions import led_departments
from people.widgets import LongSelect
from surveys.models import Action, FocusArea, Theme, Wave
from surveys.services.acting import Focus, Plan, Progress, may_keep
from surveys.services.acting_reading import with_results

LONGEST_TEXT = 1_000


def further_languages() -> dict[str, str]:
    """By code what each is called, without the company's own."""
    return {code: name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}


class InLanguagesForm(forms.Form):
    """`in_languages` are the fields that stand once for each language: the company's is called as
    here, the others with _ and the language's code behind."""

    in_languages: tuple[str, ...] = ()

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        for name in self.in_languages:
            plain = self.fields[name]
            for code, language in further_languages().items():
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{plain.label}: {language}", required=False,
                    max_length=plain.max_length, widget=type(plain.widget)(plain.widget.attrs),
                )  # fmt: skip

    @property
    def rows(self) -> Iterator[list[BoundField]]:
        """The fields as they stand on the page: those of one text beside each other."""
        codes = further_languages()
        beside = {f"{name}_{code}" for name in self.in_languages for code in codes}
        for name in self.fields:
            if name not in beside:
                row = (name, *(f"{name}_{code}" for code in codes))
                yield [self[each] for each in row if each in self.fields]

    def said_in(self, name: str) -> dict[str, str]:
        """By further language what was said in it."""
        return {code: self.cleaned_data[f"{name}_{code}"] for code in further_languages()}


class FocusAreaForm(InLanguagesForm):
    """`for_user` chooses among the departments they act for that have results in the poll."""

    in_languages = ("name",)

    name = forms.CharField(
        label=_("What to work on"), max_length=120,
        help_text=_("In a few words: Meetings that end on time."),
    )  # fmt: skip
    department = forms.ModelChoiceField(
        label=_("For"), queryset=Department.objects.none(), to_field_name="code", required=False,
        empty_label=_("the company"), widget=LongSelect,
        help_text=_("Departments whose results the poll shows. What a smaller group said is"
                    " nobody's to tell."),
    )  # fmt: skip
    theme = forms.ModelChoiceField(
        label=_("Theme"), queryset=Theme.objects.none(), to_field_name="code", required=False,
        empty_label=_("none"),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why"), max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What in the results led to it. Leads and HR read it, the page does not"
                    " show it."),
    )  # fmt: skip

    def __init__(self, *args: Any, wave: Wave, for_user: User, **more: Any):
        super().__init__(*args, **more)
        today, departments = timezone.localdate(), with_results(wave).order_by("name")
        if not may_keep(for_user, None, on=today):
            departments = departments.filter(pk__in=led_departments(for_user, on=today))
            self.fields["department"].required = True
            self.fields["department"].empty_label = "–"
        self.fields["department"].queryset = departments
        asked = wave.items.values("wording__question__theme")
        self.fields["theme"].queryset = Theme.objects.filter(pk__in=asked)

    @staticmethod
    def showing(area: FocusArea) -> dict[str, object]:
        """What the form holds at first."""
        return {
            "name": area.name, "department": area.department and area.department.code,
            "theme": area.theme and area.theme.code, "why": area.why,
            **{f"name_{code}": name for code, name in area.names.items()},
        }  # fmt: skip

    @property
    def focus(self) -> Focus:
        said = self.cleaned_data
        return Focus(
            said["name"], said["department"], said["theme"], self.said_in("name"), said["why"]
        )


class ProgressForm(InLanguagesForm):
    in_languages = ("did",)

    state = forms.ChoiceField(
        label=_("State"), choices=Action.State.choices, initial=Action.State.PLANNED
    )
    done_on = DayField(
        label=_("Done on"), required=False, help_text=_("Only of what is done.")
    )  # fmt: skip
    did = forms.CharField(
        label=_("We did"), max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("What was done; of what was dropped, why. Plain words, no names."),
    )  # fmt: skip

    @staticmethod
    def showing(action: Action) -> dict[str, object]:
        return {
            "state": action.state, "done_on": action.done_on, "did": action.did,
            **{f"did_{code}": texts.get("did", "") for code, texts in action.texts.items()},
        }  # fmt: skip

    @property
    def progress(self) -> Progress:
        said = self.cleaned_data
        return Progress(said["state"], said["did"], said["done_on"])


class ActionForm(ProgressForm):
    in_languages = ("said", "did")

    said = forms.CharField(
        label=_("You said"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4}),
        help_text=_("What people said, in your words: quote nobody."),
    )  # fmt: skip
    owner = EmployeeField(label=_("Owner's number"), max_length=30)
    due_on = DayField(label=_("Due"))
    field_order = ("said", "owner", "due_on", "state", "done_on", "did")

    @staticmethod
    def showing(action: Action) -> dict[str, object]:
        return {
            **ProgressForm.showing(action), "said": action.said, "owner": action.owner.number,
            "due_on": action.due_on,
            **{f"said_{code}": texts.get("said", "") for code, texts in action.texts.items()},
        }  # fmt: skip

    @property
    def plan(self) -> Plan:
        said = self.cleaned_data
        saids, dids = self.said_in("said"), self.said_in("did")
        texts = {code: {"said": saids[code], "did": dids[code]} for code in saids}
        return Plan(said["said"], said["owner"], said["due_on"], self.progress, texts)
