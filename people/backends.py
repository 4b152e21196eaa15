"""Who an account is when it signs in and on every request after that."""

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from people.models import User
from people.services.accounts import account_named


class AccountBackend(AuthenticationBackend):
    """Password with e-mail, login or employee number. Whoever has left is nobody, at once."""

    def get_user(self, user_id) -> User | None:
        user = User.objects.select_related("employee").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User) -> bool:
        return user.may_sign_in(on=timezone.localdate())

    def _authenticate(self, request, **credentials) -> User | None:
        """One look-up and one hash, whatever was typed: allauth's own way hashes once more for an
        e-mail that is known, which can be measured."""
        login = credentials.get("username") or credentials.get("email") or ""
        return self._check_password(account_named(login), credentials["password"])

    @classmethod
    def _stash_user(cls, user):
        """allauth would tell that the password of a closed account was right."""
        return super()._stash_user(None)
