"""What a form does not ask for can't be set through it.

Every form of the product is posted twice as somebody may post it, and a third time with every
field of every model beside it. The database must look the same afterwards.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django import forms as django_forms
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Template
from django.urls import include
from django.urls import path as url_path

from config.urls import urlpatterns as product_urls
from people.models import Employee
from tests.found_forms import Form, fill, forms_in, product_forms, sign_in, submit
from tests.scene import (  # noqa: F401
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)

pytestmark = [pytest.mark.django_db, pytest.mark.walk("postgresql")]

PLANTED = "planted"
SESSIONS = {("django_session", "*"), ("usersessions_usersession", "*")}
STORING = {
    "account_change_password", "account_login", "add-action", "add-focus-area",
    "add-payroll-layout", "apply-import", "change-action", "change-focus-area",
    "decide-held-figure", "decide-restatement", "end-session", "excuse", "figures",
    "import-card-lines", "imports", "invitation", "nominate", "payroll-layout", "person-salary",
    "publish-action", "read-import-anew", "remove-focus-area", "restate", "shown", "shown-nickname",
    "shown-photo", "shown-photo-remove", "spend", "take-card-line-apart", "tell-of-action",
}  # fmt: skip
WRITES = re.compile(
    r'\b(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|MERGE INTO|COPY)\s+"?(\w+)"?', re.IGNORECASE
)
Snapshot = dict[str, dict[object, dict[str, object]]]
"""Table; then primary key, or a number for a new row; then column."""


def stored_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def all_fields() -> dict[str, str]:
    """Every field of every model by the names a form could give it, each with a likely value."""
    found: dict[str, str] = {}
    for model in stored_models():
        for field in model._meta.get_fields():
            if getattr(field, "concrete", False):
                value = _likely(field)
                found |= {field.name: value, getattr(field, "attname", field.name): value}
    return found


def _likely(field) -> str:
    if field.choices:
        return str(field.choices[-1][0])
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.DateTimeField):
        return "2026-01-05T05:05"
    if isinstance(field, models.DateField):
        return "2026-01-05"
    if isinstance(field, models.IntegerField | models.DecimalField | models.AutoField):
        return "1"
    if field.is_relation:
        return "1"
    if isinstance(field, models.EmailField):
        return f"{PLANTED}@example.org"
    return f"{PLANTED}-{field.name}"[: field.max_length or 200]


def snapshot(known: Snapshot | None = None, *, written: set[str] | None = None) -> Snapshot:
    """All that is stored. Rows that `known` has not are numbered in their order, as a sequence
    goes on counting after a rollback. Only tables that were `written` are read anew."""
    held: Snapshot = dict(known or {})
    new: dict[str, set] = {}
    for model in stored_models():
        if written is not None and model._meta.db_table not in written:
            continue
        table, columns = model._meta.db_table, [field.attname for field in model._meta.pk_fields]
        rows = {
            tuple(row[column] for column in columns): row
            for row in model._base_manager.order_by(*columns).values()
        }
        if model is Session:
            _open(rows)
        old = known[table].keys() if known else rows.keys()
        added = [key for key in rows if key not in old]
        new[table] = {key[0] for key in added}
        held[table] = {key: row for key, row in rows.items() if key in old}
        held[table] |= {f"new {place}": dict(rows[key]) for place, key in enumerate(added)}
    _forget_numbers(held, new)
    return held


def _open(sessions: dict[tuple, dict[str, object]]) -> None:
    """What sessions hold, in place of the text that carries it: that is signed with the second,
    so that the same content differs as soon as a second ends between two looks. A request put
    aside until the second factor is shown is left out: it is asked again of the same form."""
    for row in sessions.values():
        held = SessionStore().decode(row["session_data"])
        held.pop("account_reauthentication_state", None)
        row["session_data"] = json.dumps(held, sort_keys=True, default=str)


def _forget_numbers(held: Snapshot, new: dict[str, set]) -> None:
    for model in stored_models():
        for field in model._meta.concrete_fields:
            target = field.remote_field.model if field.is_relation else model
            if not (field.is_relation or field.primary_key):
                continue
            fresh = new.get(target._meta.db_table, set())
            for row in held[model._meta.db_table].values() if fresh else ():
                if row[field.attname] in fresh:
                    row[field.attname] = "new"


def differences(one: Snapshot, other: Snapshot) -> set[tuple[str, str]]:
    """Tables and columns; the column is * when there are more or fewer rows."""
    found = set()
    for table in one:
        if one[table].keys() != other[table].keys():
            found.add((table, "*"))
        for key in one[table].keys() & other[table].keys():
            left, right = one[table][key], other[table][key]
            found |= {(table, name) for name in left if left[name] != right[name]}
    return found


def planted(held: Snapshot) -> set[tuple[str, str]]:
    return {
        (table, column)
        for table, rows in held.items()
        for row in rows.values()
        for column, value in row.items()
        if isinstance(value, str) and PLANTED in value
    }


def after(client, scene, form: Form, more: dict, before: Snapshot) -> tuple[int, Snapshot]:
    with transaction.atomic(), tables_written() as written:
        sign_in(client, scene, form.role)
        response = submit(client, form, {**more, **fill(form)})
        seen = snapshot(before, written=written)
        transaction.set_rollback(True)
    return response.status_code, seen


@contextmanager
def tables_written() -> Iterator[set[str]]:
    """Fills with the tables that a statement names as those it writes to, also inside a WITH."""
    found: set[str] = set()

    def note(execute, sql, *rest):
        found.update(WRITES.findall(str(sql)))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield found


@dataclass(frozen=True)
class Changes:
    """Tables and columns: what the form alone changed, and what only fields it has not did."""

    own: set[tuple[str, str]]
    smuggled: set[tuple[str, str]]


def changes(client, scene, form: Form, before: Snapshot) -> Changes:
    more = {name: value for name, value in all_fields().items() if name not in form.names}
    status, first = after(client, scene, form, {}, before)
    _again, second = after(client, scene, form, {}, before)
    status_with_more, third = after(client, scene, form, more, before)
    assert status_with_more == status, str(form)
    # Tokens, hashes and ciphers differ anyway; of those only what was planted as it is counts.
    smuggled = (differences(first, third) - differences(first, second)) | planted(third)
    return Changes(differences(before, first) - SESSIONS, smuggled)


def test_nothing_but_a_forms_own_fields_changes(scene, client):
    forms = [form for form in product_forms(scene, client) if form.method == "POST"]
    before = snapshot()
    found = {form: changes(client, scene, form, before) for form in forms}
    assert {str(form): each.smuggled for form, each in found.items() if each.smuggled} == {}
    # So much for the answer; that it was asked: these forms passed, and stored something.
    assert len(forms) > 40
    assert {form.url_name for form, each in found.items() if each.own} >= STORING


class CarelessForm(django_forms.ModelForm):
    class Meta:
        model = Employee
        # Numbers of other rows are never sure on PostgreSQL, whose sequences go on counting.
        exclude = ("manager", "user")  # noqa: DJ006


def careless(request):
    """Shows one field and takes all."""
    employee = get_object_or_404(Employee, number="ann")
    form = CarelessForm(request.POST or None, instance=employee)
    if request.method == "POST":
        for name in set(form.fields) - set(request.POST):
            del form.fields[name]
        if form.is_valid():
            form.save()
    page = Template("<form method='post'>{{ form.job_title }}<button>Save</button></form>")
    return HttpResponse(page.render(Context({"form": form})))


urlpatterns = [url_path("careless/", careless), url_path("", include(product_urls))]


def test_a_careless_form_would_be_found(scene, client, settings):
    settings.ROOT_URLCONF = __name__
    sign_in(client, scene, "hr")
    [form] = forms_in(client.get("/careless/"), role="hr", page="/careless/")
    found = changes(client, scene, form, snapshot())
    assert found.own == {("people_employee", "job_title")}
    assert ("people_employee", "hired_on") in found.smuggled


def test_the_models_fields_that_give_power_are_among_those_tried():
    assert all_fields().keys() >= {
        "is_superuser", "is_staff", "is_active", "password", "user", "made_by", "role",
        "annual_minor", "state", "decided_by", "decided_by_id", "erased_at", "user_permissions",
    }  # fmt: skip
