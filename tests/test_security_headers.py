"""What every page says to the browser: where things may come from, and that it is not kept."""

from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.scene import (  # noqa: F401
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)
from tests.test_rights import LINES, POSTED, address, portions

pytestmark = [pytest.mark.django_db, pytest.mark.walk("postgresql")]

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
OTHERS = ("/cms/", "/documents/", "sign-in-of-cms")
"""Below /cms/ stands the writers' policy, on the redirect to our sign-in page too."""
OWN_LINES = [line for line in LINES if not line[0].startswith(OTHERS)]
REPEATABLE = (
    "screen", "screen-worker", "screen-snapshot", "screen-manifest", "look-style", "person-photo",
    "public",
)  # fmt: skip
"""A browser keeps a photo and asks before each use; see tests/people/test_photos.py."""
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
    name, method, *_expected = line
    path, posted = address(name, scene), POSTED.get(name.partition("/")[0], {})
    cache.clear()
    for role in EVERYBODY:
        client.logout()
        if scene.cast[role]:
            client.force_login(scene.cast[role])
        with transaction.atomic():
            yield role, client.get(path) if method == "GET" else client.post(path, posted)
            transaction.set_rollback(True)


def broken_rules(name: str, role: str, response) -> list[str]:
    """What an answer lacks: the policy whole, nothing inline, and nothing personal kept."""
    wrong = []
    if said_policy(response) != POLICY:
        wrong.append("policy")
    if (response["X-Content-Type-Options"], response["X-Frame-Options"]) != ("nosniff", "DENY"):
        wrong.append("headers")
    if response["Content-Type"].startswith("text/html"):
        wrong += inline_in(response)
    if role != "anonymous" and name.partition("/")[0] not in REPEATABLE:
        wrong += [] if "no-store" in response.get("Cache-Control", "") else ["kept"]
    return wrong


@pytest.mark.parametrize("lines", portions(OWN_LINES), ids=lambda lines: " ".join(lines[0][:2]))
def test_every_own_page_has_the_policy_nothing_inline_and_is_not_stored(lines, scene, client):
    found = {
        (line[0], line[1], role): wrong
        for line in lines
        for role, response in answers(client, scene, line)
        if (wrong := broken_rules(line[0], role, response))
    }
    assert found == {}


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


def test_where_editors_write_there_is_a_looser_policy_but_one(client, root):
    client.force_login(root)
    said = said_policy(client.get("/cms/"))
    assert {"script-src 'self' 'unsafe-inline'", "object-src 'none'", "base-uri 'none'"} <= said
    assert {"frame-ancestors 'self'", "connect-src 'self'", "default-src 'none'"} <= said


@pytest.mark.parametrize("path", ["/static/css/tokens.css", "/nowhere/", "/sign-in/"])
def test_static_files_and_refusals_keep_to_the_house_too(client, path):
    response = client.get(path)
    assert said_policy(response) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "same-origin"
    assert "charset=utf-8" in response["Content-Type"]


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "NONSENSE"])
def test_methods_nobody_needs_are_refused_before_anything_is_done(client, ann, goals, method):
    client.force_login(ann)
    response = client.generic(method, "/days/", "x")
    assert (response.status_code, response.content) == (405, b"")


def test_an_unexpected_error_says_nothing_about_the_inside(client, ann, goals, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the secret of the inside")

    client.force_login(ann)
    client.raise_request_exception = False
    monkeypatch.setattr("incentives.views.days.company_verdict", broken)
    response = client.get("/days/2026-03-02/")
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert b"Traceback" not in response.content


def test_in_production_cookies_are_bound_to_the_host(tmp_path):
    from tests.production import production_settings

    said = production_settings()
    assert said["SESSION_COOKIE_NAME"] == "__Host-session"
    assert said["CSRF_COOKIE_NAME"] == "__Host-csrf"
    assert said["LANGUAGE_COOKIE_NAME"] == "__Host-language"
    assert said["SCREEN_COOKIE_NAME"] == "__Secure-screen"
    for name in ("SESSION", "CSRF", "LANGUAGE"):
        assert said[f"{name}_COOKIE_SECURE"] is True
        assert said[f"{name}_COOKIE_HTTPONLY"] is True
        assert said[f"{name}_COOKIE_SAMESITE"] == "Lax"
        assert said[f"{name}_COOKIE_PATH"] == "/"
        assert said[f"{name}_COOKIE_DOMAIN"] is None


def test_production_speaks_https_only_and_shows_no_faults():
    from tests.production import production_settings

    said = production_settings()
    assert said["DEBUG"] is False
    assert said["SECURE_SSL_REDIRECT"] is True
    assert said["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert said["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
