"""What no browser sends by itself: every page and form has an answer to it, and none breaks."""

import csv
import io
import re
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from openpyxl import load_workbook

from people.models import Employee
from tests.conftest import MONDAY
from tests.found_forms import Form, fill, pages, product_forms, sign_in, submit
from tests.free_texts import text_columns, without_guards, written_rows
from tests.scene import (  # noqa: F401
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)
from tests.test_rights import LINES, address

pytestmark = pytest.mark.django_db

HUGE = "x" * 1_000_000
ODD_TEXTS = {
    "a NUL": "a\x00b",
    "half a surrogate": b"a\xed\xa0\x80b",
    "control characters": "a\x01\x0b\x1b\x7fb",
    "another line": "a\r\nSet-Cookie: stolen=1\r\n\r\n<html>",
    "much": HUGE,
    "a huge number": "9" * 400,
    "far beyond a whole number": "-99999999999999999999",
    "the last of all days": "9999-12-31",
    "blanks": " \u3000\u00a0",
}
REFUSALS = {200, 302, 400, 403, 404, 405, 409, 410, 413, 429}
ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x",
    " //evil.example", "\t//evil.example", "/\t/evil.example", "//evil.example%2f..",
    "https://localhost@evil.example/", "https://testserver.evil.example/", "/%0d%0aX-Bad:1",
    "/x\r\nX-Bad: 1", "http://testserver:80@evil.example/",
]  # fmt: skip
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "\x0b=1+1", "−1+1",
    "=HYPERLINK(\"//evil.example\")", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "\u200b=1+1",
    " =1+1", "'=1+1", "=cmd|' /C calc'!A0", "%0A=1+1", "\ufeff=1+1",
]  # fmt: skip
PARTS = 4
"""In which the longest test runs, so that it does not keep one worker alone at the end."""
RUNS = re.compile(r"^[\s\u200b\ufeff\x00-\x1f]*[=+\-−@＝＋－＠]")


@pytest.fixture
def forms(scene, client) -> list[Form]:
    return product_forms(scene, client)


def roles_by_path(scene) -> dict[str, str]:
    """Every page once, as the last role in the table that may open it."""
    return {path: role for _name, path, role in pages(scene)}


