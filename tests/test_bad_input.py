"""What no browser sends by itself: every page and form has an answer to it, and none breaks."""

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import unquote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.forms import BaseForm, CharField, Form
from django.http import HttpResponseRedirect
from django.test import Client
from django.urls import Resolver404, include, resolve
from django.urls import path as url_path
from openpyxl import load_workbook

from config.urls import urlpatterns as product_urls
from people.models import Employee
from tests.conftest import MONDAY
from tests.found_forms import Form as FoundForm
from tests.found_forms import (
    Input,
    fill,
    pages,
    product_forms,
    sign_in,
    signed_in_as,
    submit,
    taken_back,
)
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

pytestmark = [pytest.mark.django_db, pytest.mark.walk("postgresql")]

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
TOKEN = "csrfmiddlewaretoken"
OF_ACCOUNTS = ("account", "mfa", "social", "today")
OWN = "/account/devices/?asked"
"""Where a form may send somebody; one that does not go there when asked to goes nowhere else."""
RUNS = re.compile(r"^[\s\u200b\ufeff\x00-\x1f]*[=+\-−@＝＋－＠]")
BELOW_ZERO = re.compile(r"-[0-9]+(\.[0-9]+)?")


def roles_by_path(scene) -> dict[str, str]:
    """Every page once, as the last role in the table that may open it."""
    return {path: role for _name, path, role in pages(scene)}


@pytest.fixture
def asking(client):
    """Errors of ours come back as 500 instead of ending the test at the first."""
    client.raise_request_exception = False
    return client


def test_no_field_breaks_on_an_odd_text(scene, asking, cleaned_forms):
    found, asked = {}, 0
    for form in product_forms(scene, asking):
        with signed_in_as(asking, scene, form.role):
            answers = answers_to_odd_texts(asking, form, cleaned_forms)
        asked += len(answers)
        found |= {each: status for each, status in answers.items() if status not in REFUSALS}
    assert found == {}
    assert asked > 1000


def answers_to_odd_texts(asking, form: FoundForm, cleaned: list[BaseForm]) -> dict[tuple, int]:
    """What came back for each text in some of the form's fields; 500 also for a stolen header."""
    return {
        (str(form), *names, what): 500 if "X-Bad" in response.headers else response.status_code
        for what, text in ODD_TEXTS.items()
        for names, response in asked_for_each(asking, form, text, cleaned)
    }


def asked_for_each(asking, form: FoundForm, text, cleaned: list[BaseForm]) -> Iterator:
    """Each field with the text, and what came back.

    All of them together first, as one mistake does not keep a form from looking at other fields;
    those that a form has refused are done. The others are asked again without them, until a valid
    form with all of them has gone through, and alone where no form tells what became of them.
    """
    written = [each for each in form.inputs if each.kind != "file" and each.name != TOKEN]
    if text is HUGE:
        # Two of them together would be refused for their size, and read by nobody.
        waiting = [[each.name] for each in written if each.is_text]
    else:
        waiting = [[each.name for each in written]] if written else []
    while waiting:
        names = waiting.pop()
        cleaned.clear()
        with taken_back(asking):
            response = submit(asking, form, {**fill(form), **dict.fromkeys(names, text)})
        yield names, response
        waiting += asked_next(names, cleaned, went_through=response.status_code == 302)


def asked_next(names: list[str], cleaned: list[BaseForm], *, went_through: bool) -> list[list[str]]:
    if len(names) == 1:
        return []
    known = {each.add_prefix(name) for each in cleaned for name in each.fields}
    refused = {each.add_prefix(name) for each in cleaned for name in each.errors}
    left = [name for name in names if name not in refused]
    if went_through and not refused:
        left = [name for name in left if name not in known]
    return [[name] for name in left] if left == names or went_through else [left] if left else []


@pytest.fixture
def cleaned_forms(monkeypatch) -> list[BaseForm]:
    """Fills with every form that a view asked whether it is valid."""
    cleaned: list[BaseForm] = []
    plain = BaseForm.full_clean

    def full_clean(form):
        plain(form)
        cleaned.append(form)

    monkeypatch.setattr(BaseForm, "full_clean", full_clean)
    return cleaned


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_no_token_breaks_a_form(text, scene):
    asking = Client(enforce_csrf_checks=True, raise_request_exception=False)
    asking.get("/sign-in/")
    said = {"login": "ann", "password": "secret", TOKEN: text}
    assert asking.post("/sign-in/", said).status_code == 403


def test_no_address_breaks_on_an_odd_text(scene, asking):
    names = (
        "search", "sort", "page", "date", "pool", "first", "last", "since", "through", "who",
        "person", "text", "department", "state", "language", "next", "per_page", "day", "from",
    )  # fmt: skip
    found = {}
    for path, role in roles_by_path(scene).items():
        with signed_in_as(asking, scene, role):
            for what, text in ODD_TEXTS.items():
                # No server takes an address as long as that.
                answer = asking.get(path, dict.fromkeys(names, text)) if text is not HUGE else None
                if answer and answer.status_code not in {*REFUSALS, 401}:
                    found[path, what] = answer.status_code
    assert found == {}


def test_no_step_of_an_address_breaks_on_an_odd_text(scene, asking):
    found, asked = {}, 0
    for role, others in odd_addresses(scene).items():
        with signed_in_as(asking, scene, role):
            for other in others:
                asked += 1
                for answer in (asking.get(other), asking.post(other)):
                    if answer.status_code >= 500 or "X-Bad" in answer.headers:
                        found[other] = answer.status_code
    assert found == {}
    assert asked > 150


