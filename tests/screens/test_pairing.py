"""From a code on a display to a screen of the house."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from people.models import AuditEntry
from screens.models import Pairing, Screen
from screens.services import pairing
from screens.services.access import can_be_revoked, digest, revoke
from screens.services.pairing import (
    Asked,
    PairingRefused,
    approve,
    ask,
    collect,
    refuse,
    waiting_pairing,
)

pytestmark = pytest.mark.django_db


def asked(now=None, address="192.0.2.7") -> Asked:
    return ask(
        width=1920, height=1080, browser="Chromium", address=address, now=now or timezone.now()
    )


def new(name="Hall") -> Screen:
    return Screen(name=name)


def test_a_code_has_eight_letters_that_spell_no_word():
    code = asked().code
    assert len(code) == 8
    assert not set(code) & set("AEIOUY0123456789")
    assert pairing.spelled("BCDFGHJK") == "BCDF-GHJK"


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0}-", "lower"])
def test_a_code_is_found_however_it_is_typed(typed):
    code = asked().code
    text = code.lower() if typed == "lower" else typed.format(f"{code[:4]}-{code[4:]}")
    assert waiting_pairing(text, now=timezone.now()) is not None


def test_a_code_lives_ten_minutes(root):
    now = timezone.now()
    device = asked(now)
    assert waiting_pairing(device.code, now=now + timedelta(minutes=9, seconds=59))
    late = now + timedelta(minutes=10)
    assert waiting_pairing(device.code, now=late) is None
    with pytest.raises(PairingRefused, match="The code is over"):
        approve(Pairing.objects.get(), new(), by=root, now=late)
    assert not Screen.objects.exists()
    with pytest.raises(PairingRefused):
        collect(device.secret, now=late)


def test_nothing_that_opens_is_kept_in_clear():
    device = asked()
    kept = str(Pairing.objects.values_list())
    assert device.code not in kept
    assert device.secret not in kept


def test_the_device_gets_its_secret_once_and_after_approval(root):
    now, device = timezone.now(), asked()
    assert collect(device.secret, now=now) is None
    approve(Pairing.objects.get(), new(), by=root, now=now)
    secret = collect(device.secret, now=now)
    assert Screen.objects.get().secret_digest == digest(secret)
    with pytest.raises(PairingRefused):
        collect(device.secret, now=now)
    entry = AuditEntry.objects.get(action="pair_screen")
    assert entry.by == root


def test_the_code_on_the_display_collects_nothing(root):
    device = asked()
    approve(Pairing.objects.get(), new(), by=root, now=timezone.now())
    with pytest.raises(PairingRefused):
        collect(device.code, now=timezone.now())


def test_a_code_is_approved_once(root):
    device, now = asked(), timezone.now()
    waiting = waiting_pairing(device.code, now=now)
    approve(waiting, new(), by=root, now=now)
    with pytest.raises(PairingRefused):
        approve(waiting, new("Another"), by=root, now=now)
    assert Screen.objects.get().name == "Hall"
    assert waiting_pairing(device.code, now=now) is None


def test_a_refused_device_gets_nothing(root):
    device, now = asked(), timezone.now()
    refuse(Pairing.objects.get(), by=root, now=now)
    with pytest.raises(PairingRefused):
        approve(Pairing.objects.get(), new(), by=root, now=now)
    with pytest.raises(PairingRefused):
        collect(device.secret, now=now)
    assert AuditEntry.objects.filter(action="refuse_screen").count() == 1


def test_a_new_device_takes_the_place_of_the_old(root):
    now = timezone.now()
    old = asked()
    approve(Pairing.objects.get(), new(), by=root, now=now)
    first = collect(old.secret, now=now)
    device = asked()
    hall = Screen.objects.get()
    approve(waiting_pairing(device.code, now=now), hall, by=root, now=now)
    assert Screen.objects.get().secret_digest == digest(first), "the old one shows until then"
    second = collect(device.secret, now=now)
    assert Screen.objects.get().secret_digest == digest(second) != digest(first)
    assert AuditEntry.objects.filter(action="repair_screen").count() == 1


def test_an_address_has_few_codes_waiting():
    for _n in range(pairing.MOST_AN_ADDRESS):
        asked()
    with pytest.raises(PairingRefused, match="Too many codes are waiting"):
        asked()
    asked(address="192.0.2.8")
    asked(timezone.now() + timedelta(minutes=10))


def test_the_many_addresses_of_one_ipv6_network_are_one():
    for number in range(pairing.MOST_AN_ADDRESS):
        asked(address=f"2001:db8::{number + 1:x}")
    with pytest.raises(PairingRefused, match="Too many codes are waiting"):
        asked(address="2001:db8::ffff")
    asked(address="2001:db8:0:1::1")


def test_old_pairings_are_forgotten():
    asked(timezone.now() - timedelta(days=31))
    asked()
    assert pairing.forget_old_pairings(now=timezone.now()) == 1
    assert Pairing.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["approve", "collect"])
def test_of_many_at_once_one_wins(root, what):
    device, now = asked(), timezone.now()
    found = Pairing.objects.get()
    if what == "collect":
        approve(found, new(), by=root, now=now)

    def at_once(number):
        try:
            if what == "collect":
                return collect(device.secret, now=now)
            approve(found, new(f"Hall {number}"), by=root, now=now)
        except PairingRefused:
            return None
        else:
            return number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        won = [each for each in crowd.map(at_once, range(4)) if each is not None]
    assert len(won) == 1
    assert Screen.objects.count() == 1


def test_a_device_and_a_keeper_by_http(client, root, caplog):
    answer = client.post(
        "/screen/code/", {"width": 1080, "height": 1920}, content_type="application/json",
        headers={"User-Agent": "Kiosk"},
    )  # fmt: skip
    said = answer.json()
    assert sorted(said) == ["ask_every", "code", "expires_at", "qr", "where"]
    assert said["qr"].startswith("data:image/svg+xml")
    cookie = answer.cookies["screen-pairing"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/screen/", True, "Strict")
    assert cookie.value not in answer.content.decode()
    waiting = Pairing.objects.get()
    assert (waiting.width, waiting.height, waiting.browser) == (1080, 1920, "Kiosk")

    assert client.get("/screen/secret/").status_code == 202
    call_command("pair_screen", said["code"], "Hall")
    answer = client.get("/screen/secret/")
    assert answer.status_code == 200
    cookie = answer.cookies["screen"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/screen/", True, "Strict")
    assert cookie.value not in answer.content.decode()
    assert not cookie["secure"]
    assert client.get("/screen/manifest.json").status_code == 200
    assert client.get("/screen/secret/").status_code == 410


def test_over_https_the_secrets_stay_on_https(client):
    answer = client.post("/screen/code/", secure=True)
    assert answer.cookies["screen-pairing"]["secure"] is True


@pytest.mark.parametrize("body", ["", "[]", "{", '{"width": "x", "height": 1}', '{"width": 1e999}'])
def test_a_display_that_says_nonsense_of_its_size_is_paired_all_the_same(client, body):
    answer = client.post("/screen/code/", body, content_type="application/json")
    assert answer.status_code == 200
    assert Pairing.objects.get().width == 0


def test_too_many_codes_are_said_so(client, monkeypatch):
    monkeypatch.setattr(pairing, "MOST_AN_ADDRESS", 1)
    assert client.post("/screen/code/").status_code == 200
    assert client.post("/screen/code/").status_code == 429


def test_the_command_repairs_a_screen_that_is_known_and_refuses_a_wrong_code(system):
    with pytest.raises(CommandError, match="no screen shows this code now"):
        call_command("pair_screen", "BCDFGHJK", "Hall")
    for _device in range(2):
        call_command("pair_screen", asked().code, "Hall", "--place", "Ground floor")
    assert Screen.objects.get().place == "Ground floor"


def test_who_is_revoked_before_the_device_asks_does_not_become_the_screen(root):
    now, device = timezone.now(), asked()
    approve(Pairing.objects.get(), new(), by=root, now=now)
    screen = Screen.objects.get()
    assert can_be_revoked(screen, now=now)
    revoke(screen, by=root, now=now)
    with pytest.raises(PairingRefused):
        collect(device.secret, now=now)
    screen.refresh_from_db()
    assert screen.secret_digest is None
    assert not can_be_revoked(screen, now=now)
