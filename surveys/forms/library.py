"""Questions of the library and how they are put."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.forms.languages import InLanguages
from surveys.models import Theme
from surveys.models.questions import KINDS
from surveys.rules.questionnaire import Kind
from surveys.services.library import MOST_OPTIONS, NewQuestion, Said

ASKABLE = [(kind.value, KINDS[kind]) for kind in Kind if kind != Kind.SCALE]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class WordingForm(InLanguages):
    asked = {
        "text": lambda: forms.CharField(
            label=_("Question or statement"), max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
        "help": lambda: forms.CharField(label=_("Help (may be empty)"), max_length=500),
        "labels": lambda: forms.CharField(
            label=_("Answers, one a line"), max_length=2_000,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text=_("For scales empty: the usual ones. From 1 to 5 five lines, from 0 to 10"
                        " two, of its ends. None for comments."),
        ),
    }  # fmt: skip
    needed = ("text",)

    def clean(self):
        said = super().clean()
        for code, language in settings.LANGUAGES:
            beside = said.get(f"help_{code}") or said.get(f"labels_{code}")
            if beside and not said.get(f"text_{code}") and f"text_{code}" not in self.errors:
                self.add_error(
                    f"text_{code}", _("Put the question in %(language)s too.")
                    % {"language": language},
                )  # fmt: skip
            if any(len(line) > 120 for line in _lines(said.get(f"labels_{code}", ""))):
                self.add_error(f"labels_{code}", _("An answer has at most 120 characters."))
        return said

    @property
    def said(self) -> dict[str, Said]:
        return {
            code: Said(text, self.cleaned_data[f"help_{code}"],
                       _lines(self.cleaned_data[f"labels_{code}"]))
            for code, text in self.by_language("text").items()
        }  # fmt: skip

    @classmethod
    def showing_said(cls, said: dict[str, Said]) -> dict[str, str]:
        """What the form holds at first."""
        found = {}
        for code, each in said.items():
            found |= {
                f"text_{code}": each.text, f"help_{code}": each.help,
                f"labels_{code}": "\n".join(each.labels),
            }  # fmt: skip
        return found


class QuestionForm(WordingForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=ASKABLE)
    code = forms.SlugField(
        label=_("Code"), max_length=40,
        help_text=_("Short; stands in addresses and files and can't be changed later."),
    )  # fmt: skip
    theme = forms.ModelChoiceField(
        label=_("Theme"), queryset=Theme.objects.none(), required=False, empty_label=_("none"),
        to_field_name="code",
        help_text=_("Statements of one theme that follow each other stand under one head."),
    )  # fmt: skip
    may_not_apply = forms.BooleanField(
        label=_("People may say that it does not apply to them"), required=False
    )
    fewest = forms.IntegerField(
        label=_("Fewest answers"), min_value=0, max_value=MOST_OPTIONS, initial=0, required=False,
        help_text=_("Of several only."),
    )  # fmt: skip
    most = forms.IntegerField(
        label=_("Most answers"), min_value=0, max_value=MOST_OPTIONS, initial=0, required=False,
        help_text=_("Of several only; 0: as many as there are."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = Theme.objects.exclude(
            retired_on__lte=timezone.localdate()
        )  # fmt: skip

    @property
    def question(self) -> NewQuestion:
        said = self.cleaned_data
        return NewQuestion(
            said["code"], Kind(said["kind"]), self.said, theme=said["theme"],
            fewest=said["fewest"] or 0, most=said["most"] or 0,
            may_not_apply=said["may_not_apply"],
        )  # fmt: skip
