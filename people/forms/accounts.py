"""Signing in: passwords, PINs, codes, and the limits on guessing them."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from people.models import SignInAttempt
from people.services import guessing
from people.services.pins import DIGITS, weak

LONGEST_LOGIN = 254


def too_many(error: guessing.TooManyGuesses) -> ValidationError:
    """The same words for known and unknown accounts."""
    message = ngettext(
        "Too many attempts. Try again in %(n)s minute.",
        "Too many attempts. Try again in %(n)s minutes.",
        error.minutes,
    )
    return ValidationError(message % {"n": error.minutes}, code="too_many")


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("E-mail or employee number"), _("Password")
        login.widget.attrs = {"autocomplete": "username", "autofocus": True}
        # No longer than an e-mail address can be: SQLite compares no text of a million characters.
        login.validators.append(MaxLengthValidator(LONGEST_LOGIN))
        password.widget.attrs.pop("placeholder", None)
        password.help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device for two weeks")


class ForgottenPasswordForm(ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email = super().clean_email()
        today = timezone.localdate()
        self.users = [user for user in self.users if user.may_sign_in(on=today)]
        return email


class CountedCode:
    """A code may be guessed as seldom as a password, counted in the database."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app, or a recovery code")
        self.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "text"}

    def clean_code(self) -> str:
        request = get_adapter().request
        try:
            attempt = guessing.begin(
                "",
                way=SignInAttempt.Way.CODE,
                address=get_adapter().get_client_ip(request),
                user=self.user,
            )
        except guessing.TooManyGuesses as error:
            raise too_many(error) from error
        code = super().clean_code()
        guessing.succeeded(attempt)
        return code


class SecondFactorForm(CountedCode, AuthenticateForm):
    pass


class SecondFactorAgainForm(CountedCode, ReauthenticateForm):
    pass


def _pin_field(**more) -> forms.CharField:
    attrs = {"inputmode": "numeric", "autocomplete": "off", "pattern": f"[0-9]{{{DIGITS}}}"}
    widget = forms.PasswordInput(attrs=attrs)
    return forms.CharField(min_length=DIGITS, max_length=DIGITS, widget=widget, **more)


class PinSignInForm(forms.Form):
    number = forms.CharField(
        label=_("Employee number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    pin = _pin_field(label=_("PIN"))


class AcceptInvitationForm(forms.Form):
    """A password, a PIN, or both: a PIN alone opens shared devices only."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a sentence is good."),
    )
    pin = _pin_field(
        label=_("PIN for shared devices"),
        required=False,
        help_text=_("Six digits, if you sign in at a device that others use too."),
    )

    def __init__(self, *args, user, needs_password: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].required = needs_password
        if needs_password:
            del self.fields["pin"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password:
            validate_password(password, self.user)
        return password

    def clean_pin(self) -> str:
        pin = self.cleaned_data["pin"]
        if pin and not (pin.isascii() and pin.isdecimal()):
            raise ValidationError(_("Six digits, 0 to 9."))
        if pin and weak(pin):
            raise ValidationError(_("That PIN is tried first by everyone; choose another."))
        return pin

    def clean(self):
        said = super().clean()
        if not self.errors and not said.get("password") and not said.get("pin"):
            raise ValidationError(_("Choose a password, a PIN, or both."))
        return said
