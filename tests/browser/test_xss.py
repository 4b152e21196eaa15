"""Forty payloads in every text the product keeps or repeats: in Chromium nothing runs, nothing is
asked for elsewhere, and the content security policy has nothing to report."""

import csv
import io
import json
import re
from urllib.parse import quote, urlencode, urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import include
from django.urls import path as url_path
from django.utils.safestring import mark_safe

from cms.models import AnnouncementIndexPage, AnnouncementPage
from cms.services.posting import post_day
from config.urls import urlpatterns as product_urls
from people.models import Department, Employee, ImportDraft, Membership, Placement, User
from people.rules import BEGINNING
from people.services import audit
from tests.browser.payloads import ENCODED, EVERYTHING, FULL, PARTS, PAYLOADS, SHORT, cut
from tests.browser.watched import WatchedPage, chromium  # noqa: F401
from tests.conftest import MONDAY
from tests.found_forms import (
    Form,
    fill,
    pages,
    product_forms,
    sign_in,
    signed_in_as,
    submit,
    taken_back,
)
from tests.free_texts import (
    text_columns,
    with_guards_again,
    without_guards,
    written_rows,
)
from tests.scene import (  # noqa: F401
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)
from tests.test_security_headers import Inline

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.walk("sqlite")]

SHORTEST = min((each for each in PAYLOADS if "xss()" in each), key=len)
PER_ROLE = ("administrator", "hr", "finance", "lead", "executive", "auditor", "employee")


def poison(text: str) -> None:
    """Write the text into every column of free text of every row."""
    # SQLite keeps what is longer than the column says; elsewhere each row gets another part.
    unbounded = connection.vendor == "sqlite"
    place = 0
    for model, field in text_columns():
        for key in written_rows(model, field):
            place += 3
            room = None if unbounded or field.max_length is None else field.max_length - 4
            said = cut(text, room, place)
            value = f"{said}{place:04}" if field.unique or field.name in ("email", "name") else said
            model._base_manager.filter(pk=key).update(**{field.name: value})


def short_codes(scene) -> None:
    """Departments and people whose very codes and numbers are payloads."""
    site = Placement.objects.first().site
    for payload in SHORT:
        department = Department.objects.create(code=payload, name=payload)
        Placement.objects.create(department=department, site=site, from_date=BEGINNING)
        employee = Employee.objects.create(
            number=payload,
            name=payload,
            hired_on=MONDAY,
            user=User.objects.create(username=payload),
        )
        Membership.objects.create(
            employee=employee, department=department, from_date=MONDAY, fte_bp=10_000
        )


def reports_and_entries(scene, text: str) -> None:
    """Where texts are kept inside JSON."""
    report = {
        "errors": [{"line": 2, "column": text, "message": text}], "mapping": {text: text},
        "unknown": [text], "sheets": [text], "notes": [text], "changes": [text],
    }  # fmt: skip
    ImportDraft.objects.filter(pk=scene.draft.pk).update(report=report, state="refused")
    audit.record(
        "test", by=scene.cast["hr"], subject=text[:200], before={text: text}, after={text: [text]},
        why=text,
    )  # fmt: skip


def everywhere(scene, wednesday, text: str) -> None:
    without_guards()
    reports_and_entries(scene, text)
    poison(text)
    with_guards_again()
    # The board and its screens show a copy of the names.
    post_day(MONDAY, now=wednesday)


def one_role_a_page(scene) -> list[tuple[str, str]]:
    """Each page once, as whoever sees most on it."""
    allowed: dict[str, list[str]] = {}
    for _name, path, role in pages(scene):
        allowed.setdefault(path, []).append(role)
    return [
        (next((r for r in PER_ROLE if r in roles), roles[0]), path)
        for path, roles in allowed.items()
        # The browser shows these itself, with scripts and styles of its own.
        if not path.endswith((".pdf", "/photo/"))
    ]


