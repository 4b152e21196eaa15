"""Who an account is when it signs in and on every request after that."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Q
from django.utils import timezone

from people.models import User


class AccountBackend(AuthenticationBackend):
    """Password with e-mail, login or employee number. Whoever has left is nobody, at once."""

    def get_user(self, user_id) -> User | None:
        user = User.objects.select_related("employee").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User) -> bool:
        return user.may_sign_in(on=timezone.localdate())

    def _authenticate_by_username(self, username: str, password: str) -> User | None:
        named = User.objects.select_related("employee").filter(
            Q(username__iexact=username) | Q(employee__number__iexact=username)
        )
        # Somebody's login may be somebody else's number: then neither is meant for sure.
        return self._check_password(named[0] if len(named) == 1 else None, password)

    @classmethod
    def _stash_user(cls, user):
        """allauth would tell that the password of a closed account was right."""
        return super()._stash_user(None)
