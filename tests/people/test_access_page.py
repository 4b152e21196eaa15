"""Inviting, one or many, and helping with devices and second factors."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from people.models import AuditEntry, Employee, Invitation, OutgoingMail
from people.services.access import give_roles, invite_anew
from tests.people.test_directory import hire

pytestmark = pytest.mark.django_db
INVITE = "/people/invite/"


@pytest.fixture
def newcomers(claims, billing):
    hire("E1", "Mail", claims, email="mail@example.org")
    hire("E2", "Paper", claims)
    hire("E3", "Elsewhere", billing)
    hire("E4", "Gone", claims, left_on=date(2025, 5, 5))


def invited() -> dict[str, str]:
    return dict(Invitation.objects.values_list("user__username", "way"))


@pytest.mark.parametrize("who", ["dee", "root"])
def test_one_is_invited_by_mail_or_slip(client, newcomers, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post("/people/E1/invite/", {"mail": ""}).url == "/people/E1/"
    assert OutgoingMail.objects.get().to == "mail@example.org"
    response = client.post("/people/E2/invite/", {"slip": ""})
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert invited() == {"E1": "mail", "E2": "slip"}


def test_many_are_invited_after_a_look_at_how_many(client, newcomers, dee):
    client.force_login(dee)
    shown = client.post(INVITE, {"department": "CLAIMS"}).content.decode()
    assert ("by mail: 1." in shown, "one PDF: 1." in shown) == (True, True)
    assert invited() == {}
    response = client.post(INVITE, {"department": "CLAIMS", "confirmed": "yes"})
    assert response["Content-Type"] == "application/pdf"
    assert invited() == {"E1": "mail", "E2": "slip"}
    again = client.post(INVITE, {"department": "CLAIMS", "confirmed": "yes"})
    assert "has an account or an invitation" in again.content.decode()
    assert Invitation.objects.count() == 2


def test_a_site_is_invited_as_a_whole(client, newcomers, dee):
    client.force_login(dee)
    client.post(INVITE, {"site": "HQ", "confirmed": "yes"})
    assert set(invited()) == {"E1", "E2", "E3"}


def test_nobody_is_invited_without_saying_where(client, newcomers, dee):
    client.force_login(dee)
    response = client.post(INVITE, {"confirmed": "yes"})
    assert response.context["form"].errors == {"__all__": ["Choose a department or a site."]}
    assert invited() == {}


def test_hr_does_not_invite_into_an_account_with_more_rights(client, dee, root, fay, billing):
    root.set_unusable_password()
    root.save()
    client.force_login(dee)
    for number in ("root", "fay"):
        client.post(f"/people/{number}/invite/", {"slip": ""})
    client.post(INVITE, {"department": "BILLING", "confirmed": "yes"})
    assert invited() == {}


@pytest.mark.parametrize(
    ("printed_by", "given", "status"),
    [("dee", "finance", 410), ("dee", "editor", 200), ("root", "finance", 200)],
)
def test_a_slip_printed_by_hr_does_not_open_what_an_administrator_gives_later(
    client, ann, root, request, printed_by, given, status
):
    by = request.getfixturevalue(printed_by)
    slip = invite_anew(ann.employee, way=Invitation.Way.SLIP, by=by)
    give_roles(
        ann.employee, {(given, None)}, from_date=timezone.localdate() + timedelta(days=9),
        reason="joins the team", by=root,
    )  # fmt: skip
    assert client.get(f"/invitation/{slip.link.split('/')[-2]}/").status_code == status


@pytest.mark.parametrize("who", ["ann", "bob", "fay", "eve", "max_auditor"])
def test_who_may_not_invite(client, newcomers, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post("/people/E1/invite/", {"slip": ""}).status_code == 403
    assert client.post(INVITE, {"site": "HQ", "confirmed": "yes"}).status_code == 403
    assert invited() == {}


def test_nobody_invites_themself(client, dee):
    client.force_login(dee)
    assert client.post("/people/dee/invite/", {"slip": ""}).status_code == 403


def test_somebody_is_signed_out_everywhere_with_a_reason(client, ann, dee):
    UserSession.objects.create(user=ann, ip="127.0.0.1", session_key="x" * 32, user_agent="x")
    client.force_login(dee)
    assert client.post("/people/ann/sign-out/", {"reason": ""}).context["form"].errors
    assert UserSession.objects.filter(user=ann).exists()
    client.post("/people/ann/sign-out/", {"reason": "lost telephone"})
    assert not UserSession.objects.filter(user=ann).exists()
    assert AuditEntry.objects.filter(action="sign_out_everywhere").count() == 1


def test_an_administrator_resets_a_second_factor_and_the_person_is_told(client, fay, root):
    Authenticator.objects.create(user=fay, type="totp", data={})
    client.force_login(root)
    client.post("/people/fay/second-factor/", {"reason": "lost telephone"})
    assert not Authenticator.objects.filter(user=fay).exists()
    mail = OutgoingMail.objects.get()
    assert (mail.to, "Root has reset" in mail.body) == ("fay@example.org", True)
    assert AuditEntry.objects.filter(action="reset_second_factor").count() == 1


@pytest.mark.parametrize("who", ["ann", "bob", "dee", "eve", "max_auditor"])
def test_nobody_else_resets_a_second_factor(client, fay, request, who):
    Authenticator.objects.create(user=fay, type="totp", data={})
    client.force_login(request.getfixturevalue(who))
    assert client.post("/people/fay/second-factor/", {"reason": "x"}).status_code == 403
    assert Authenticator.objects.filter(user=fay).exists()


def test_nobody_resets_the_own_second_factor(client, root):
    Authenticator.objects.create(user=root, type="totp", data={})
    client.force_login(root)
    assert client.post("/people/root/second-factor/", {"reason": "x"}).status_code == 403
    assert Employee.objects.get(number="root").user.is_active