def unescaped(response) -> list[str]:
    """Which payloads the answer repeats as more than text; also what would run in it."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return []
    html = response.content.decode()
    parser = Inline()
    parser.feed(html)
    found = [each for each in PAYLOADS if each in html and re.search(r"[<>\"']", each)]
    return found + parser.found + re.findall("49ssti", html)


@pytest.mark.parametrize("text", FULL, ids=["all", "javascript", "data"])
def test_no_page_runs_what_is_stored(text, scene, wednesday, client, chromium):
    everywhere(scene, wednesday, text)
    if text is EVERYTHING:
        short_codes(scene)
    watched, found, shown = WatchedPage(chromium, client), {}, 0
    for role, path in one_role_a_page(scene):
        with signed_in_as(client, scene, role):
            written = body(client.get(path))
            shown += b"xss" in written or ENCODED.encode() in written
            told = ["49ssti"] if b"49ssti" in written else []
            if text is EVERYTHING or begins_an_attribute(text, written):
                told += watched.open(path)
        if told:
            found[path] = told
    assert found == {}
    # And it is there to be seen, as text.
    assert shown > 30


def body(response) -> bytes:
    return b"".join(response) if response.streaming else response.content


def begins_an_attribute(text: str, html: bytes) -> bool:
    """Or a text that a script reads: only as an address javascript: and data: are more than
    words, and none of these is one where it stands between tags."""
    return re.search(rb"[=:\"']\s*" + re.escape(text[:11]).encode(), html) is not None


def test_what_is_stored_is_shown_as_the_text_it_is(scene, wednesday, client, chromium):
    # Short enough for every column: PostgreSQL keeps to their lengths.
    everywhere(scene, wednesday, "<script>xss()</script> {{7*7}}ssti")
    watched = WatchedPage(chromium, client)
    sign_in(client, scene, "hr")
    for path in (
        "/people/ann/",
        f"/restatements/{scene.restatement.pk}/",
        "/departments/CLAIMS/",
        f"/imports/{scene.draft.pk}/",
    ):
        watched.open(path)
        text = watched.page.evaluate("document.getElementById('main').textContent")
        assert "<script>xss()</script>" in text, path
        assert "{{7*7}}ssti" in text, path


def test_no_form_repeats_a_payload_as_more_than_text(scene, client, chromium):
    """All together, which most forms refuse, and in parts that they take; seen in Chromium."""
    watched, found, asked = WatchedPage(chromium, client), {}, 0
    for place, form in enumerate(product_forms(scene, client)):
        with signed_in_as(client, scene, form.role):
            for said in payloads_for(form, place):
                asked += 1
                wrong = told_by(client, form, said, watched)
                if wrong:
                    found[f"{form}: {', '.join(said)}"] = wrong
    assert found == {}
    assert asked > 500


def payloads_for(form: Form, place: int) -> list[dict[str, str]]:
    """In all fields at once, each as the form repeats what it refuses; and in each field alone,
    so that nothing but that text is in the way of what comes next. Parts go by turns."""
    part = PARTS[place % len(PARTS)]
    together = [dict.fromkeys(form.texts, text) for text in [*FULL, part] if form.texts]
    alone = [{name: text} for name in form.texts for text in (part, SHORTEST)]
    return together + alone


def told_by(client, form: Form, said: dict, watched: WatchedPage) -> list[str]:
    with taken_back(client):
        response = submit(client, form, {**fill(form), **said})
        assert response.status_code < 500, (str(form), said)
        if response.status_code in (301, 302):
            assert urlsplit(response.url)[:2] == ("", ""), (str(form), said, response.url)
        wrong = unescaped(response)
        is_page = response.get("Content-Type", "").startswith("text/html") and response.content
        if EVERYTHING in said.values() and is_page:
            wrong += watched.show(response, "/shown/")
    return wrong


def test_no_query_and_no_address_is_repeated_as_more_than_text(scene, client, chromium):
    names = [
        "search",
        "sort",
        "page",
        "date",
        "pool",
        "first",
        "last",
        "next",
        "export",
        "language",
    ]
    watched, found, shown = WatchedPage(chromium, client), {}, set()
    for role, path in one_role_a_page(scene):
        with signed_in_as(client, scene, role):
            asked = [client.get(path, dict.fromkeys(names, payload)) for payload in FULL]
            missing = f"{path.rstrip('/') or '/'}{quote(EVERYTHING)}/"
            asked.append(client.get(missing))
            wrong = [said for response in asked for said in unescaped(response)]
            wrong += [str(each.status_code) for each in asked if each.status_code >= 500]
            wrong += watched.open(f"{path}?{urlencode(dict.fromkeys(names[:1], EVERYTHING))}")
            # Nearly always the one page that says that there is none.
            if (role, asked[-1].status_code) not in shown:
                shown.add((role, asked[-1].status_code))
                wrong += watched.open(missing)
        if wrong:
            found[path] = wrong
    assert found == {}


def test_a_browser_that_calls_itself_a_script_is_shown_by_that_name(scene, client, chromium):
    for payload in PAYLOADS:
        named = {"HTTP_USER_AGENT": payload.encode("ascii", "ignore").decode().replace("\f", "")}
        another = type(client)()
        another.post("/sign-in/", {"login": "ann", "password": "secret"}, **named)
    watched = WatchedPage(chromium, another)
    assert UserSession.objects.filter(user_agent__contains="xss").count() > 30
    assert watched.open("/account/devices/") == []
    assert "<script>xss()</script>" in watched.page.inner_text("#main")


def test_files_full_of_payloads_are_shown_and_imported_as_text(scene, client, chromium):
    watched = WatchedPage(chromium, client)
    sign_in(client, scene, "hr")
    rows = [["code", "name", "site"], *([f"X{n}", text, "HQ"] for n, text in enumerate(PAYLOADS))]
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    for header in ("", '"<svg onload=xss()>",\r\n'):
        file = SimpleUploadedFile(PAYLOADS[7] + ".csv", (header + written.getvalue()).encode())
        client.post("/imports/", {"kind": "departments", "file": file})
        draft = ImportDraft.objects.latest("id")
        assert watched.open(f"/imports/{draft.pk}/") == []
        client.post(f"/imports/{draft.pk}/apply/")
        assert watched.open(f"/imports/{draft.pk}/") == []
    assert watched.open("/departments/") == []
    assert watched.open("/imports/") == []


def test_editors_texts_are_cleaned_by_the_editor(scene, client, chromium):
    """What Wagtail's editor sends is JSON; a forged one brings no more than text and links."""
    home = AnnouncementIndexPage.objects.get()
    blocks = [
        {"key": f"k{n:04}", "text": f"{text} link", "type": "unstyled", "depth": 0,
         "inlineStyleRanges": [], "entityRanges": [{"offset": 0, "length": 4, "key": 0}]}
        for n, text in enumerate(PAYLOADS)
    ]  # fmt: skip
    entity = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:xss()"}}
    sign_in(client, scene, "editor")
    posted = {
        "title": EVERYTHING[:200], "summary": EVERYTHING[:200], "slug": "attack",
        "body": json.dumps({"blocks": blocks, "entityMap": {"0": entity}}),
        "texts-TOTAL_FORMS": 0, "texts-INITIAL_FORMS": 0, "action-publish": "action-publish",
    }  # fmt: skip
    response = client.post(f"/cms/pages/add/cms/announcementpage/{home.pk}/", posted)
    assert response.status_code == 302
    page = AnnouncementPage.objects.get(slug="attack")
    assert page.live
    assert "javascript:" not in "".join(re.findall("<[^>]*>", page.body))
    watched = WatchedPage(chromium, client)
    assert watched.open("/announcements/attack/") == []
    assert watched.open("/announcements/") == []
    assert watched.open("/") == []


