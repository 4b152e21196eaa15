"""Uploading a file: look first, import once; somebody else's file is not found."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incentives.models import Result
from people.models import Department, ImportDraft
from people.services import drafts
from tests.incentives.test_day_view import queries_of

pytestmark = pytest.mark.django_db

DEPARTMENTS = "code,name,site\nCLAIMS,Claims,HQ\nSALES,Sales,HQ\n"


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


def upload(client, content: str | bytes = DEPARTMENTS, *, kind="departments", name="d.csv", **more):
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, raw)
    return client.post("/imports/", {"kind": kind, "file": file, **more})


def page(client, response) -> str:
    return client.get(response.url).content.decode()


def test_a_file_is_looked_at_before_anything_changes(as_dee, site):
    response = upload(as_dee)
    draft = ImportDraft.objects.get()
    assert (response.url, draft.state) == (f"/imports/{draft.pk}/", "checked")
    shown = page(as_dee, response)
    assert "What would change" in shown
    assert "SALES: Sales" in shown
    assert not Department.objects.filter(code="SALES").exists()


def test_a_looked_at_file_is_imported_as_a_whole(as_dee, site):
    address = upload(as_dee).url
    assert as_dee.post(f"{address}apply/").url == address
    assert ImportDraft.objects.get().state == "applied"
    assert Department.objects.filter(code="SALES").exists()
    shown = as_dee.get(address).content.decode()
    assert "What changed" in shown
    assert "Import all of it" not in shown


def test_a_file_is_imported_once_however_often_one_presses(as_dee, site, monkeypatch):
    address = upload(as_dee).url
    as_dee.post(f"{address}apply/")
    ran = []
    monkeypatch.setattr(drafts, "run_import", lambda *a, **k: ran.append(a))
    shown = as_dee.post(f"{address}apply/", follow=True).content.decode()
    assert ran == []
    assert "Nothing was imported now" in shown
    as_dee.post(f"{address}read-anew/", {})
    assert ran == []
    assert ImportDraft.objects.get().state == "applied"


def test_the_same_file_uploaded_again_changes_nothing(as_dee, site):
    for _time in range(2):
        as_dee.post(f"{upload(as_dee).url}apply/")
    report = ImportDraft.objects.latest("pk").report
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)


def test_a_wrong_line_is_named_and_the_file_cannot_be_imported(as_dee, site):
    response = upload(as_dee, DEPARTMENTS + "NORTH,North,NOWHERE\n")
    shown = page(as_dee, response)
    assert "Nothing was changed, because:" in shown
    assert "line 4" in shown
    assert "Import all of it" not in shown
    as_dee.post(f"{response.url}apply/")
    assert not Department.objects.filter(code="SALES").exists()


def test_an_unknown_column_is_asked_for_and_then_read(as_dee, site):
    address = upload(as_dee, DEPARTMENTS.replace("name", "how we call it")).url
    response = as_dee.get(address)
    fields = response.context["form"].fields
    [asked] = [name for name, field in fields.items() if str(field.label) == "how we call it"]
    as_dee.post(f"{address}read-anew/", {asked: "name"})
    assert ImportDraft.objects.get().state == "checked"


def test_a_wrong_answer_about_a_column_is_named_beside_it(as_dee, site):
    address = upload(as_dee, DEPARTMENTS.replace("name", "how we call it")).url
    response = as_dee.post(f"{address}read-anew/", {"header-0": "salary", "encoding": "ebcdic"})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"header-0", "encoding"}
    assert b"Select a valid choice" in response.content
    assert ImportDraft.objects.get().state == "refused"


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"kind": "departments"}, "file"),
        ({"kind": "salaries of all"}, "kind"),
        ({"kind": "departments", "as_of": "soon"}, "as_of"),
        ({"kind": "departments", "accept_implausible": "x" * 301}, "accept_implausible"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_no_file_is_kept(as_dee, posted, field):
    response = as_dee.post("/imports/", posted)
    assert field in response.context["form"].errors
    assert not ImportDraft.objects.exists()


def test_an_empty_file_is_refused(as_dee, site):
    assert "file" in upload(as_dee, "").context["form"].errors
    assert not ImportDraft.objects.exists()


def test_a_file_too_large_is_refused_with_what_to_do(as_dee, monkeypatch):
    monkeypatch.setattr("people.forms.imports.MAX_BYTES", 10)
    assert "split it into parts" in upload(as_dee).content.decode()
    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"PK\x03\x04broken", b"\x00" * 50, b"a,b\n\x00,\x01\n"]
)
def test_a_file_that_is_none_says_so_and_breaks_nothing(as_dee, site, content):
    response = upload(as_dee, content, name="d.xlsx")
    assert ImportDraft.objects.get().state == "refused"
    assert "Nothing was changed, because:" in page(as_dee, response)


def test_names_of_files_and_columns_are_text_and_never_markup(as_dee, site):
    evil = "<script>alert(1)</script>"
    response = upload(as_dee, DEPARTMENTS.replace("name", evil), name="<script>alert(1).csv")
    for path in (response.url, "/imports/"):
        assert "<script>alert" not in as_dee.get(path).content.decode()


@pytest.mark.parametrize("step", ["", "read-anew/", "apply/"])
def test_somebody_elses_file_is_not_found(client, dee, root, bob, site, step):
    client.force_login(dee)
    address = upload(client).url
    for user in (root, bob):
        client.force_login(user)
        ask = client.post if step else client.get
        assert ask(address + step).status_code == 404
    assert ImportDraft.objects.get().state == "checked"
    assert not Department.objects.filter(code="SALES").exists()


def test_only_my_files_are_listed(client, dee, root, site):
    client.force_login(dee)
    upload(client, name="of-dee.csv")
    client.force_login(root)
    assert b"of-dee.csv" not in client.get("/imports/").content


@pytest.mark.parametrize("name", ["ann", "eve", "max_auditor"])
def test_who_may_not(client, name, request):
    client.force_login(request.getfixturevalue(name))
    assert client.get("/imports/").status_code == 403
    assert upload(client).status_code == 403
    assert not ImportDraft.objects.exists()


def test_each_role_imports_only_its_own_kinds(client, bob, dee, fay, root, site):
    def kinds(user):
        client.force_login(user)
        form = client.get("/imports/").context["form"]
        return {kind for kind, _title in form.fields["kind"].choices}

    assert kinds(bob) == {"results"}
    assert kinds(fay) == {"payments", "card-lines", "outcomes"}
    assert {"departments", "employees", "leaves", "sites", "targets", "results"} <= kinds(dee)
    assert {"employees"} == kinds(root) & {"employees", "leaves"}
    client.force_login(bob)
    assert "kind" in upload(client).context["form"].errors


def test_a_right_taken_away_acts_on_the_next_request(client, dee, site):
    client.force_login(dee)
    address = upload(client).url
    dee.role_assignments.all().delete()
    assert client.get(address).status_code == 403
    assert client.post(f"{address}apply/").status_code == 403
    assert not Department.objects.filter(code="SALES").exists()


def test_a_lead_imports_results_of_own_departments_only(client, bob, goals):
    client.force_login(bob)
    line = "date,department,metric,value\n2026-03-02,{},answered,81\n"
    own = upload(client, line.format("CLAIMS"), kind="results")
    client.post(f"{own.url}apply/")
    other = upload(client, line.format("BILLING"), kind="results")
    client.post(f"{other.url}apply/")
    assert [result.department.code for result in Result.objects.all()] == ["CLAIMS"]


def test_the_list_costs_the_same_queries_with_one_file_and_with_many(as_dee, site):
    upload(as_dee)
    queries_of(as_dee, "/imports/")
    one = queries_of(as_dee, "/imports/")
    for _each in range(5):
        upload(as_dee)
    assert queries_of(as_dee, "/imports/") == one
