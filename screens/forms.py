"""What is asked of those who keep screens."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms.places import DepartmentChoice, NameField, SiteChoice
from screens.models import Playlist, Screen
from screens.services.keeping import Hanging, hanging_of


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code on the screen"), max_length=20,
        help_text=gettext_lazy("Eight letters, for example BCDF-GHJK."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    meant = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    """The screen to be repaired, where somebody came from its page."""


class PlaylistChoice(forms.ModelChoiceField):
    """Drafts are not offered: they show nothing."""

    def __init__(self, **kwargs: Any):
        super().__init__(
            Playlist.objects.filter(live=True), label=gettext_lazy("Playlist"), required=False,
            empty_label=gettext_lazy("none: the name of the house"), **kwargs,
        )  # fmt: skip


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any):
        clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(widget=clock, **kwargs)


class HangingForm(forms.Form):
    """Cleans to a Hanging, in `hanging`."""

    name = NameField(
        label=gettext_lazy("Name of the screen"), max_length=100,
        help_text=gettext_lazy("As colleagues call it, for example Lobby."),
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=200, required=False,
        help_text=gettext_lazy("So that somebody finds it: building, floor, wall."),
    )  # fmt: skip
    site = SiteChoice(
        required=False, empty_label=gettext_lazy("none: the company's clock"),
        help_text=gettext_lazy("Its clock and its working days are the screen's."),
    )  # fmt: skip
    audience = forms.ChoiceField(
        label=gettext_lazy("Who stands before it"), choices=Screen.Audience,
        initial=Screen.Audience.STAFF,
        help_text=gettext_lazy("Names are shown only of those who agree to be named there."),
    )  # fmt: skip
    department = DepartmentChoice(label=gettext_lazy("Department"), required=False)
    orientation = forms.ChoiceField(
        label=gettext_lazy("Orientation"), choices=Screen.Orientation,
        initial=Screen.Orientation.LANDSCAPE,
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    second_language = forms.ChoiceField(
        label=gettext_lazy("Second language"), required=False,
        choices=[("", gettext_lazy("none")), *settings.LANGUAGES],
        help_text=gettext_lazy("All slides are shown in the first, then in the second."),
    )  # fmt: skip
    playlist = PlaylistChoice()
    lit_from = ClockField(label=gettext_lazy("Lit from"), initial="06:00")
    lit_until = ClockField(label=gettext_lazy("Lit until"), initial="20:00")
    only_working_days = forms.BooleanField(
        label=gettext_lazy("Only on working days"), required=False, initial=True
    )

    def clean_second_language(self) -> str:
        second = self.cleaned_data["second_language"]
        if second and second == self.cleaned_data.get("language"):
            raise forms.ValidationError(_("Choose another than the first, or none."))
        return second

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("audience") != Screen.Audience.DEPARTMENT:
            # Hidden by then: whoever chose one before changed their mind.
            said["department"] = None
        elif not said.get("department") and "department" not in self.errors:
            self.add_error("department", _("Choose the department that stands before it."))
        begin, end = said.get("lit_from"), said.get("lit_until")
        if begin and end and begin >= end:
            self.add_error("lit_until", _("It must be later than “lit from”, on the same day."))
        return said

    @property
    def hanging(self) -> Hanging:
        said = dict(self.cleaned_data)
        first, second = said.pop("language"), said.pop("second_language")
        return Hanging(**said, languages=(first, second) if second else (first,))


class NewScreenForm(HangingForm):
    """Of a device that was just looked at."""

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Screen.objects.filter(name=name).exists():
            message = _("A screen has this name. If it is that one, choose it under “Repair”.")
            raise forms.ValidationError(message)
        return name


class ChangeScreenForm(HangingForm):
    def __init__(self, *args: Any, screen: Screen, **kwargs: Any):
        super().__init__(*args, initial=known_of(screen), **kwargs)
        # What it shows now may be chosen on, though it is no longer live.
        own = Playlist.objects.filter(pk=screen.playlist_id)
        self.fields["playlist"].queryset = Playlist.objects.filter(live=True) | own


def known_of(screen: Screen) -> dict[str, Any]:
    """What the form shows at first."""
    known = {name: getattr(screen, name) for name in Hanging.__dataclass_fields__}
    first, second = [*hanging_of(screen).languages, ""][:2]
    return {**known, "language": first, "second_language": second}


class RepairForm(forms.Form):
    screen = forms.ModelChoiceField(
        Screen.objects.all(), label=gettext_lazy("Screen"),
        help_text=gettext_lazy("It keeps its name, place and playlist; its old device goes dark."),
    )  # fmt: skip
