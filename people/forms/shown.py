"""How far the own name and photo are shown, the nickname, and the photo itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import ShownTo
from people.services.nicknames import LONGEST
from people.services.pictures import MOST_BYTES, too_large


def _audience(**more) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        coerce=lambda value: ShownTo(int(value)), widget=forms.RadioSelect, **more
    )


class ConsentForm(forms.Form):
    """Each choice says what stands in the place of the name: `instead`."""

    names = _audience(label=_("Who may read your name?"))
    photo = _audience(
        label=_("Who may see your photo?"),
        help_text=_("No further than the name."),
        choices=[
            (ShownTo.NOBODY, _("Nobody else")),
            (ShownTo.TEAM, _("My department")),
            (ShownTo.STAFF, _("All colleagues, on screens for them too")),
            (ShownTo.PUBLIC, _("Everybody, outside the company too")),
        ],
    )

    def __init__(self, *args, name: str, instead: str, **kwargs):
        super().__init__(*args, **kwargs)
        words = {"name": name, "instead": instead}
        self.fields["names"].choices = [
            (ShownTo.NOBODY, _("Nobody else. Everywhere stands “%(instead)s”.") % words),
            (ShownTo.TEAM, _("My department. Others read “%(instead)s”.") % words),
            (
                ShownTo.STAFF,
                _("All colleagues, on screens for them too. Outside stands “%(instead)s”.") % words,
            ),
            (ShownTo.PUBLIC, _("Everybody, outside the company too: “%(name)s”.") % words),
        ]


class NicknameForm(forms.Form):
    nickname = forms.CharField(
        label=_("Nickname"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        help_text=_("Colleagues find you by it as well. Your name stays what it is."),
    )


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photo"].help_text = _(
            "JPEG, PNG or WebP, at most %(most)s MB. The middle square is kept; place, camera and"
            " time in the file are not."
        ) % {"most": MOST_BYTES // 1024**2}

    def clean_photo(self):
        file = self.cleaned_data["photo"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(too_large())
        return file
