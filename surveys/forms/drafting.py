"""Making a poll: where it begins, what it is called, and what it asks in which order."""

from datetime import UTC, datetime, time

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.dates import FIRST_DAY, LAST_DAY
from people.forms.employment import EmployeeField
from surveys.forms.languages import Column, InLanguages
from surveys.models import Question, Wave, WaveItem, Wording
from surveys.models.waves import LEAST_COMMENTS, LEAST_RATES, LEAST_SCORES
from surveys.rules.questionnaire import Kind
from surveys.services.asking import choices_of, title_of_section
from surveys.services.drafting import About, answers_of
from surveys.services.starters import STARTERS

NOTHING = "nothing"
LEVELS = [
    (Wave.Level.ANONYMOUS, _(
        "anonymous: ballots are kept apart from people, without names and times, and only counts"
        " are left after the close. Whoever runs the servers could still watch the network while"
        " people answer.")),
    (Wave.Level.CONFIDENTIAL, _(
        "confidential: ballots are sealed just as well, but the server can compute whose one is, so"
        " that a lost ballot is handed out again. Whoever runs the server could find out who"
        " answered what, and people are told so.")),
]  # fmt: skip
MOST_SECTIONS = 20


class NewPollForm(forms.Form):
    begins = forms.ChoiceField(
        label=_("Begin with"), widget=forms.RadioSelect,
        choices=[*STARTERS.items(), (NOTHING, _("An empty poll"))], initial="satisfaction",
    )  # fmt: skip
    code = forms.SlugField(
        label=_("Code"), max_length=30,
        help_text=_("Short, for example 2026-yearly; stands in addresses and can't be changed."),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=120)