def careless(request):
    """Prints what it is told and what is stored, as it is."""
    page = Template("{% autoescape off %}{{ said }}{{ name }}{% endautoescape %}")
    name = Employee.objects.get(number="ann").name
    said = mark_safe(request.GET.get("search", ""))
    return HttpResponse(page.render(Context({"said": said, "name": name})))


urlpatterns = [url_path("careless/", careless), url_path("", include(product_urls))]


@pytest.mark.parametrize("payload", PAYLOADS[:33])
def test_a_careless_page_would_be_found(payload, scene, client, settings):
    settings.ROOT_URLCONF = __name__
    Employee.objects.filter(number="ann").update(name=payload)
    assert payload in unescaped(client.get("/careless/"))


def test_a_careless_page_would_be_found_in_the_browser(scene, client, chromium, settings):
    settings.ROOT_URLCONF = __name__
    watched = WatchedPage(chromium, client)
    Employee.objects.filter(number="ann").update(name=EVERYTHING[:200])
    assert [told for told in watched.open("/careless/") if told.startswith("violation of script")]
    settings.CONTENT_SECURITY_POLICY = None
    free = WatchedPage(chromium, type(client)())
    assert "ran" in free.open("/careless/")


def test_there_are_forty_payloads_and_many_columns():
    assert len(set(PAYLOADS)) == 40
    assert len(text_columns()) > 25
