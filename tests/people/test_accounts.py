"""An account: how it is named when signing in, and when its sessions end."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.utils import timezone

from people.models import Employee, Invitation, OutgoingMail, User
from people.services.invitations import NotInvited, accept, invite, waiting_invitation
from people.services.outbox import send_waiting
from people.services.pins import set_pin
from tests.conftest import SignedInClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashes(monkeypatch):
    """How many passwords were hashed: what the time of an answer consists of."""
    made = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        made.append(1)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return made


def sign_in(client, login="ann", password="secret", **more):
    return client.post("/sign-in/", {"login": login, "password": password}, **more)


def is_in(client) -> bool:
    return client.get("/account/devices/").status_code == 200


@pytest.fixture
def numbered(ann):
    """Ann, whose login, number and e-mail all differ."""
    ann.employee.number = "N-100"
    ann.employee.save()
    return ann


@pytest.mark.parametrize(
    "login", ["ann", "ANN", "n-100", "N-100", "ann@example.org", "Ann@Example.ORG", " ann "]
)
def test_a_colleague_signs_in_by_login_number_or_e_mail(client, numbered, login):
    assert sign_in(client, login).url == "/"
    assert is_in(client)


def test_a_login_that_is_also_somebody_elses_number_opens_neither(client, ann, cas):
    cas.employee.number = "ann"
    ann.employee.number = "7"
    ann.employee.save()
    cas.employee.save()
    assert sign_in(client).status_code == 200
    assert sign_in(client, "7").url == "/"


@pytest.mark.parametrize(("days", "stays"), [(-1, False), (0, True), (30, True)])
def test_the_last_day_is_the_last_day(client, ann, days, stays):
    sign_in(client)
    ann.employee.left_on = timezone.localdate() + timedelta(days=days)
    ann.employee.save()
    assert is_in(client) is stays
    assert (sign_in(SignedInClient()).status_code == 302) is stays


def test_a_closed_account_is_out_on_the_next_request(client, ann):
    sign_in(client)
    ann.is_active = False
    ann.save()
    assert not is_in(client)
    assert sign_in(client).status_code == 200


def test_a_new_password_ends_the_other_sessions_and_not_this_one(client, ann):
    other = SignedInClient()
    sign_in(client)
    sign_in(other)
    new = "a sentence that nobody guesses"
    said = {"oldpassword": "secret", "password1": new, "password2": new}
    assert client.post("/account/password/", said).status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert sign_in(other).status_code == 200
    assert sign_in(other, password=new).status_code == 302


def test_a_weak_new_password_is_refused(client, ann):
    sign_in(client)
    for new in ("password12", "short", "ann@example.org"):
        said = {"oldpassword": "secret", "password1": new, "password2": new}
        assert client.post("/account/password/", said).context["form"].errors


def test_my_devices_shows_each_session_and_ends_it(client, ann):
    phone = SignedInClient()
    sign_in(client, HTTP_USER_AGENT="Desk")
    sign_in(phone, HTTP_USER_AGENT="Phone")
    page = client.get("/account/devices/").content.decode()
    assert "Desk" in page
    assert "Phone" in page
    there = UserSession.objects.get(user_agent="Phone")
    end = f"/account/devices/{there.pk}/end/"
    assert client.post(end).url == f"/account/reauthenticate/?next={quote(end, safe='')}"
    assert is_in(phone)
    client.post("/account/reauthenticate/", {"password": "secret"})
    assert client.post(end).url == "/account/devices/"
    assert not is_in(phone)
    assert is_in(client)


def test_somebody_elses_session_is_not_found(client, ann, cas):
    other = SignedInClient()
    sign_in(other, "cas")
    sign_in(client)
    client.post("/account/reauthenticate/", {"password": "secret"})
    theirs = UserSession.objects.get(user=cas)
    assert client.post(f"/account/devices/{theirs.pk}/end/").status_code == 404
    assert is_in(other)


def test_a_pin_and_an_invitation_make_a_session_that_is_listed_too(client, ann, dee):
    set_pin(ann, "271828")
    client.post("/account/shared-device/", {"number": "ann", "pin": "271828"})
    [at_the_device] = UserSession.objects.filter(user=ann)
    link = invite(ann.employee, way="slip", by=dee).removeprefix("http://127.0.0.1:8000")
    SignedInClient().post(link, {"password": "a sentence that nobody guesses"})
    # The new password has ended the other.
    [by_invitation] = UserSession.objects.filter(user=ann)
    assert by_invitation != at_the_device


def test_my_devices_shows_what_was_tried_on_my_account(client, ann):
    sign_in(SignedInClient(), password="wrong", REMOTE_ADDR="203.0.113.9")
    sign_in(client)
    page = client.get("/account/devices/").content.decode()
    assert "203.0.113.9" in page
    assert "refused" in page


@pytest.mark.parametrize("login", ["nobody", "nobody@example.org", "ann", "ann@example.org",
                                   "gone", "closed", "new"])  # fmt: skip
def test_a_refusal_looks_and_costs_the_same_for_every_account(
    client, ann, bob, cas, dee, hashes, login
):
    bob.username, bob.is_active = "closed", False
    cas.username = "gone"
    cas.employee.left_on = timezone.localdate() - timedelta(days=1)
    cas.employee.save()
    dee.username = "new"
    dee.set_unusable_password()
    for user in (bob, cas, dee):
        user.save()
    hashes.clear()
    response = sign_in(client, login, "secret" if login in ("gone", "closed") else "wrong")
    assert response.status_code == 200
    [said] = response.context["form"].errors.values()
    assert said == ["That e-mail, number or password is not right."]
    assert len(hashes) == 1


def text_without_token(response) -> str:
    return re.sub(r'value="[^"]{40,}"', "", response.content.decode())


@pytest.fixture
def through_the_outbox(settings):
    """As in the product; Django's test runner puts its own backend there."""
    settings.EMAIL_BACKEND = "people.outbox.OutboxBackend"


