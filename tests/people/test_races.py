"""What two do in the same moment: as if one had come after the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config.environment import OpenIDConnect
from people.models import Employee, Invitation, RoleAssignment, User
from people.services.access import give_roles, invite_anew
from people.services.employment import Description, EmploymentRefused, Place, join, leave
from people.services.roles import RolesRefused
from people.services.single_sign_on import follow_claims

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
CROWD = 4


def at_once(act, *given):
    """What each call returned or how it was refused, in the order of what was given."""

    def one(what):
        try:
            return act(what)
        except (EmploymentRefused, RolesRefused) as refused:
            return type(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(one, given))


def test_claims_of_two_tabs_give_a_role_once(ann, settings, system):
    settings.OIDC = OpenIDConnect(
        issuer="https://id.example", name="Company", client_id="n95", client_secret="s",
        number_claim="number", roles_claim="groups", roles={},
    )  # fmt: skip
    for _try in range(3):
        RoleAssignment.objects.all().delete()
        at_once(lambda _n: follow_claims(ann, {"groups": ["finance"]}), *range(CROWD))
        assert list(ann.role_assignments.values_list("role", flat=True)) == ["finance"]


def test_a_number_in_any_case_and_an_address_are_one_persons(claims, dee):
    def joined(n: int):
        described = Description(name="Wu", email="wu@example.org" if n % 2 else "Wu@example.org")
        place, number = Place(claims, 10_000), "E7" if n % 2 else "e7"
        made = join(
            number, described=described, place=place, hired_on=date(2026, 1, 5), pay=None, by=dee
        )
        return made.name

    found = at_once(joined, *range(CROWD))
    assert sorted(found, key=str) == sorted(["Wu", *[EmploymentRefused] * 3], key=str)
    assert Employee.objects.filter(name="Wu").count() == 1


def test_whoever_leaves_while_a_role_is_given_has_none_afterwards(bob, dee, root):
    today, employee = timezone.localdate(), bob.employee
    yesterday = today - timedelta(days=1)

    def one(what: str):
        if what == "leave":
            return leave(employee, last_day=yesterday, today=today, by=dee)
        return give_roles(employee, {("finance", None)}, from_date=today, reason="new", by=root)

    at_once(one, "role", "leave")
    assert not User.objects.get(pk=bob.pk).role_assignments.on(today).exists()


def test_of_many_slips_printed_at_once_one_works(ann, dee):
    at_once(lambda _n: invite_anew(ann.employee, way=Invitation.Way.SLIP, by=dee), *range(CROWD))
    working = ann.invitations.filter(used_at=None, expires_at__gt=timezone.now())
    assert working.count() == 1
