"""Logins."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager

SYSTEM = "system"


class Users(UserManager["User"]):
    def system(self) -> "User":
        """The built-in account under which commands run when nobody is named."""
        user, _made = self.get_or_create(username=SYSTEM, defaults={"is_active": False})
        return user


class User(AbstractUser):
    """A login. Roles hang on it; an employee may have none."""

    objects: ClassVar[Users] = Users()

    @property
    def is_system(self) -> bool:
        return self.username == SYSTEM

    @property
    def display_name(self) -> str:
        employee = getattr(self, "employee", None)
        return employee.name if employee else self.get_full_name() or self.username

    def may_sign_in(self, *, on: date) -> bool:
        """Active, not past the last day at the company, and never again once erased."""
        employee = getattr(self, "employee", None)
        if employee and (employee.erased_at or employee.has_left(on=on)):
            return False
        return self.is_active
