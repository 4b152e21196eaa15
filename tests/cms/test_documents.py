"""Documents that editors upload: of a kind and size that the house expects."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form

from cms import forms

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return held.getvalue()


def errors(root, name: str, content: bytes) -> dict:
    """What the form of the CMS says about a file."""
    from wagtail.models import Collection

    held = SimpleUploadedFile(name, content)
    posted = {"title": "x", "collection": Collection.get_first_root_node().pk, "tags": ""}
    made = get_document_form(get_document_model())
    return dict(made(posted, {"file": held}, user=root).errors)


@pytest.fixture
def superuser(root):
    root.is_superuser = True
    root.save()
    return root


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", PDF), ("a.txt", b"words"), ("a.csv", b"a,b\r\n1,2"),
     ("a.docx", archive("[Content_Types].xml", "word/document.xml")),
     ("a.xlsx", archive("xl/workbook.xml")), ("a.odt", archive("mimetype"))],
)  # fmt: skip
def test_what_is_what_it_says_is_taken(superuser, name, content):
    assert errors(superuser, name, content) == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"<html><script>"), ("a.txt", b"MZ\0\0"), ("a.txt", PDF), ("a.docx", PDF),
     ("a.docx", archive("evil.exe")), ("a.xlsx", archive("word/document.xml")),
     ("a.html", b"<p>"), ("a.svg", b"<svg>"), ("a.exe", b"MZ")],
)  # fmt: skip
def test_what_is_not_what_it_says_is_refused(superuser, name, content):
    assert list(errors(superuser, name, content)) == ["file"]


def test_a_large_file_is_refused(superuser, monkeypatch):
    monkeypatch.setattr(forms, "MAX_BYTES", 10)
    assert list(errors(superuser, "a.pdf", PDF)) == ["file"]


@pytest.mark.parametrize(("limit", "most"), [("MAX_PARTS", 2), ("MAX_UNPACKED", 2)])
def test_an_archive_of_too_much_is_refused(superuser, monkeypatch, limit, most):
    monkeypatch.setattr(forms, limit, most)
    bomb = archive("word/a.xml", "word/b.xml", "word/c.xml")
    assert list(errors(superuser, "a.docx", bomb)) == ["file"]
