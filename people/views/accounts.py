"""One's own account: an invitation, the devices, and where Wagtail sends whom it refuses."""

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from people.forms.accounts import AcceptInvitationForm
from people.services.invitations import accept, waiting_invitation
from people.services.languages import speak
from people.services.sessions import end_sessions


class SignIn(LoginView):
    def dispatch(self, request, *args, **kwargs):
        """Wagtail sends whom it refuses here, and here would send them back: say no instead."""
        target = request.GET.get("next", "")
        if request.user.is_authenticated and target.startswith(reverse("wagtailadmin_home")):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


@sensitive_post_parameters()
def invitation(request, secret: str):
    """Whoever holds the link chooses a password or a PIN, once, and is signed in."""
    found = waiting_invitation(secret)
    if found is None:
        return render(request, "people/invitation_over.html", status=410)
    form = AcceptInvitationForm(
        request.POST if request.method == "POST" else None,
        user=found.user,
        needs_password=bool(found.user.email),
    )
    if form.is_valid():
        said = form.cleaned_data
        user = accept(found, password=said["password"], pin=said.get("pin", ""))
        if user is None:
            return render(request, "people/invitation_over.html", status=410)
        return perform_login(request, user, email_verification="none")
    return render(request, "people/invitation.html", {"form": form, "invited": found.user})


def choose_language(request):
    """For this browser, and for the person, so that mails come in it too."""
    response = set_language(request)
    employee = getattr(request.user, "employee", None)
    code = request.POST.get("language", "")
    if request.method == "POST" and employee and code in dict(settings.LANGUAGES):
        speak(employee, code)
    return response


@login_required
def devices(request):
    """Where this account is signed in, and what was tried lately."""
    sessions = UserSession.objects.purge_and_list(request.user)
    for session in sessions:
        session.here = session.session_key == request.session.session_key
    attempts = request.user.sign_in_attempts.order_by("-id")[:20]
    return render(request, "people/devices.html", {"sessions": sessions, "attempts": attempts})


@login_required
@require_POST
@reauthentication_required
def end_session(request, pk: int):
    session = UserSession.objects.filter(user=request.user, pk=pk).first()
    if session is None:
        raise Http404
    session.end()
    messages.success(request, _("That device is signed out."))
    return redirect("devices")


@login_required
@require_POST
@reauthentication_required
def end_other_sessions(request):
    """Everywhere but here: after a new second factor, or when a device is lost."""
    end_sessions(request.user, by=request.user, but=request.session.session_key)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("devices")