@pytest.fixture
def asking(client):
    """Errors of ours come back as 500 instead of ending the test at the first."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("part", range(PARTS))
def test_no_field_breaks_on_an_odd_text(part, scene, asking, forms):
    found = {}
    for form in forms[part::PARTS]:
        with transaction.atomic():
            sign_in(asking, scene, form.role)
            found |= broken_by_odd_texts(asking, form)
            transaction.set_rollback(True)
    assert found == {}


def broken_by_odd_texts(asking, form: Form) -> dict[str, int]:
    found = {}
    for each in form.inputs:
        for what, text in ODD_TEXTS.items():
            if each.kind == "file" or (text is HUGE and not each.is_text):
                continue
            with transaction.atomic():
                response = submit(asking, form, {**fill(form), each.name: text})
                transaction.set_rollback(True)
            if response.status_code not in REFUSALS or "X-Bad" in response.headers:
                found[f"{form}: {each.name}: {what}"] = response.status_code
    return found


def test_no_address_breaks_on_an_odd_text(scene, asking):
    names = (
        "search", "sort", "page", "date", "pool", "first", "last", "since", "through", "who",
        "person", "text", "department", "state", "language", "next", "per_page", "day", "from",
    )  # fmt: skip
    found = {}
    for path, role in roles_by_path(scene).items():
        with transaction.atomic():
            sign_in(asking, scene, role)
            for what, text in ODD_TEXTS.items():
                answer = asking.get(path, {} if text is HUGE else dict.fromkeys(names, text))
                if answer.status_code not in {*REFUSALS, 401}:
                    found[path, what] = answer.status_code
            transaction.set_rollback(True)
    assert found == {}


def test_no_step_of_an_address_breaks_on_an_odd_text(scene, asking):
    odd = ["a%00b", "%ED%A0%80", "%0d%0aX-Bad:1", "..%2f..", "9" * 30]
    found = {}
    for path, role in roles_by_path(scene).items():
        steps = path.strip("/").split("/")
        with transaction.atomic():
            sign_in(asking, scene, role)
            for place in range(len(steps)):
                for text in odd:
                    other = "/" + "/".join([*steps[:place], text, *steps[place + 1 :]]) + "/"
                    for answer in (asking.get(other), asking.post(other)):
                        if answer.status_code >= 500 or "X-Bad" in answer.headers:
                            found[other] = answer.status_code
            transaction.set_rollback(True)
    assert found == {}


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "screen"])
@pytest.mark.parametrize("value", ["abcdefgh\\000ij", "\\355\\240\\200aaaaa", "x" * 5000, "\\377"])
def test_no_cookie_breaks_a_page(name, value, scene, asking):
    for path in ("/sign-in/", "/", "/screen/", "/screen/manifest.json"):
        answer = asking.get(path, HTTP_COOKIE=f'{name}="{value}"')
        assert answer.status_code < 500, path


@pytest.mark.parametrize("header", ["User-Agent", "Accept-Language", "Referer", "X-Forwarded-For"])
@pytest.mark.parametrize("value", ["a\x00b", "\xff\xfe", "x" * 20_000, "zh;q=9999;;,,*", "\udcff"])
def test_no_header_breaks_a_page(header, value, scene, asking):
    asking.post("/sign-in/", {"login": "ann", "password": "secret"}, headers={header: value})
    for path in ("/", "/account/devices/", "/screen/manifest.json"):
        assert asking.get(path, headers={header: value}).status_code < 500, path


@pytest.mark.parametrize(
    "name", ["a\x00b.csv", "\xed\xa0\x80.csv", "x" * 5000, "../../etc/passwd", "a\r\nX: 1.csv"]
)
def test_no_name_of_a_file_breaks_the_upload(name, scene, asking):
    sign_in(asking, scene, "hr")
    file = SimpleUploadedFile("x.csv", b"code,name\r\n")
    file.name = name
    answer = asking.post("/imports/", {"kind": "departments", "file": file})
    assert answer.status_code in (200, 302, 400)
    assert asking.get("/imports/").status_code == 200


def test_nobody_is_sent_elsewhere(scene, client, forms):
    found = {}
    for form in [each for each in forms if each.method == "POST"]:
        for target in ELSEWHERE:
            with transaction.atomic():
                sign_in(client, scene, form.role)
                response = submit(client, form, {**fill(form), "next": target})
                in_query = client.post(
                    f"{form.action.partition('#')[0]}?next={quote(target)}", fill(form)
                )
                transaction.set_rollback(True)
            for answer in (response, in_query):
                location = answer.headers.get("Location", "/")
                if not re.match(r"/(?![/\\\t])", location) or "X-Bad" in answer.headers:
                    found[f"{form}", target] = location
    assert found == {}


def test_whoever_is_signed_in_is_sent_nowhere_else_by_a_link(scene, client):
    found = {}
    for name, path, role in pages(scene):
        if not name.startswith(("account", "mfa", "social", "today")):
            continue
        for target in ELSEWHERE:
            with transaction.atomic():
                sign_in(client, scene, role)
                answer = client.get(path, {"next": target})
                transaction.set_rollback(True)
            if not re.match(r"/(?![/\\\t])", answer.headers.get("Location", "/")):
                found[path, target] = answer.headers["Location"]
    assert found == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_refused_everywhere(method, scene, client):
    found = {}
    for role in ("anonymous", "administrator"):
        sign_in(client, scene, role)
        for name in sorted({line[0] for line in LINES if not line[0].startswith("/documents/")}):
            path = address(name, scene)
            answer = client.generic(method, path, b"{}", content_type="application/json")
            if answer.status_code != 405:
                found[path, role] = answer.status_code
    assert found == {}


@pytest.mark.parametrize("asked", ["0", "-3", "999", "9" * 400, "9" * 5000, "NaN", "1.5", ""])
def test_a_list_has_the_page_asked_for_or_the_last(asked, scene, client):
    sign_in(client, scene, "hr")
    for path in ("/people/", "/days/", "/organisation/CLAIMS/"):
        answer = client.get(path, {"page": asked})
        assert answer.status_code == 200, path
        assert answer.context["table"].page.number == 1, path


def test_nobody_asks_for_everything_on_one_page(scene, client):
    Employee.objects.bulk_create(
        Employee(number=f"e{n}", name=f"E {n}", hired_on=MONDAY) for n in range(60)
    )
    sign_in(client, scene, "hr")
    answer = client.get("/people/", {"per_page": "1000000"})
    assert len(answer.context["table"].page.object_list) == 50


def test_every_page_can_be_asked_for_its_head(scene, asking):
    for _name, path, role in pages(scene):
        with transaction.atomic():
            sign_in(asking, scene, role)
            assert asking.head(path).status_code < 500, path
            transaction.set_rollback(True)


def with_names_like_formulas() -> None:
    without_guards()
    place = 0
    for model, field in text_columns():
        for key in written_rows(model, field):
            place += 1
            text = FORMULAS[place % len(FORMULAS)][: (field.max_length or 200) - 4]
            value = f"{text}{place:04}" if field.unique or field.name in ("email", "name") else text
            model._base_manager.filter(pk=key).update(**{field.name: value})


def test_no_file_of_a_list_brings_a_formula(scene, asking):
    with_names_like_formulas()
    files, found = 0, {}
    for _name, path, role in pages(scene):
        with transaction.atomic():
            sign_in(asking, scene, role)
            page = asking.get(path)
            offered = b"export=csv" in getattr(page, "content", b"")
            for form in ("csv", "xlsx") if offered else ():
                files += 1
                answer = asking.get(path, {"export": form})
                assert answer.status_code == 200, (path, form)
                bad = [cell for cell in cells(answer, form) if RUNS.match(cell)]
                if bad:
                    found[path, form] = bad
            transaction.set_rollback(True)
    assert found == {}
    assert files > 20


def cells(answer, form: str) -> list[str]:
    if form == "csv":
        rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        return [cell for row in rows for cell in row]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "d", "b", "inlineStr"}
    return [cell.value for row in sheet for cell in row if isinstance(cell.value, str)]
