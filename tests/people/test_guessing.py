"""Guessing passwords and PINs: how many guesses are tried at all, and who is kept out by that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from people.models import SignInAttempt
from people.services import guessing
from people.services.guessing import TooManyGuesses
from people.services.pins import check_pin, set_pin

pytestmark = pytest.mark.django_db
ALIASES = ("ann", "ANN", "ann@example.org", " ann ")


@pytest.fixture
def tried(monkeypatch):
    """The passwords that were compared with Ann's."""
    found = []
    verify = MD5PasswordHasher.verify

    def counted(self, password, encoded):
        found.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", counted)
    return found


def guess(client, password, *, login="ann", address="203.0.113.1"):
    said = {"login": login, "password": password}
    return client.post("/sign-in/", said, REMOTE_ADDR=address)


def guess_thousand(client, address_of) -> None:
    for n in range(1000):
        login = ALIASES[n % len(ALIASES)]
        assert guess(client, f"wrong {n}", login=login, address=address_of(n)).status_code == 200


def later(minutes: int) -> None:
    """As if everything had happened earlier."""
    SignInAttempt.objects.update(at=timezone.now() - timedelta(minutes=minutes, seconds=1))


def test_of_a_thousand_guesses_from_one_address_six_are_tried(client, ann, tried):
    guess_thousand(client, lambda _n: "203.0.113.1")
    assert len(tried) == 6


def test_the_many_addresses_of_one_ipv6_network_are_one(client, ann, tried):
    guess_thousand(client, lambda n: f"2001:db8:7:7:{n + 1:x}::{n:x}")
    assert len(tried) == 6
    assert set(SignInAttempt.objects.values_list("address", flat=True)) == {"2001:db8:7:7::"}


def test_an_ipv4_address_written_as_ipv6_is_counted_as_itself(client, ann, tried):
    for n in range(10):
        guess(client, f"wrong {n}", address=f"::ffff:203.0.113.{n % 2}")
    assert len(tried) == 10


def test_of_a_thousand_guesses_from_many_addresses_twenty_are_tried(client, ann, tried):
    guess_thousand(client, lambda n: f"198.51.{n // 250}.{n % 250}")
    assert len(tried) == 20


def test_the_right_password_is_refused_while_the_limit_holds_and_works_after_it(client, ann):
    for n in range(10):
        guess(client, f"wrong {n}")
    response = guess(client, "secret")
    assert "Too many attempts. Try again in 15 minutes." in response.content.decode()
    later(15)
    assert guess(client, "secret").status_code == 302


def test_going_on_guessing_does_not_keep_the_owner_out_for_ever(client, ann):
    for n in range(6):
        guess(client, f"wrong {n}")
    later(14)
    for n in range(6):
        guess(client, f"more {n}")
    SignInAttempt.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert guess(client, "secret").status_code == 302


def test_another_address_is_not_kept_out_by_one_that_guesses(client, ann):
    for n in range(50):
        guess(client, f"wrong {n}")
    assert guess(client, "secret", address="192.0.2.7").status_code == 302


def test_an_account_that_is_none_reaches_the_limit_alike(client, ann):
    for login in ("ann", "nobody"):
        answers = [guess(client, "wrong", login=login).content.decode() for _n in range(8)]
        assert ["Too many attempts" in answer for answer in answers] == [False] * 6 + [True] * 2
        SignInAttempt.objects.all().delete()


def test_one_address_tries_a_hundred_at_most_however_many_accounts(client, ann, monkeypatch):
    for n in range(105):
        guess(client, "wrong", login=f"nobody {n}")
    assert SignInAttempt.objects.count() == 100


def test_signing_in_does_not_count_as_a_guess(client, ann):
    for _n in range(30):
        assert guess(Client(), "secret").status_code == 302


def test_what_was_typed_is_not_kept(client, ann):
    guess(client, "wrong", login="my password by mistake")
    assert "my password" not in str(SignInAttempt.objects.values_list())


def test_pins_are_limited_by_the_day_too(ann):
    set_pin(ann, "271828")
    tried = 0
    for hour in range(24):
        SignInAttempt.objects.update(at=timezone.now() - timedelta(minutes=20 * (hour + 1)))
        for n in range(6):
            try:
                check_pin("ann", f"11111{n}", address=f"198.51.100.{hour}")
                tried += 1
            except TooManyGuesses:
                pass
    assert tried == 20


def test_passwords_are_limited_by_the_day_too(ann):
    tried = 0
    for _quarter in range(7):
        SignInAttempt.objects.update(at=F("at") - timedelta(minutes=16))
        for n in range(20):
            address = f"198.51.100.{n}"
            try:
                guessing.begin("ann", way=SignInAttempt.Way.PASSWORD, address=address, user=ann)
                tried += 1
            except TooManyGuesses:
                pass
    assert tried == 100


def test_old_attempts_are_forgotten(client, ann):
    guess(client, "wrong")
    guess(client, "wrong")
    SignInAttempt.objects.filter(pk=SignInAttempt.objects.first().pk).update(
        at=timezone.now() - timedelta(days=91)
    )
    assert guessing.forget_old_attempts() == 1
    assert SignInAttempt.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_crowd_at_once_gets_no_more_guesses_than_one_after_another(ann, tried):
    def at_once(n):
        try:
            return guess(Client(), f"wrong {n}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as crowd:
        assert set(crowd.map(at_once, range(64))) == {200}
    assert len(tried) <= 6
    SignInAttempt.objects.all().delete()
