"""Signing in and out, and being sent to sign in."""

import pytest
from django.urls import reverse

from people.models import Role
from people.services.roles import follow_roles

pytestmark = pytest.mark.django_db


def sign_in(client, name="ann", password="secret", **more):
    return client.post("/sign-in/", {"login": name, "password": password, **more})


def test_a_colleague_signs_in_and_is_named(client, ann, goals):
    assert sign_in(client).url == "/"
    assert b"<summary><span>Ann</span>" in client.get("/days/").content


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "wrong"), ("nobody", "secret"), ("ann", "")]
)
def test_a_wrong_password_and_an_unknown_name_get_the_same_kind_of_answer(
    client, ann, name, password
):
    response = sign_in(client, name, password)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert client.get("/days/").status_code == 302


def test_an_account_taken_away_does_not_sign_in(client, ann):
    ann.is_active = False
    ann.save()
    assert sign_in(client).status_code == 200


def test_an_account_taken_away_is_out_on_the_next_request(client, ann, goals):
    sign_in(client)
    ann.is_active = False
    ann.save()
    assert client.get("/days/").status_code == 302


def test_the_system_account_does_not_sign_in(client, system):
    assert sign_in(client, "system", "").status_code == 200


def test_after_signing_in_one_is_where_one_wanted_to_go(client, ann, goals):
    wanted = client.get("/days/")
    assert wanted.url == "/sign-in/?next=/days/"
    page = client.get(wanted.url).content.decode()
    assert 'name="next" value="/days/"' in page
    assert sign_in(client, next="/days/").url == "/days/"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_nobody_is_sent_to_another_house(client, ann, address):
    assert sign_in(client, next=address).url == "/"


def test_who_is_signed_in_is_not_asked_again(client, ann):
    client.force_login(ann)
    assert client.get("/sign-in/?next=/days/").url == "/days/"


def test_a_colleague_without_the_right_to_write_is_told_so_and_not_sent_in_circles(client, ann):
    client.force_login(ann)
    response = client.get("/cms/", follow=True)
    assert response.status_code == 403
    assert len(response.redirect_chain) == 1


def test_an_editor_signs_in_to_write(client, ann, system):
    ann.role_assignments.create(role=Role.EDITOR, from_date="2020-01-01", made_by=system)
    follow_roles(ann)
    assert client.get("/cms/").url == "/sign-in/?next=/cms/"
    response = client.post(
        "/sign-in/", {"login": "ann", "password": "secret", "next": "/cms/"}, follow=True
    )
    assert (response.status_code, response.redirect_chain[-1][0]) == (200, "/cms/")


def test_signing_out_needs_a_press_and_ends_the_session(client, ann, goals):
    client.force_login(ann)
    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert client.get("/days/").status_code == 302


def test_the_frame_shows_only_what_one_may_open(client, ann, bob, dee, fay, max_auditor, root):
    everybody = {
        "today", "days", "my-bonus", "departments", "pools", "people", "organisation", "nominate",
        "wall", "awards", "spend", "poll-results", "you-said-we-did", "stories", "search",
    }  # fmt: skip
    expected = {
        ann: everybody,
        bob: everybody | {"figures", "imports", "held-figures", "circle", "recognition-budgets",
                          "cases", "empowerment-reports", "empowerment-budgets", "limits",
                          "actions"},
        dee: everybody | {"imports", "held-figures", "restatements", "back-test", "bonus-compare",
                          "salary-looks", "audit", "sites", "roles", "circle", "fair-play",
                          "recognition-budgets", "award-levels", "empowerment-reports", "limits",
                          "polls", "actions", "screens"},
        fay: everybody | {"imports", "held-figures", "restatements", "back-test", "bonus-runs",
                          "bonus-compare", "recognition-budgets", "cases", "empowerment-reports",
                          "empowerment-budgets", "limits"},
        max_auditor: everybody | {"restatements", "bonus-runs", "bonus-compare", "salary-looks",
                                  "audit", "sites", "roles", "circle", "fair-play",
                                  "recognition-budgets", "award-levels", "cases",
                                  "empowerment-reports", "empowerment-budgets", "limits",
                                  "polls", "actions", "screens"},
        root: everybody | {"figures", "imports", "held-figures", "restatements", "back-test",
                           "bonus-compare", "wagtailadmin_home", "audit", "mails", "sites",
                           "roles", "webhooks", "screens"},
    }  # fmt: skip
    for user, names in expected.items():
        client.force_login(user)
        groups = client.get("/pools/").context["navigation"]
        shown = [link.name for group in groups for link in group.links]
        assert (set(shown), len(shown)) == (names, len(names))


def test_a_language_is_chosen_before_signing_in(client):
    response = client.post("/language/", {"language": "zh-hans", "next": "/sign-in/"})
    assert response.url == "/sign-in/"
    assert b'<html lang="zh-Hans">' in client.get("/sign-in/").content


def test_a_language_nobody_speaks_here_changes_nothing(client):
    client.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    assert b'<html lang="en">' in client.get("/sign-in/").content
