"""One way in: Wagtail brings pages of its own for passwords, and none of them works here."""

import pytest
from django.contrib.auth import views as auth
from django.urls import URLResolver, get_resolver, resolve, reverse

from tests.scene import cast, edna  # noqa: F401

pytestmark = pytest.mark.django_db
DJANGOS_OWN = (auth.LoginView, auth.PasswordResetView, auth.PasswordChangeView)


def doors(entries, prefix: str = "/") -> set[str]:
    """Addresses under which Django's own views for passwords are listed, reachable or not."""
    found: set[str] = set()
    for entry in entries:
        address = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLResolver):
            found |= doors(entry.url_patterns, address)
        elif issubclass(getattr(entry.callback, "view_class", object), DJANGOS_OWN):
            found.add(address)
    return found


def test_the_doors_of_django_are_those_that_are_closed_here():
    assert doors(get_resolver().url_patterns) == {
        "/cms/login/", "/cms/password_reset/", "/_util/login/",
    }  # fmt: skip


@pytest.mark.parametrize("door", ["/cms/login/", "/_util/login/"])
def test_a_password_that_wagtail_asks_for_signs_nobody_in(client, cast, door):
    answer = client.post(f"{door}?next=/cms/", {"username": "edna", "password": "secret"})
    assert answer.url == f"{reverse('account_login')}?next=/cms/"
    assert "_auth_user_id" not in client.session
    assert resolve(door).func.view_class not in DJANGOS_OWN


def test_wagtail_mails_no_way_to_a_new_password(client, cast):
    assert client.post("/cms/password_reset/", {"email": "edna@example.org"}).status_code == 404


def test_an_editor_changes_neither_address_nor_password_in_wagtail(client, cast):
    client.force_login(cast["editor"])
    page = client.get("/cms/account/").content.decode()
    assert 'name="name_email-first_name"' in page
    assert "name_email-email" not in page
    assert "new_password" not in page