def odd_addresses(scene) -> dict[str, list[str]]:
    """By role; of addresses that lead to the same view, or to none, one for each odd text in each
    place."""
    odd = ["a%00b", "%ED%A0%80", "%0d%0aX-Bad:1", "..%2f..", "9" * 30]
    found: dict[tuple, tuple[str, str]] = {}
    for path, role in roles_by_path(scene).items():
        steps = path.strip("/").split("/")
        for place in range(len(steps)):
            for text in odd:
                other = "/" + "/".join([*steps[:place], text, *steps[place + 1 :]]) + "/"
                found.setdefault((view_at(unquote(other)), place, text), (role, other))
    by_role: dict[str, list[str]] = {}
    for role, other in found.values():
        by_role.setdefault(role, []).append(other)
    return by_role


def view_at(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


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


def test_nobody_is_sent_elsewhere(scene, client):
    forms = [form for form in product_forms(scene, client) if form.method == "POST"]
    found, listening = {}, set()
    for place, form in enumerate(forms):
        with signed_in_as(client, scene, form.role):
            for ask in (partial(submitted_with, client, form), partial(posted_to, client, form)):
                targets = targets_for(ask, client, place)
                listening |= {form.url_name} if targets is ELSEWHERE else set()
                found |= {(f"{form}", next_): to for next_, to in sent_out(ask, client, targets)}
    assert found == {}
    assert listening >= {"account_login", "set_language"}


def submitted_with(client, form: FoundForm, more: dict[str, str]):
    return submit(client, form, fill(form) | more)


def posted_to(client, form: FoundForm, query: dict[str, str]):
    return client.post(f"{form.action.partition('#')[0]}?{urlencode(query)}", fill(form))


def targets_for(ask, client, place: int) -> list[str]:
    """All of them for what goes where an own address asks; what does not listen even to that is
    tried with another one each time."""
    heard = led_to(ask, client, {}) != led_to(ask, client, {"next": OWN})
    return ELSEWHERE if heard else [ELSEWHERE[place % len(ELSEWHERE)]]


def led_to(ask, client, more: dict[str, str]) -> str:
    with taken_back(client):
        headers = ask(more).headers
    return "X-Bad" if "X-Bad" in headers else headers.get("Location", "/")


def sent_out(ask, client, targets: list[str]) -> Iterator[tuple[str, str]]:
    """The targets for which the answer leads out of the house, and where it does."""
    for target in targets:
        location = led_to(ask, client, {"next": target})
        if not re.match(r"/(?![/\\\t])", location):
            yield target, location


def test_nobody_is_sent_elsewhere_by_a_link(scene, client):
    found, listening = {}, set()
    links = [name for name, method, *_ in LINES if method == "GET" and name.startswith(OF_ACCOUNTS)]
    for role in ("anonymous", "employee", "hr"):
        with signed_in_as(client, scene, role):
            for place, name in enumerate(links):
                ask = partial(client.get, address(name, scene))
                targets = targets_for(ask, client, place)
                listening |= {name} if targets is ELSEWHERE else set()
                found |= {(name, role, next_): to for next_, to in sent_out(ask, client, targets)}
    assert found == {}
    assert listening >= {"account_login"}


def careless(request):
    """Goes wherever it is asked to, and takes one of its fields for a number."""
    if CarelessForm(request.POST).is_valid() and request.POST["count"] != "4":
        int(request.POST["count"])
    return HttpResponseRedirect(request.POST.get("next") or request.GET.get("next") or "/")


class CarelessForm(Form):
    reason = CharField(max_length=20)


urlpatterns = [url_path("careless/", careless), url_path("", include(product_urls))]
CARELESS = FoundForm(
    role="hr", page="/careless/", action="/careless/", method="POST",
    inputs=(Input("reason", "text"), Input("count", "number", "4")),
)  # fmt: skip


def test_a_careless_field_would_be_found_beside_one_that_is_refused(
    asking, scene, settings, cleaned_forms,
):  # fmt: skip
    settings.ROOT_URLCONF = __name__
    answers = answers_to_odd_texts(asking, CARELESS, cleaned_forms)
    assert answers[str(CARELESS), "reason", "count", "a NUL"] == 302
    assert answers[str(CARELESS), "count", "a NUL"] == 500


@pytest.mark.parametrize("ask", [submitted_with, posted_to])
def test_a_careless_redirect_would_be_found(ask, client, scene, settings):
    settings.ROOT_URLCONF = __name__
    asked = partial(ask, client, CARELESS)
    targets = targets_for(asked, client, 0)
    assert targets == ELSEWHERE
    assert len(dict(sent_out(asked, client, targets))) > 10


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
    for path, role in roles_by_path(scene).items():
        with signed_in_as(asking, scene, role):
            assert asking.head(path).status_code < 500, path


def with_names_like_formulas() -> None:
    without_guards()
    place = 0
    for model, field in text_columns():
        for key in written_rows(model, field):
            place += 1
            text = FORMULAS[place % len(FORMULAS)][: (field.max_length or 200) - 4]
            value = f"{text}{place:04}" if field.unique or field.name in ("email", "name") else text
            model._base_manager.filter(pk=key).update(**{field.name: value})


def runs(cell: str) -> bool:
    """Money that came back is a number below zero, which nothing runs."""
    return bool(RUNS.match(cell)) and not BELOW_ZERO.fullmatch(cell)


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
                bad = [cell for cell in cells(answer, form) if runs(cell)]
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