class CopyForm(forms.Form):
    """`reworded` are the questions that have a newer wording, with that."""

    code = forms.SlugField(
        label=_("Code"), max_length=30,
        help_text=_("Short, for example 2026-yearly; stands in addresses and can't be changed."),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=120)
    keep = forms.MultipleChoiceField(
        label=_("Keep the old wording of"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("What is ticked goes on with its trend line; the others are put in their"
                    " newest wording, and their trend lines break."),
    )  # fmt: skip

    def __init__(self, *args, reworded: list[tuple[WaveItem, Wording]], **kwargs):
        super().__init__(*args, **kwargs)
        if reworded:
            self.fields["keep"].choices = [
                (item.number, f"{item.number}. {item.wording} → {newest}")
                for item, newest in reworded
            ]
        else:
            del self.fields["keep"]

    @property
    def kept(self) -> set[int]:
        return {int(number) for number in self.cleaned_data.get("keep", ())}


def _moment(label) -> forms.DateTimeField:
    first, last = (datetime.combine(day, time(), UTC) for day in (FIRST_DAY, LAST_DAY))
    return forms.DateTimeField(
        label=label, required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        validators=[MinValueValidator(first), MaxValueValidator(last)],
        help_text=_("Time zone: %(zone)s.") % {"zone": settings.TIME_ZONE},
    )  # fmt: skip


def _fewest(label, least: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=1_000,
        help_text=_("Never below %(least)s; after the launch it can't become smaller.")
        % {"least": least},
    )  # fmt: skip


class AboutForm(InLanguages):
    asked = {
        "name": lambda: forms.CharField(label=_("Name"), max_length=120),
        "intro": lambda: forms.CharField(
            label=_("What stands before the first question"), max_length=2_000,
            widget=forms.Textarea(attrs={"rows": 5}),
        ),
    }  # fmt: skip
    needed = ("name",)
    opens_at = _moment(_("Opens"))
    closes_at = _moment(_("Closes"))
    level = forms.ChoiceField(
        label=_("What people are promised"), choices=LEVELS, widget=forms.RadioSelect
    )
    fewest_scores = _fewest(_("Smallest group whose scores are shown"), LEAST_SCORES)
    fewest_comments = _fewest(_("Smallest group whose comments are shown"), LEAST_COMMENTS)
    fewest_rates = _fewest(_("Smallest group whose response rate is shown"), LEAST_RATES)

    @classmethod
    def showing_wave(cls, wave: Wave) -> dict:
        kept = ("opens_at", "closes_at", "level", "fewest_scores", "fewest_comments",
                "fewest_rates")  # fmt: skip
        names = {settings.LANGUAGE_CODE: wave.name} | wave.names
        return (
            {field: getattr(wave, field) for field in kept}
            | cls.showing("name", names.items())
            | cls.showing("intro", wave.intros.items())
        )

    @property
    def about(self) -> About:
        names = self.by_language("name")
        kept = ("opens_at", "closes_at", "level", "fewest_scores", "fewest_comments",
                "fewest_rates")  # fmt: skip
        return About(
            name=names.pop(settings.LANGUAGE_CODE), names=names, intros=self.by_language("intro"),
            **{field: self.cleaned_data[field] for field in kept},
        )  # fmt: skip


class HolderForm(forms.Form):
    employee = EmployeeField(label=_("Employee number"), max_length=30)


class SectionsForm(forms.Form):
    """A title a section and language, and an empty line for one more."""

    def __init__(self, *args, sections: list[dict[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.count = min(len(sections) + 1, MOST_SECTIONS)
        for number in range(1, self.count + 1):
            titles = sections[number - 1] if number <= len(sections) else {}
            for code, language in settings.LANGUAGES:
                self.fields[f"title_{number}_{code}"] = forms.CharField(
                    label=_("Section %(number)s: %(language)s")
                    % {"number": number, "language": language},
                    max_length=120, required=False, initial=titles.get(code, ""),
                )  # fmt: skip

    @property
    def columns(self) -> list[Column]:
        return [
            Column(code, language,
                   [self[f"title_{number}_{code}"] for number in range(1, self.count + 1)])
            for code, language in settings.LANGUAGES
        ]  # fmt: skip

    @property
    def sections(self) -> list[dict[str, str]]:
        return [
            {code: self.cleaned_data[f"title_{number}_{code}"] for code, _n in settings.LANGUAGES}
            for number in range(1, self.count + 1)
        ]


def _sections_of(wave: Wave) -> list[tuple[int, str]]:
    language = get_language() or settings.LANGUAGE_CODE
    return [
        (number, f"{number}. {title_of_section(wave, number, language)}")
        for number in range(1, max(len(wave.sections), 1) + 1)
    ]


class AddQuestionsForm(forms.Form):
    """Questions of the library that the poll does not ask yet."""

    section = forms.TypedChoiceField(label=_("Section"), coerce=int)
    questions = forms.MultipleChoiceField(label=_("Questions"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, wave: Wave, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = _sections_of(wave)
        asked = wave.items.values("wording__question")
        rows = Wording.objects.filter(question__in=Question.objects.exclude(pk__in=asked)).exclude(
            question__kind=Kind.SCALE
        )
        newest = {
            wording.question.code: wording
            for wording in rows.select_related("question__theme").order_by(
                "question__theme__position", "question__code", "number"
            )
        }
        self.offered = {code: wording.question for code, wording in newest.items()}
        self.fields["questions"].choices = [
            (code, f"{wording} ({wording.question.get_kind_display()})")
            for code, wording in newest.items()
        ]

    @property
    def chosen(self) -> list[Question]:
        return [self.offered[code] for code in self.cleaned_data["questions"]]


class PutForm(forms.Form):
    """Where a question stands, how it is put, and after which answers to which earlier one."""

    section = forms.TypedChoiceField(label=_("Section"), coerce=int)
    wording = forms.ModelChoiceField(
        label=_("Wording"), queryset=Wording.objects.none(), to_field_name="number",
        empty_label=None,
    )  # fmt: skip
    after = forms.TypedChoiceField(
        label=_("It is asked"), coerce=int, required=False, empty_value=None
    )
    answers = forms.MultipleChoiceField(
        label=_("After one of these answers"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, wave: Wave, item: WaveItem, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = _sections_of(wave)
        self.fields["wording"].queryset = item.wording.question.wordings.order_by("-number")
        earlier = {
            str(each.number): each
            for each in wave.items.filter(number__lt=item.number)
            .select_related("wording__question")
            .order_by("number")
            if answers_of(each.wording.question)
        }
        self.fields["after"].choices = [("", _("of everybody"))] + [
            (number, _("after an answer to %(number)s. %(text)s")
             % {"number": number, "text": each.wording})
            for number, each in earlier.items()
        ]  # fmt: skip
        chosen = earlier.get(str(self["after"].value() or ""))
        if chosen:
            language = get_language() or settings.LANGUAGE_CODE
            self.fields["answers"].choices = choices_of(chosen.wording, language)
        else:
            del self.fields["answers"]
