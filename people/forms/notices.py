"""How somebody wants to be told."""

from django import forms

from people.services.notices import Kind, Way


class ChoicesForm(forms.Form):
    """One field a kind; `held` are the ways chosen before, by the kind's code."""

    def __init__(self, *args, kinds: list[Kind], held: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.title, choices=Way.choices, initial=held.get(kind.code, kind.way)
            )
