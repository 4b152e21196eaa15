"""Signing in at a device that several people use: number and PIN, and soon forgotten."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from people.forms.accounts import PinSignInForm, too_many
from people.services import guessing, security_log
from people.services.guessing import TooManyGuesses
from people.services.pins import SHARED_SECONDS, SHARED_SESSION, check_pin


@sensitive_post_parameters("pin")
def sign_in(request):
    """Coming here ends whatever session the last person left open."""
    if request.user.is_authenticated:
        logout(request)
    form = PinSignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = _known(request, form)
        if user:
            # Before signing in, so that no session is ever without its mark.
            request.session[SHARED_SESSION] = True
            request.session.set_expiry(SHARED_SECONDS)
            return perform_login(request, user, email_verification="none")
    response = render(request, "people/shared_device.html", {"form": form})
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _known(request, form: PinSignInForm):
    said = form.cleaned_data
    address = get_adapter().get_client_ip(request)
    try:
        user = check_pin(said["number"], said["pin"], address=address)
    except TooManyGuesses as error:
        form.add_error(None, too_many(error))
        return None
    if user is None:
        digest = guessing.digest(said["number"])
        security_log.note("sign_in_refused", request, login=digest, way="pin")
        form.add_error(None, _("That number or PIN is not right."))
    return user
