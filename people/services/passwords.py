"""What a new password must not be, beside Django's own rules: docs/security/controls.md."""

import re
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from people.models import Department, Site, User

ENDS = re.compile(r"^[\W\d_]{0,6}|[\W\d_]{0,6}$")
"""A few digits and signs put before or behind a word."""
LEFT_AT_LEAST = 8
"""Signs that a password must have beside a word of the house."""


class NotCommonWhenDrawnOut(CommonPasswordValidator):
    """Refuses the 20,000 passwords most often found in breaches, and what is made of one by
    digits and signs at its ends or by writing it twice, as people do to reach a length."""

    def validate(self, password: str, user: User | None = None) -> None:
        for tried in _cores(password.casefold().strip()):
            super().validate(tried, user)


def _cores(password: str) -> list[str]:
    half = password[: len(password) // 2]
    twice = [half] if half * 2 == password else []
    return [password, ENDS.sub("", password), *twice]


class NotAWordOfTheHouse:
    """Refuses a password that is little more than what anybody here would try: the product, the
    company (PASSWORD_WORDS), its sites and departments, and one's own name and number."""

    def validate(self, password: str, user: User | None = None) -> None:
        left = _plain(password)
        for word in words_of_the_house(user):
            left = left.replace(word, "")
        if len(left) < min(LEFT_AT_LEAST, len(_plain(password))):
            raise ValidationError(self.get_help_text(), code="word_of_the_house")

    def get_help_text(self) -> str:
        return _("Too close to a name that everybody here knows; add words of your own.")


def words_of_the_house(user: User | None) -> list[str]:
    """Plain words of three signs and more, the longest first."""
    employee = getattr(user, "employee", None)
    own = [employee.number, *employee.name.split()] if employee else []
    named: Any = chain.from_iterable(
        model.objects.values_list("code", "name") for model in (Site, Department)
    )
    known = [*settings.PASSWORD_WORDS, *own, *chain.from_iterable(named)]
    plain = {_plain(word) for word in known}
    return sorted((word for word in plain if len(word) >= 3), key=len, reverse=True)


def _plain(text: str) -> str:
    """Letters and digits alone, in one case: “Ninety-Five” is “ninetyfive”."""
    return re.sub(r"[\W_]+", "", text.casefold())
