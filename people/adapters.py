"""Where allauth asks: who may sign in, how often one may guess, whose account a provider means."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.forms.accounts import too_many
from people.models import SignInAttempt, User
from people.services import guessing
from people.services.accounts import account_named
from people.services.pins import SHARED_SESSION
from people.services.secrets_kept import product_key
from people.services.single_sign_on import account_of, follow_claims


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from HR: nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("That e-mail, number or password is not right."),
        "email_password_mismatch": _("That e-mail, number or password is not right."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_authenticate(self, request, **credentials) -> None:
        login = credentials.get("username") or credentials.get("email") or ""
        try:
            request.sign_in_attempt = guessing.begin(
                login, way=SignInAttempt.Way.PASSWORD, address=self.get_client_ip(request),
                user=account_named(login),
            )  # fmt: skip
        except guessing.TooManyGuesses as error:
            raise too_many(error) from error

    def authenticate(self, request, **credentials) -> User | None:
        self._login_failed_rl_usage = None
        user = super().authenticate(request, **credentials)
        if user:
            guessing.succeeded(request.sign_in_attempt)
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """Attempts are counted by services.guessing, in the database and not in the cache."""

    def pre_login(self, request, user, **how):
        """A passkey shows who somebody is, and not that they still work here."""
        if not user.may_sign_in(on=timezone.localdate()):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **how)

    def get_logout_redirect_url(self, request) -> str:
        """At a shared device to the page that also clears what the browser keeps."""
        if request.session.get(SHARED_SESSION):
            return reverse("shared-device")
        return super().get_logout_redirect_url(request)

    def respond_user_inactive(self, request, user):
        """A closed account is not told apart from one that never was."""
        return render(request, "account/not_known.html", status=403)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secrets of authenticator apps are of no use to who reads the database alone."""

    def encrypt(self, text: str) -> str:
        return Fernet(product_key("second factor")).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return Fernet(product_key("second factor")).decrypt(encrypted_text.encode()).decode()


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False

    def pre_social_login(self, request, sociallogin) -> None:
        """Link the first time, refuse leavers and strangers, let roles follow the claims."""
        claims = sociallogin.account.extra_data
        known = sociallogin.user if sociallogin.is_existing else account_of(claims)
        if known is None or not self._may_come_in(request, known):
            answer = render(request, "account/not_known.html", status=403)
            raise ImmediateHttpResponse(answer)
        if not sociallogin.is_existing:
            sociallogin.connect(request, known)
        if settings.OIDC.roles_claim:
            follow_claims(known, claims)
        guessing.signed_in_elsewhere(known, address=get_account_adapter().get_client_ip(request))

    def _may_come_in(self, request, known: User) -> bool:
        """Not past the last day; and who is signed in already is nobody else at the provider."""
        same = not request.user.is_authenticated or request.user.pk == known.pk
        return same and known.may_sign_in(on=timezone.localdate())
