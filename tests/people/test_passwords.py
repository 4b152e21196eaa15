"""Which passwords are taken and which are not."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

pytestmark = pytest.mark.django_db


def taken(password: str, user=None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery", "nur kleine buchstaben", "84629175036812", "ЖилБылУБабушки",
        "一二三四五六七八九十一二", "    leading and trailing    ", "x" * 30 + "y" * 98,
    ],
)  # fmt: skip
def test_any_signs_will_do_if_there_are_enough(ann, password):
    assert taken(password, ann)


@pytest.mark.parametrize("password", ["short", "ninechars"])
def test_less_than_ten_signs_are_too_few(ann, password):
    assert not taken(password, ann)


@pytest.mark.parametrize(
    "password",
    ["1234567890", "qwertyuiop", "password123!", "123password123", "Liverpool2024", "dragondragon"],
)
def test_what_is_in_every_leak_is_refused_also_drawn_out(ann, password):
    assert not taken(password, ann)


@pytest.mark.parametrize(
    "password",
    ["Ninetyfive2026", "ninety-five-95", "Claims-2026!!", "acme-acme-acme", "Head office 1",
     "ann@example.org"],
)  # fmt: skip
def test_a_word_of_the_house_is_not_a_password(ann, settings, password):
    settings.PASSWORD_WORDS = ["Ninetyfive", "Ninety", "Acme"]
    assert not taken(password, ann)


def test_a_word_of_the_house_may_be_a_part_of_one(ann):
    assert taken("claims are what i dream of", ann)


def test_ones_own_name_and_number_are_words_of_the_house(ann):
    ann.employee.name, ann.employee.number = "Annabel Featherstone", "N-100200"
    ann.employee.save()
    assert not taken("featherstone-1", ann)
    assert not taken("n100200-n100200", ann)


def test_the_list_holds_twenty_thousand():
    from people.services.passwords import NotCommonWhenDrawnOut

    assert len(NotCommonWhenDrawnOut().passwords) > 19_000


@pytest.mark.parametrize("length", [64, 128])
def test_long_passwords_are_taken_and_kept_whole(client, ann, length):
    new = ("A sentence of mine, " * 10)[:length].strip().ljust(length, "z")
    client.post("/sign-in/", {"login": "ann", "password": "secret"})
    client.post("/account/password/", {"oldpassword": "secret", "password1": new, "password2": new})
    ann.refresh_from_db()
    assert ann.check_password(new)
    assert not ann.check_password(new[:-1])
    assert not ann.check_password(new.lower())


def test_a_new_password_needs_the_old_one(client, ann):
    client.post("/sign-in/", {"login": "ann", "password": "secret"})
    new = "a sentence that nobody guesses"
    said = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert client.post("/account/password/", said).context["form"].errors


def test_fields_for_passwords_hide_and_let_a_password_manager_fill(client, ann):
    page = client.get("/sign-in/").content.decode()
    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_a_changed_password_is_told_by_mail(client, ann):
    from people.models import OutgoingMail

    client.post("/sign-in/", {"login": "ann", "password": "secret"})
    new = "a sentence that nobody guesses"
    told = {"oldpassword": "secret", "password1": new, "password2": new}
    client.post("/account/password/", told)
    assert OutgoingMail.objects.filter(to="ann@example.org").count() == 1
