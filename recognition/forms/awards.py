"""Raising praise to an award, voting on it, taking it back."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from people.money import money
from recognition.models import AwardLevel, Vote


class RaiseForm(forms.Form):
    """To one of `levels`."""

    level = forms.ModelChoiceField(
        label=_("Award"), queryset=AwardLevel.objects.none(), to_field_name="code",
        empty_label=None, widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("Who wins it reads it, and so does the panel."),
    )  # fmt: skip

    def __init__(self, *args, levels: Sequence[AwardLevel], **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["level"]
        field.queryset = AwardLevel.objects.filter(pk__in=[each.pk for each in levels])
        field.label_from_instance = in_words


def in_words(level: AwardLevel) -> str:
    """A level with what it is worth and who decides."""
    said = {"level": level, "amount": money(level.amount_minor, level.currency)}
    by_panel = level.decides == AwardLevel.Decides.PANEL
    if level.amount_minor:
        text = (
            _("%(level)s: %(amount)s each, a panel decides")
            if by_panel
            else _("%(level)s: %(amount)s each")
        )
    else:
        text = _("%(level)s, a panel decides") if by_panel else _("%(level)s")
    return text % said


class VoteForm(forms.Form):
    says = forms.ChoiceField(
        label=_("Your vote"), choices=Vote.Says.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("Comment"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("For the panel, when it has decided."),
    )  # fmt: skip


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))
