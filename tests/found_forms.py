"""The forms of the product, found by opening every page of the table of rights.

A new page needs no line here: it stands in the table, so its forms are found. `fill` writes
something plausible into each field; what it can't guess stands in VALID.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.urls import Resolver404, resolve

from tests.people.pictures import picture
from tests.scene import ROLES
from tests.test_rights import LINES, POSTED, address

FREE = {"text", "search", "email", "url", "tel", "textarea", "password", "hidden"}
"""What somebody can put any text into, whatever the page offers."""
PLAUSIBLE = {
    "date": "2026-03-03", "datetime-local": "2026-03-03T08:00", "time": "08:00", "month": "2026-03",
    "number": "1", "email": "new@example.org", "url": "https://example.org/",
    "password": "a long and quiet sentence", "color": "#112233",
}  # fmt: skip
BY_NAME = {
    "number": "N-1", "code": "NEW", "currency": "GBP", "manager": "bob", "owner": "ann",
    "time_zone": "Asia/Tokyo",
    "working_days": "Mon-Fri", "country": "GB", "subdivision": "ENG", "fte": "100", "amount": "1",
    "annual": "31000", "salary": "31000",
}  # fmt: skip
EMPTY_PLACES = {
    f"{part}-{place}": "" for part in ("header", "field", "text") for place in range(9, 13)
} | {"cost_centres": "CLAIMS = 1001"}  # fmt: skip
VALID = {
    "account_login": {"login": "ann", "password": "secret"},
    "account_change_password": {"oldpassword": "secret"},
    "account_reset_password": {"email": "ann@example.org"},
    "account_reauthenticate": {"password": "secret"},
    "shared-device": {"number": "ann", "pin": "294715"},
    "restate": {"kind": "value", "new": "4"},
    "add-payroll-layout": EMPTY_PLACES,
    "payroll-layout": EMPTY_PLACES,
    "set_language": {"language": "zh-hans"},
    "spend": {"reference": "C-9"},
    "nominate": {"nominees": "max", "story": "Stayed until the parcel was found."},
}
FILES = {
    "shown-photo": picture("PNG"),
    "spend": picture("PNG"),
    "case-receipt": picture("PNG"),
    "back-test": b"department,metric,unit,direction,decimals,value,effective_from\r\n"
    b"CLAIMS,answered,percent,at_least,2,80,2026-01-01\r\n",
    "import-card-lines": b"date,merchant,amount\r\n2026-03-03,Florist,25.00\r\n",
    "": b"department,date,metric,value\r\nCLAIMS,2026-03-03,answered,81\r\n",
}


@dataclass(frozen=True)
class Input:
    name: str
    kind: str
    value: str = ""
    choices: tuple[str, ...] = ()
    decimal: bool = False

    @property
    def is_text(self) -> bool:
        return self.kind in FREE and self.name != "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Form:
    """A form as somebody in `role` met it at `page`; `button` is a named one's name and value."""

    role: str
    page: str
    action: str
    method: str
    inputs: tuple[Input, ...] = field(repr=False)
    button: tuple[str, str] | None = None

    @property
    def url_name(self) -> str:
        try:
            return resolve(urlsplit(self.action).path).url_name or ""
        except Resolver404:
            return ""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.inputs)

    @property
    def key(self) -> tuple:
        """Rows of one list bring the same form with other numbers; once is enough."""
        path = re.sub(r"\d+", "0", urlsplit(self.action).path)
        plain = frozenset(re.sub(r"\d+", "0", name) for name in self.names)
        return self.method, self.url_name or path, plain, self.button

    @property
    def texts(self) -> list[str]:
        return sorted({each.name for each in self.inputs if each.is_text})

    def __str__(self) -> str:
        pressed = f" [{self.button[0]}]" if self.button else ""
        return f"{self.method} {self.action}{pressed} as {self.role}"


