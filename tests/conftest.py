"""The same cast everywhere: Ann works in Claims, Bob leads Claims, Cas works elsewhere, Dee is HR,
Fay is finance. The company: Claims and Billing at one site, open Monday to Friday."""

import time
from datetime import UTC, date, datetime

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from incentives.models import Metric, Result, Target
from incentives.rules import scaled
from people.models import (
    Department,
    Employee,
    Membership,
    Placement,
    Role,
    RoleAssignment,
    Salary,
    Site,
    User,
    WorkingWeek,
)
from people.rules import BEGINNING
from screens.services import standing

MONDAY = date(2026, 3, 2)
TUESDAY_MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
TUESDAY_NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


class SignedInClient(Client):
    """Whoever is signed in by force has shown a second factor too, unless a test says no."""

    def force_login(self, user, backend=None, *, second_factor: bool = True) -> None:
        super().force_login(user, backend)
        if second_factor:
            session = self.session
            show_second_factor(session, user)
            session.save()


def show_second_factor(session, user, *, seconds_ago: float = 0) -> None:
    """What allauth writes when a code was right."""
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "at": time.time() - seconds_ago, "id": 0, "type": "totp"}
    ]
    session["account_authentication_methods_user"] = str(user.pk)


@pytest.fixture(autouse=True)
def nothing_counted_before():
    """The limits that the cache counts begin anew with each test, and what a server remembers of
    screens."""
    cache.clear()
    standing.forget()


@pytest.fixture(autouse=True)
def the_companys_language():
    """A page in another language leaves it to the thread, and with it to the next test."""
    translation.deactivate()


@pytest.fixture
def client():
    return SignedInClient()


@pytest.fixture
def system(db):
    return User.objects.system()


@pytest.fixture
def site(db):
    site = Site.objects.create(code="HQ", name="Head office", time_zone="Europe/London")
    WorkingWeek.objects.create(site=site, from_date=BEGINNING, working_days="Mon-Fri")
    return site


def make_department(code: str, site: Site, parent: Department | None = None) -> Department:
    department = Department.objects.create(code=code, name=code.title())
    Placement.objects.create(department=department, site=site, parent=parent, from_date=BEGINNING)
    return department


@pytest.fixture
def claims(site):
    return make_department("CLAIMS", site)


@pytest.fixture
def billing(site):
    return make_department("BILLING", site)


@pytest.fixture
def answered(db):
    """Calls answered, percent, at least."""
    return Metric.objects.create(
        code="answered", name="Calls answered", unit="percent", direction="at_least", decimals=2,
        plausible_min=scaled_of("0"), plausible_max=scaled_of("100"),
    )  # fmt: skip


@pytest.fixture
def waiting(db):
    """Waiting time, minutes, at most."""
    return Metric.objects.create(
        code="waiting", name="Waiting time", unit="minutes", direction="at_most", decimals=2
    )


def scaled_of(text: str) -> int:
    from decimal import Decimal

    return scaled(Decimal(text))


def make_target(department, metric, value: str, by, **more) -> Target:
    return Target.objects.create(
        department=department, metric=metric, value_scaled=scaled_of(value), reason="test",
        made_by=by, **{"from_date": date(2026, 1, 1), **more},
    )  # fmt: skip


def make_result(department, metric, day: date, value: str, by, **more) -> Result:
    return Result.objects.create(
        department=department, metric=metric, date=day, value_scaled=scaled_of(value),
        source="form", made_by=by, **more,
    )  # fmt: skip


@pytest.fixture
def goals(claims, billing, answered, waiting, system):
    """Two goals for each of two departments, targets 80 and 5."""
    return [
        make_target(department, metric, value, system)
        for department in (claims, billing)
        for metric, value in ((answered, "80"), (waiting, "5"))
    ]


def make_person(
    name: str, department: Department, *roles: tuple[str, Department | None], by: User
) -> User:
    user = User.objects.create_user(username=name, email=f"{name}@example.org", password="secret")
    employee = Employee.objects.create(
        number=name, name=name.title(), email=user.email, hired_on=date(2020, 1, 1), user=user
    )
    Membership.objects.create(
        employee=employee, department=department, from_date=employee.hired_on, fte_bp=10_000
    )
    Salary.objects.create(
        employee=employee, from_date=employee.hired_on, annual_minor=3_000_000, currency="GBP"
    )
    for role, of in roles:
        RoleAssignment.objects.create(
            user=user, role=role, department=of, from_date=employee.hired_on, made_by=by
        )
    return user


@pytest.fixture
def ann(claims, system):
    return make_person("ann", claims, by=system)


@pytest.fixture
def bob(claims, system):
    return make_person("bob", claims, (Role.LEAD, claims), by=system)


@pytest.fixture
def cas(billing, system):
    return make_person("cas", billing, by=system)


@pytest.fixture
def dee(billing, system):
    return make_person("dee", billing, (Role.HR, None), by=system)


@pytest.fixture
def fay(billing, system):
    return make_person("fay", billing, (Role.FINANCE, None), by=system)


@pytest.fixture
def eve(billing, system):
    return make_person("eve", billing, (Role.EXECUTIVE, None), by=system)


@pytest.fixture
def max_auditor(billing, system):
    return make_person("max", billing, (Role.AUDITOR, None), by=system)


@pytest.fixture
def root(billing, system):
    return make_person("root", billing, (Role.ADMINISTRATOR, None), by=system)