def test_a_forgotten_password_answers_the_same_for_every_address(
    client, ann, cas, hashes, through_the_outbox
):
    cas.employee.left_on = timezone.localdate() - timedelta(days=1)
    cas.employee.save()
    answers, costs = [], []
    for email in ("ann@example.org", "cas@example.org", "nobody@example.org"):
        hashes.clear()
        response = client.post("/account/password/forgotten/", {"email": email}, follow=True)
        answers.append((response.redirect_chain, text_without_token(response)))
        costs.append(len(hashes))
    assert answers[0] == answers[1] == answers[2]
    assert costs == [0, 0, 0]
    # Neither strangers nor leavers get mail.
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["ann@example.org"]


def test_a_forgotten_password_is_set_anew_by_the_mailed_link_once(client, ann, through_the_outbox):
    sign_in(other := SignedInClient())
    client.post("/account/password/forgotten/", {"email": "ANN@example.org"})
    send_waiting()
    link = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0]
    new = "a sentence that nobody guesses"
    assert client.post(address, {"password1": new, "password2": new}).status_code == 302
    assert not is_in(other)
    assert sign_in(SignedInClient(), password=new).status_code == 302
    assert b"password1" not in SignedInClient().get(link, follow=True).content


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/\\evil.example"])
@pytest.mark.parametrize("address", ["/sign-in/", "/sign-out/"])
def test_nobody_is_sent_out_of_the_house(client, ann, next_, address):
    if address == "/sign-out/":
        client.force_login(ann)
    response = client.post(address, {"login": "ann", "password": "secret", "next": next_})
    assert response.url in ("/", "/sign-in/")


# Invitations


GOOD = "a sentence that nobody guesses"


