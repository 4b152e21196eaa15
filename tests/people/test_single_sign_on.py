"""Single sign-on against a real provider process over HTTP."""

import os
import re
import socket
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.utils import timezone

from config.environment import OpenIDConnect
from people.models import AuditEntry, Employee, Role, SignInAttempt, User
from people.services.roles import roles_in_force
from tests.conftest import SignedInClient

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
START = "/account/single-sign-on/company/"
CALLBACK = "/account/single-sign-on/company/callback/"


def free_port() -> int:
    """Below 32768, where no outgoing connection is given a port by chance."""
    for port in range(25000 + os.getpid() % 5000, 32000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


class Provider:
    def __init__(self, url: str):
        self.url = url

    def knows(self, sub: str, **claims) -> None:
        requests.put(f"{self.url}/users/{sub}", json=claims, timeout=10).raise_for_status()

    def lets_in(self, address: str, sub: str) -> str:
        """What the person does there; the address that the provider then sends them to."""
        answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@pytest.fixture(scope="module")
def provider():
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    for _n in range(200):
        try:
            requests.get(f"{url}/.well-known/openid-configuration", timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    yield Provider(url)
    process.terminate()
    process.wait(10)


@pytest.fixture
def offered(provider, settings):
    settings.OIDC = OpenIDConnect(
        issuer=provider.url, name="Our company", client_id="ninetyfive", client_secret="s" * 32,
        number_claim="employee_number", roles_claim="groups",
        roles={"n95-exec": "executive", "n95-audit": "auditor"},
    )  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": settings.OIDC.apps()}}
    return provider


def come_back(client, provider, sub: str, *, begin: str = START):
    """From our sign-in page to the provider and back."""
    away = client.post(begin)
    assert away.status_code == 302, away.content
    assert away.url.startswith(provider.url)
    return client.get(provider.lets_in(away.url, sub).removeprefix("http://testserver"))


def is_in(client) -> bool:
    return client.get("/account/devices/").status_code == 200


def test_the_sign_in_page_offers_it_by_name(client, offered):
    page = client.get("/sign-in/").content.decode()
    assert "Sign in with Our company" in page
    assert f'action="{START}' in page


def test_without_a_provider_nothing_is_offered(client, db):
    assert "Sign in with Our" not in client.get("/sign-in/").content.decode()
    assert client.post(START).status_code == 404


def test_the_first_time_the_number_links_and_then_the_subject_does(client, ann, offered):
    offered.knows("s1", employee_number="ann", email="x@elsewhere.example")
    assert come_back(client, offered, "s1").url == "/"
    assert is_in(client)
    assert SocialAccount.objects.get().user == ann
    assert UserSession.objects.filter(user=ann).count() == 1
    # Whatever the provider calls the number later, this is the same person.
    offered.knows("s1", employee_number="changed")
    other = SignedInClient()
    assert come_back(other, offered, "s1").url == "/"
    assert b"single sign-on" in other.get("/account/devices/").content


def test_a_verified_e_mail_links(client, ann, offered):
    offered.knows("s2", email="Ann@Example.org", email_verified=True)
    assert come_back(client, offered, "s2").url == "/"
    assert SocialAccount.objects.get().user == ann


@pytest.mark.parametrize(
    "said",
    [
        {"email": "ann@example.org"},
        {"email": "ann@example.org", "email_verified": False},
        {"email": "ann@example.org", "email_verified": "true"},
        {"email": "stranger@example.org", "email_verified": True},
        {"employee_number": "99999", "email": "ann@example.org", "email_verified": True},
        {"employee_number": ""},
        {},
    ],
)
def test_whoever_is_not_known_for_sure_is_refused_and_no_account_is_made(
    client, ann, offered, said
):
    offered.knows("s3", **said)
    before = (User.objects.count(), Employee.objects.count())
    response = come_back(client, offered, "s3")
    assert response.status_code == 403
    assert b"not known here" in response.content
    assert not is_in(client)
    assert (User.objects.count(), Employee.objects.count()) == before
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("linked", [False, True])
def test_a_leaver_is_refused_linked_or_not(client, ann, offered, linked):
    offered.knows("s4", employee_number="ann")
    if linked:
        come_back(SignedInClient(), offered, "s4")
    ann.employee.left_on = timezone.localdate() - timedelta(days=1)
    ann.employee.save()
    known = SignInAttempt.objects.count()
    assert come_back(client, offered, "s4").status_code == 403
    assert not is_in(client)
    # Nor does the refused visit leave anything behind.
    assert SocialAccount.objects.count() == linked
    assert SignInAttempt.objects.count() == known


def test_an_employee_without_an_account_gets_one(client, ann, offered):
    Employee.objects.create(number="77", name="New", hired_on="2026-01-01")
    offered.knows("s5", employee_number="77")
    assert come_back(client, offered, "s5").url == "/"
    assert User.objects.get(username="77").employee.name == "New"


def test_an_employee_whose_number_names_another_account_is_refused(client, ann, offered):
    Employee.objects.create(number="ANN", name="New", hired_on="2026-01-01")
    offered.knows("s12", employee_number="ANN")
    assert come_back(client, offered, "s12").status_code == 403
    assert not SocialAccount.objects.exists()


def test_roles_follow_the_claims_and_are_taken_away(client, bob, offered):
    for groups, expected in (
        (["n95-exec", "n95-audit", "administrator", {"odd": 1}], {"executive", "auditor", "lead"}),
        (["n95-audit"], {"auditor", "lead"}),
        ("n95-exec", {"executive", "lead"}),
        ([], {"lead"}),
    ):
        offered.knows("s6", employee_number="bob", groups=groups)
        come_back(SignedInClient(), offered, "s6")
        assert roles_in_force(bob) == expected
    entry = AuditEntry.objects.filter(action="set_roles").first()
    assert entry.by == User.objects.system()
    assert set(bob.role_assignments.exclude(role=Role.LEAD).values_list("reason", flat=True)) <= {
        "claims of Our company"
    }


def test_without_a_claim_for_roles_they_stay_as_they_are(client, bob, offered, settings):
    settings.OIDC = OpenIDConnect(**{**vars(settings.OIDC), "roles_claim": ""})
    offered.knows("s7", employee_number="bob", groups=["n95-exec"])
    come_back(client, offered, "s7")
    assert roles_in_force(bob) == {"lead"}


def test_whose_role_needs_a_second_factor_sets_it_up_first(client, fay, offered, settings):
    settings.OIDC = OpenIDConnect(**{**vars(settings.OIDC), "roles_claim": ""})
    offered.knows("s8", employee_number="fay")
    come_back(client, offered, "s8")
    assert client.get("/days/").url == "/account/second-factor/"


def changed(address: str, **more) -> str:
    parts = urlsplit(address)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()} | more
    return urlunsplit(parts._replace(query=urlencode(query))).removeprefix("http://testserver")


def test_an_answer_that_was_not_asked_for_is_refused(client, ann, offered):
    offered.knows("s9", employee_number="ann")
    back = offered.lets_in(client.post(START).url, "s9")
    # Another state; another browser; and the same answer a second time.
    assert client.get(changed(back, state="forged")).status_code in (401, 403)
    stranger = SignedInClient()
    stranger.get(changed(back))
    assert not is_in(stranger)
    assert not is_in(client)
    assert client.get(changed(back)).status_code == 302
    assert is_in(client)
    again = SignedInClient()
    again.get(changed(back))
    assert not is_in(again)


def test_an_answer_without_the_code_is_refused(client, ann, offered):
    client.post(START)
    assert client.get(f"{CALLBACK}?state=x&error=access_denied").status_code in (200, 302, 401)
    assert client.get(CALLBACK).status_code in (401, 403)
    assert not is_in(client)


def test_the_question_carries_a_challenge_for_its_own_answer(client, offered):
    asked = parse_qs(urlsplit(client.post(START).url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert re.fullmatch(r"[\w-]{43}", asked["code_challenge"][0])


def test_looking_at_the_address_goes_nowhere(client, offered):
    assert client.get(START).status_code == 200


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example/"])
def test_coming_back_stays_in_the_house(client, ann, offered, next_):
    offered.knows("s10", employee_number="ann")
    begin = f"{START}?{urlencode({'next': next_})}"
    assert come_back(client, offered, "s10", begin=begin).url == "/"


def test_who_is_signed_in_cannot_become_somebody_else(client, ann, cas, offered):
    offered.knows("s11", employee_number="cas")
    client.force_login(ann)
    assert come_back(client, offered, "s11", begin=f"{START}?process=connect").status_code == 403
    assert not SocialAccount.objects.exists()
