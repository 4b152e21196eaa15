"""What somebody enters about another program that is told of praise."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from people.models import ShownTo
from recognition.models import Webhook
from recognition.services.webhooks import Target


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(
        label=_("Address"), max_length=1000, strip=True,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Begins with https://. It is kept encrypted and not shown again."),
    )  # fmt: skip
    audience = forms.TypedChoiceField(
        label=_("Who reads there"), choices=Webhook.AUDIENCES,
        coerce=lambda value: ShownTo(int(value)), empty_value=None,
        help_text=_("Only praise that may go so far is sent, and only names that agree to it."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)

    def target(self) -> Target:
        said = self.cleaned_data
        return Target(said["name"], said["url"], said["audience"], said["language"])


class NewWebhookForm(WebhookForm):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Webhook.Kind, widget=forms.RadioSelect, initial=Webhook.Kind.SIGNED
    )
    field_order = ("name", "kind", "url", "audience", "language")


class ChangeWebhookForm(WebhookForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["url"].required = False
        self.fields["url"].help_text = _("Leave it empty to keep the address.")