def path_of(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def invited(ann, dee):
    """Ann, who has no password yet; the link on her slip."""
    ann.set_unusable_password()
    ann.email = ""
    ann.save()
    return path_of(invite(ann.employee, way="slip", by=dee))


def test_an_invitation_by_mail_is_accepted_by_its_link(client, ann, dee):
    invite(ann.employee, way="mail", by=dee)
    send_waiting()
    [sent] = mail.outbox
    assert sent.to == ["ann@example.org"]
    link = re.search(r"http://127\.0\.0\.1:8000(/invitation/\S+)", sent.body)[1]
    assert b"Welcome, Ann" in client.get(link).content
    assert client.post(link, {"password": GOOD}).url == "/"
    assert is_in(client)
    assert sign_in(SignedInClient(), "ann@example.org", GOOD).url == "/"


def test_looking_at_an_invitation_does_not_use_it_up(client, invited):
    assert client.get(invited).status_code == client.head(invited).status_code == 200
    assert client.post(invited, {"password": GOOD}).status_code == 302


def test_a_slip_lets_choose_a_pin_a_password_or_both(client, ann, invited):
    assert client.post(invited, {}).context["form"].errors
    assert client.post(invited, {"pin": "271828"}).url == "/"
    said = {"number": "ann", "pin": "271828"}
    assert SignedInClient().post("/account/shared-device/", said).url == "/"


def test_an_invitation_works_once(client, ann, invited):
    client.post(invited, {"password": GOOD})
    other = SignedInClient()
    assert other.get(invited).status_code == other.post(invited, {"pin": "1"}).status_code == 410
    assert not is_in(other)


def test_two_who_press_at_once_do_not_both_use_it(ann, dee, invited):
    found = waiting_invitation(invited.split("/")[-2])
    assert accept(found, password=GOOD) == ann
    assert accept(found, password="another sentence") is None
    ann.refresh_from_db()
    assert ann.check_password(GOOD)


def test_a_new_invitation_ends_the_earlier_ones(client, ann, dee, invited):
    newer = path_of(invite(ann.employee, way="slip", by=dee))
    assert client.get(invited).status_code == 410
    assert client.get(newer).status_code == 200


@pytest.mark.parametrize(("way", "days"), [("mail", 7), ("slip", 30)])
def test_an_invitation_ends(client, ann, dee, way, days):
    link = path_of(invite(ann.employee, way=way, by=dee))
    if way == "mail":
        link = re.search(r"/invitation/\S+", OutgoingMail.objects.get().body)[0]
    made = Invitation.objects.get()
    assert made.expires_at - made.made_at >= timedelta(days=days, seconds=-5)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 410


def test_a_leavers_invitation_opens_nothing(client, ann, invited):
    ann.employee.left_on = timezone.localdate() - timedelta(days=1)
    ann.employee.save()
    assert client.get(invited).status_code == 410


@pytest.fixture
def newcomer(claims):
    return Employee.objects.create(number="N-7", name="New", hired_on="2026-01-01")


def test_an_account_that_has_the_number_for_its_name_is_not_given_away(newcomer, cas, dee):
    cas.username = "n-7"
    cas.save()
    with pytest.raises(NotInvited, match="Another account is already called N-7"):
        invite(newcomer, way="slip", by=dee)
    newcomer.refresh_from_db()
    assert newcomer.user is None
    assert not Invitation.objects.exists()


def test_an_account_made_at_the_same_moment_is_not_given_away_either(newcomer, dee, monkeypatch):
    def made_meanwhile(user, password=None):
        User.objects.create(username=user.username)

    monkeypatch.setattr(User, "set_unusable_password", made_meanwhile)
    with pytest.raises(NotInvited, match="Another account is already called N-7"):
        invite(newcomer, way="slip", by=dee)
    newcomer.refresh_from_db()
    assert newcomer.user is None


def test_whoever_invites_from_an_older_page_finds_the_account(newcomer, dee):
    seen_before = Employee.objects.get(pk=newcomer.pk)
    invite(newcomer, way="slip", by=dee)
    invite(seen_before, way="slip", by=dee)
    assert seen_before.user == newcomer.user
    assert User.objects.filter(username="N-7").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_invite_at_once_make_one_account(newcomer, dee):
    def at_once(_n):
        try:
            return invite(Employee.objects.get(pk=newcomer.pk), way="slip", by=dee)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        links = list(crowd.map(at_once, range(4)))
    assert User.objects.filter(username="N-7").count() == 1
    assert [waiting_invitation(link.split("/")[-2]) is None for link in links].count(False) == 1


def test_the_database_does_not_hold_what_the_link_says(ann, invited):
    secret = invited.split("/")[-2]
    assert secret not in str(Invitation.objects.values_list())


@pytest.mark.parametrize(
    "said",
    [{"password": "short"}, {"password": "password12"}, {"pin": "123456"}, {"pin": "12345"},
     {"pin": "11 111"}, {"pin": "１２３８５６"}, {"pin": "271828", "password": "short"}],
)  # fmt: skip
def test_a_weak_choice_is_refused_and_the_invitation_kept(client, ann, invited, said):
    assert client.post(invited, said).context["form"].errors
    assert Invitation.objects.get().used_at is None
    assert not hasattr(ann, "pin")
