"""Answers that hold for every page: what is not stored, whose language, which proof is missing."""

import time

from allauth.mfa.utils import is_mfa_enabled
from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from people import second_factor
from people.services import security_log, sessions
from people.services.languages import language_of
from people.services.pins import SHARED_SECONDS, SHARED_SESSION
from people.services.retrying import DatabaseBusy


class PersonalPagesAreNotStored:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Asked before as well: after signing out it would be nobody's page.
        personal = request.user.is_authenticated
        shared = personal and request.session.get(SHARED_SESSION)
        response = self.get_response(request)
        personal = personal or request.user.is_authenticated
        if personal and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store"
        if personal and not request.user.is_authenticated:
            # Signed out: nothing of it stays in the browser either. On one's own device a ballot
            # that nobody could hand out again does (forget.js removes what else is kept there).
            response["Clear-Site-Data"] = '"cache", "storage"' if shared else '"cache"'
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
    """Finance, HR and administrators come no further than to setting up their second factor; and
    nobody changes a second factor without having just shown it."""

    OPEN = (
        "account_logout", "set_language", "styleguide", "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    )  # fmt: skip
    LOOKS = ("mfa_index", "mfa_list_webauthn", "mfa_authenticate", "mfa_login_webauthn")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, _view, _args, _kwargs):
        name = request.resolver_match.url_name or ""
        if not request.user.is_authenticated or name in self.OPEN:
            return None
        sets_up = name.startswith("mfa_")
        if sets_up and name not in self.LOOKS and is_mfa_enabled(request.user):
            fresh = second_factor.was_shown(request, within=second_factor.FRESH_SECONDS)
            return None if fresh else self._show_it(request)
        if not second_factor.is_required(request) or second_factor.was_shown(request):
            return None
        if is_mfa_enabled(request.user):
            # Signed in by a way that did not ask for it.
            return self._show_it(request)
        if sets_up or name == "account_reauthenticate":
            return None
        return redirect("mfa_index")

    def _show_it(self, request):
        back = request.get_full_path() if request.method == "GET" else reverse("mfa_index")
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")


class SharedDevicesForget:
    """A session at a shared device ends soon after the last click, leaves nothing behind, and
    does not reach the account: a PIN is not enough to change what is stronger than a PIN."""

    CLOSED = ("account_", "mfa_", "socialaccount_", "openid_connect_", "devices", "end-", "feeds")
    OPEN = ("account_login", "account_logout", "account_inactive")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.session.get(SHARED_SESSION):
            request.session.set_expiry(SHARED_SECONDS)
        return self.get_response(request)

    def process_view(self, request, _view, _args, _kwargs):
        name = request.resolver_match.url_name or ""
        closed = name.startswith(self.CLOSED) and name not in self.OPEN
        if closed and request.session.get(SHARED_SESSION):
            return render(request, "people/not_at_a_shared_device.html", status=403)
        return None


class ContentPolicy(CSPMiddleware):
    """The policy of settings; where editors write, theirs. And no other house embeds an answer."""

    def get_policy_parts(self, request, response, report_only=False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if self._for_writers(request) and not report_only:
            parts.config = settings.WRITERS_POLICY
        return parts

    def _for_writers(self, request) -> bool:
        return request.path_info.startswith(reverse("wagtailadmin_home"))

    def process_response(self, request, response):
        if self._for_writers(request):
            # A preview is the page's own answer, whose policy would not let it be framed.
            response.headers.pop(HEADER, None)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return super().process_response(request, response)


class OnlyKnownMethods:
    """TRACE and whatever else no page here answers is refused before anything is done."""

    KNOWN = ("GET", "HEAD", "POST", "OPTIONS")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in self.KNOWN:
            return HttpResponseNotAllowed(self.KNOWN)
        return self.get_response(request)


class CookiesHoldText:
    """A cookie with a NUL was never ours and is taken as not sent: PostgreSQL, asked for the
    session of that key, would refuse the whole page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if "\x00" not in value
        }
        return self.get_response(request)


class SessionsEnd:
    """After an hour without a request or twelve in all; later for who asked to stay signed in,
    but never for those whose role requires a second factor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = time.time()
            # Asked first, as it costs a query only where somebody stays signed in.
            remembered = not request.session.get_expire_at_browser_close()
            may_be = remembered and not second_factor.is_required(request)
            if sessions.is_over(request.session, at=now, may_be_remembered=may_be):
                security_log.note("session_expired", request)
                logout(request)
                messages.info(request, _("You were signed out, as you have not been here lately."))
            else:
                sessions.seen(request.session, at=now)
        return self.get_response(request)


class RefusalsAreNoted:
    """What somebody may not do, or what is not theirs, goes into the security log."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        who = request.user
        response = self.get_response(request)
        if response.status_code in (400, 403) or (
            # Somebody else's object answers 404; a stranger's 404 is the noise of the Internet.
            response.status_code == 404 and who.is_authenticated
        ):
            security_log.note("refused", request, user=who, status=response.status_code)
        return response
