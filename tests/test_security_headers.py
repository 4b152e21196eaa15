"""What every page says to the browser: where things may come from, and that it is not kept."""

from html.parser import HTMLParser

import pytest

from tests.scene import (  # noqa: F401
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)
from tests.test_rights import LINES, POSTED, address

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "worker-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
"""As in the business rules on bad input; no nonce, nothing inline, nobody frames us."""
OWN_LINES = [line for line in LINES if not line[0].startswith(("/cms/", "/documents/"))]
REPEATABLE = ("open-screen", "screen-snapshot", "screen-manifest", "screen")
EVERYBODY = ("anonymous", "lead", "hr", "executive", "auditor", "administrator")


def said_policy(response) -> set[str]:
    return {part.strip() for part in response["Content-Security-Policy"].split(";") if part.strip()}


class Inline(HTMLParser):
    """Collects what the policy forbids: styles and scripts in the page itself."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.found += [f"{tag} {name}" for name in given if name == "style" or name[:2] == "on"]
        # Values for a script, as JSON, are read and never run.
        runs = tag == "script" and "src" not in given and given.get("type") != "application/json"
        if tag == "style" or runs:
            self.found.append(tag)
        for name in ("href", "src", "action", "formaction"):
            value = (given.get(name) or "").strip().lower()
            if value.startswith(("javascript:", "http:", "https:", "//")):
                self.found.append(f"{tag} {name}={value}")


def inline_in(response) -> list[str]:
    parser = Inline()
    parser.feed(response.content.decode())
    return parser.found


def answers(client, scene, line):
    """The line's answer to several roles, those refused included; nothing is kept between."""
    from django.db import transaction

    name, method, *_expected = line
    path, posted = address(name, scene), POSTED.get(name.partition("/")[0], {})
    for role in EVERYBODY:
        client.logout()
        if scene.cast[role]:
            client.force_login(scene.cast[role])
        with transaction.atomic():
            yield role, client.get(path) if method == "GET" else client.post(path, posted)
            transaction.set_rollback(True)


@pytest.mark.parametrize("line", OWN_LINES, ids=lambda line: " ".join(line[:2]))
def test_every_own_page_has_the_policy_and_nothing_inline(line, scene, client):
    for role, response in answers(client, scene, line):
        assert said_policy(response) == POLICY, role
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        if response["Content-Type"].startswith("text/html"):
            assert inline_in(response) == [], role


@pytest.mark.parametrize("line", OWN_LINES, ids=lambda line: " ".join(line[:2]))
def test_every_personal_page_is_not_stored(line, scene, client):
    name = line[0].partition("/")[0]
    for role, response in answers(client, scene, line):
        if role != "anonymous" and name not in REPEATABLE:
            assert "no-store" in response.get("Cache-Control", ""), role


def test_the_sign_in_page_is_not_stored_either(client):
    assert "no-store" in client.get("/sign-in/")["Cache-Control"]


@pytest.mark.parametrize("path", ["/nowhere/", "/days/2026-02-30/", "/departments/NOPE/"])
def test_what_is_not_found_keeps_the_rules_too(client, ann, goals, path):
    client.force_login(ann)
    response = client.get(path)
    assert response.status_code == 404
    assert said_policy(response) == POLICY
    assert inline_in(response) == []
    assert response["Cache-Control"] == "no-store"


def test_a_refused_form_keeps_the_rules_too(client, dee, bob, goals):
    client.force_login(bob)
    response = client.post("/figures/", {})
    assert response.status_code == 400
    assert said_policy(response) == POLICY
    assert inline_in(response) == []
    assert b"Nothing was changed" in response.content


def test_a_busy_database_says_so_politely(client, ann, monkeypatch):
    from people.services.retrying import DatabaseBusy

    def busy(*_args, **_kwargs):
        raise DatabaseBusy("busy")

    client.force_login(ann)
    monkeypatch.setattr("incentives.views.days.company_verdict", busy)
    response = client.get("/days/2026-03-02/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert inline_in(response) == []
    assert response["Cache-Control"] == "no-store"


def test_a_forged_form_is_refused(bob, goals):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    for path in ("/figures/", "/imports/", "/sign-out/", "/language/"):
        assert client.post(path, {"date": "2026-03-03"}).status_code == 403


def test_cookies_are_out_of_reach_of_scripts(client, ann):
    client.post("/sign-in/", {"login": "ann", "password": "secret"})
    client.get("/sign-in/")
    assert client.cookies["sessionid"]["httponly"]


def test_the_parser_finds_what_it_looks_for():
    parser = Inline()
    parser.feed('<style></style><p style="x" onclick="y"></p><script>z</script>')
    parser.feed('<a href="javascript:z"><script type="application/json">{}</script>')
    assert parser.found == ["style", "p style", "p onclick", "script", "a href=javascript:z"]