class FormParser(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[dict] = []
        self._open: dict | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._text = ""
        self._options: list[str] = []
        self._chosen = ""

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {"attrs": given, "inputs": [], "buttons": []}
            self.forms.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "button" and name:
            self._open["buttons"].append((name, given.get("value", "")))
        elif tag == "textarea" and name:
            self._area, self._text = name, ""
        elif tag == "select" and name:
            self._select, self._options, self._chosen = name, [], ""
        elif tag == "option" and self._select:
            self._options.append(given.get("value", ""))
            if "selected" in given:
                self._chosen = given.get("value", "")

    def _input(self, name: str, given: dict) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind == "submit":
            self._open["buttons"].append((name, value))
            return
        if kind == "radio":
            same = [each for each in self._open["inputs"] if each.name == name]
            earlier = same[0].choices if same else ()
            for each in same:
                self._open["inputs"].remove(each)
            self._add(Input(name, "select", same[0].value if same else value, (*earlier, value)))
            return
        self._add(Input(name, kind, value, decimal=given.get("inputmode") == "decimal"))

    def _add(self, made: Input) -> None:
        self._open["inputs"].append(made)

    def handle_data(self, data):
        if self._area:
            self._text += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._area and self._open:
            self._add(Input(self._area, "textarea", self._text.strip()))
            self._area = None
        elif tag == "select" and self._select and self._open:
            self._add(Input(self._select, "select", self._chosen, tuple(self._options)))
            self._select = None


def forms_in(response: HttpResponse, *, role: str, page: str) -> Iterator[Form]:
    if not response.get("Content-Type", "").startswith("text/html"):
        return
    parser = FormParser()
    parser.feed(response.content.decode())
    for found in parser.forms:
        form = Form(
            role=role,
            page=page,
            action=urljoin(page, found["attrs"].get("action") or page),
            method=found["attrs"].get("method", "get").upper(),
            inputs=tuple(found["inputs"]),
        )
        for button in found["buttons"] or [None]:
            yield replace(form, button=button)


def fill(form: Form) -> dict:
    """Values with which the form is likely to pass."""
    said: dict = {}
    for each in form.inputs:
        said[each.name] = _plausible(each, form.url_name)
    said |= {name: value for name, value in VALID.get(form.url_name, {}).items() if name in said}
    if form.button:
        said[form.button[0]] = form.button[1]
    return {name: value for name, value in said.items() if value is not None}


def _plausible(each: Input, url_name: str):
    if each.kind == "file":
        return SimpleUploadedFile("file.csv", FILES.get(url_name, FILES[""]))
    if each.kind == "checkbox":
        return each.value or "on"
    if each.kind == "select":
        return each.value or next(filter(None, each.choices), "")
    if each.decimal:
        return "4"
    if each.value:
        return each.value
    return BY_NAME.get(each.name) or PLAUSIBLE.get(each.kind, "A plain reason")


def submit(client, form: Form, said: dict) -> HttpResponse:
    """What a browser would send; the query in the action is kept for GET too."""
    if form.method == "GET":
        path = urlsplit(form.action)
        return client.get(path.path, dict(parse_qsl(path.query)) | said)
    for value in said.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    return client.post(form.action, said)


def sign_in(client, scene, role: str) -> None:
    """As somebody in that role, of whom nothing was refused before."""
    cache.clear()
    client.logout()
    if scene.cast[role]:
        client.force_login(scene.cast[role])


@contextmanager
def taken_back(client) -> Iterator[None]:
    """What is asked within was never asked: not of the database, nor of the limits that the cache
    counts, and whoever was signed in still is. Cheaper than to sign in for every question."""
    cookies = deepcopy(client.cookies)
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


@contextmanager
def signed_in_as(client, scene, role: str) -> Iterator[None]:
    with taken_back(client):
        sign_in(client, scene, role)
        yield


def pages(scene) -> Iterator[tuple[str, str, str]]:
    """Line, path and role for every page of the product's own and everybody who may open it."""
    for name, method, *expected in LINES:
        if method == "GET" and not name.startswith(("/cms/", "/documents/")):
            for role, status in zip(ROLES, expected, strict=True):
                if status in {"200", "401", "410"}:
                    yield name, address(name, scene), role


def product_forms(scene, client) -> list[Form]:
    """Every form of every page for every role, and those that the answers to them bring."""
    found: dict[tuple, Form] = {}
    for form in _met_on_pages(scene, client):
        found.setdefault(form.key, form)
    for form in list(found.values()):
        if form.method == "POST":
            with signed_in_as(client, scene, form.role):
                answer = submit(client, form, fill(form))
                for next_form in forms_in(answer, role=form.role, page=form.action):
                    found.setdefault(next_form.key, next_form)
    for form in _only_posted(scene, {form.url_name for form in found.values()}):
        found[form.key] = form
    return list(found.values())


def _met_on_pages(scene, client) -> list[Form]:
    """In the order of the table, though each role signs in only once."""
    met: dict[tuple[str, str], list[Form]] = {(path, role): [] for _n, path, role in pages(scene)}
    for asking in ROLES:
        with signed_in_as(client, scene, asking):
            for path, role in met:
                if role == asking:
                    with taken_back(client):
                        met[path, role] = list(forms_in(client.get(path), role=role, page=path))
    return [form for forms in met.values() for form in forms]


def _only_posted(scene, known: set[str]) -> Iterator[Form]:
    """What may be posted to but has no form on any page of the scene."""
    for name, method, *expected in LINES:
        base = name.partition("/")[0]
        allowed = [r for r, said in zip(ROLES, expected, strict=True) if said in {"200", "302"}]
        if method != "POST" or not base or base in known or not allowed:
            continue
        inputs = tuple(Input(key, "text", value) for key, value in POSTED.get(base, {}).items())
        path = address(name, scene)
        yield Form(role=allowed[0], page=path, action=path, method="POST", inputs=inputs)
