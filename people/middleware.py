"""Answers that hold for every page: what is not stored, whose language, which proof is missing."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from people import second_factor
from people.services.languages import language_of
from people.services.pins import SHARED_SECONDS, SHARED_SESSION
from people.services.retrying import DatabaseBusy


class PersonalPagesAreNotStored:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Asked before as well: after signing out it would be nobody's page.
        personal = request.user.is_authenticated
        response = self.get_response(request)
        personal = personal or request.user.is_authenticated
        if personal and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, DatabaseBusy):
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "5"
            return response
        return None


class LanguageOfThePerson:
    """By address (?language=zh-hans), else as chosen here before, else the person's own, else as
    the browser asks; Django's middleware has read the last and the cookie."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = dict(settings.LANGUAGES)
        asked = request.GET.get("language", "").lower()
        if asked in known:
            self._use(request, asked)
            response = self.get_response(request)
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, asked, max_age=365 * 24 * 3600, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE, httponly=True,
            )  # fmt: skip
            return response
        employee = getattr(request.user, "employee", None)
        if employee and employee.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            self._use(request, language_of(employee))
        return self.get_response(request)

    def _use(self, request, code: str) -> None:
        translation.activate(code)
        request.LANGUAGE_CODE = translation.get_language()


class SecondFactorIsRequired:
    """Finance, HR and administrators come no further than to setting up their second factor."""

    OPEN = ("account_logout", "set_language", "styleguide")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, _view, _args, _kwargs):
        if not request.user.is_authenticated:
            return None
        name = request.resolver_match.url_name or ""
        if name.startswith("mfa_") or name in (*self.OPEN, "account_reauthenticate"):
            return None
        if not second_factor.is_required(request) or second_factor.was_shown(request):
            return None
        if is_mfa_enabled(request.user):
            # Signed in by a way that did not ask for it.
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('mfa_reauthenticate')}?{query}")
        return redirect("mfa_index")


class SharedDevicesForget:
    """A session at a shared device ends soon after the last click and leaves nothing behind."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.session.get(SHARED_SESSION):
            request.session.set_expiry(SHARED_SECONDS)
        return self.get_response(request)
