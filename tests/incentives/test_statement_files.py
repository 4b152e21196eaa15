"""All statements of a run as files: complete, the same again, safe names, missing letters named."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from incentives.models import BonusRun
from incentives.services import statement_files
from incentives.services.bonus_runs import approve
from incentives.services.eligibility import BonusRefused
from incentives.services.statement_files import FileNames, write_statements
from people.models import AuditEntry, Employee
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(proposed, eve) -> BonusRun:
    """Ann, Bob, Cas, Fay and Eve share 250.00."""
    return approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)


def call(*words) -> str:
    out = StringIO()
    call_command("bonus_statements", *map(str, words), stdout=out)
    return out.getvalue()


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def pages(path) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def test_each_person_gets_a_file_and_all_are_in_the_bundle(run, fay, tmp_path):
    heard = []
    written = write_statements(run, tmp_path, by=fay, progress=lambda *at: heard.append(at))
    assert (written.statements, written.missing) == (5, [])
    assert names(tmp_path) == ["ann.pdf", "bob.pdf", "bundle.pdf", "cas.pdf", "eve.pdf", "fay.pdf"]
    [ann] = pages(tmp_path / "ann.pdf")
    assert "Ann Employee number ann · Claims" in ann
    assert "GBP 50.00" in ann
    bundle = pages(tmp_path / "bundle.pdf")
    assert bundle == [
        pages(tmp_path / f"{name}.pdf")[0] for name in ("ann", "bob", "cas", "eve", "fay")
    ]
    assert heard == [(number, 5) for number in range(1, 6)]
    assert AuditEntry.objects.get(action="write_statements").after == {
        "statements": 5,
        "missing": 0,
    }


def test_written_again_the_files_are_the_same(run, fay, tmp_path):
    for folder in ("one", "two"):
        write_statements(run, tmp_path / folder, by=fay)
    first = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    write_statements(run, tmp_path / "one", by=fay)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}


def test_what_breaks_on_the_way_leaves_no_half_file_and_is_made_good(
    run, fay, tmp_path, monkeypatch
):
    monkeypatch.setattr(statement_files, "SIZE", 2)
    write_statements(run, tmp_path / "whole", by=fay)
    drawn, set_statement = [], statement_files.set_statement

    def breaks(statement):
        drawn.append(statement)
        if len(drawn) == 3:
            raise KeyboardInterrupt
        return set_statement(statement)

    monkeypatch.setattr(statement_files, "set_statement", breaks)
    folder = tmp_path / "broken"
    with pytest.raises(KeyboardInterrupt):
        write_statements(run, folder, by=fay)
    assert names(folder) == [".000000.drawn", "ann.pdf", "bob.pdf"]
    (folder / ".0123456789abcdef.part").write_bytes(b"left by one that was killed")
    write_statements(run, folder, by=fay)
    assert names(folder) == names(tmp_path / "whole")
    assert all(
        path.read_bytes() == (folder / path.name).read_bytes()
        for path in (tmp_path / "whole").iterdir()
    )


def test_a_missing_letter_stops_its_statement_only_and_is_named(run, fay, ann, tmp_path):
    Employee.objects.filter(user=ann).update(name="𠮷野 Ann")
    with pytest.raises(CommandError, match=r"ann: No font here has “𠮷”.*𠮷野 Ann"):
        call(run.pk, "--output", tmp_path)
    assert names(tmp_path) == ["bob.pdf", "bundle.pdf", "cas.pdf", "eve.pdf", "fay.pdf"]
    assert len(pages(tmp_path / "bundle.pdf")) == 4


def test_the_command_says_what_it_made(run, tmp_path):
    said = json.loads(call(run.pk, "--output", tmp_path, "--format", "json"))
    assert said == {
        "run": run.pk, "statements": 5, "bundle": str(tmp_path / "bundle.pdf"), "missing": [],
    }  # fmt: skip
    assert call(run.pk, "--output", tmp_path) == f"5 statements and bundle.pdf in {tmp_path}\n"


@pytest.mark.parametrize("state", ["draft", "proposed", "void", "estimate"])
def test_only_approved_runs_have_statements(proposed, state, tmp_path):
    proposed.state, proposed.void_reason = state, "wrong"
    proposed.save()
    with pytest.raises(CommandError, match="statements are made once it is approved"):
        call(proposed.pk, "--output", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_run_that_is_not_there_and_a_folder_that_is_a_file_are_refused(run, tmp_path):
    with pytest.raises(CommandError, match="4711: no such bonus run"):
        call(4711, "--output", tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"--output .*file: File exists"):
        call(run.pk, "--output", tmp_path / "file")


def test_who_writes_into_a_folder_is_alone_there(run, fay, tmp_path):
    with (
        statement_files._alone_in(tmp_path),
        pytest.raises(BonusRefused, match="Somebody else is writing"),
    ):
        write_statements(run, tmp_path, by=fay)


def test_no_number_leaves_the_folder_or_meets_another(claims, system):
    numbers = [
        "10042", "../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "..", ".", "CON", "bundle", "e1",
        "E1", "é1", "王", "a b", "a-b", "x" * 30, "a\nb", "%2e%2e",
    ]  # fmt: skip
    for number in numbers:
        Employee.objects.create(number=number, name="x", hired_on="2020-01-01")
    name_of = FileNames()
    found = [name_of(number) for number in numbers]
    assert len({name.lower() for name in found}) == len(numbers)
    assert all(name.isascii() and "/" not in name and "\\" not in name for name in found)
    assert not {name.lower() for name in found} & {"con.pdf", "bundle.pdf"}
    assert not any(name.startswith(".") for name in found)
    assert (found[0], found[-4]) == ("10042.pdf", "a-b.pdf")
