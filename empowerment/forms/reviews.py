"""What is said about a case after the fact."""

from django import forms
from django.utils.translation import gettext_lazy as _

from empowerment.services.reviewing import LONGEST_COMMENT


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("What do you want to say?"), max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip


class ReviewForm(CommentForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.required = False
        field.label = _("What went well, or what helps next time?")
        field.help_text = _("Only if there is something to say. Whoever spent it reads it.")
