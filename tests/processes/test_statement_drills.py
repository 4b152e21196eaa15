"""Several processes make the statements of a run, some are killed: the same files, none half."""

import pytest

from incentives.models import StatementBatch
from incentives.services import statement_batches, statement_files
from incentives.services.bonus_runs import approve
from incentives.services.statement_batches import folder_of, start
from incentives.services.statement_files import write_statements
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401
from tests.processes.test_drills import drill, killed, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def run(proposed, eve):
    return approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)


@pytest.fixture
def root(settings, tmp_path):
    settings.STATEMENTS_ROOT = str(tmp_path / "private")
    return {"STATEMENTS_ROOT": settings.STATEMENTS_ROOT}


@pytest.fixture
def batch(run, fay, monkeypatch, root):
    """Of five people in portions of one, and the bundle."""
    for module in (statement_batches, statement_files):
        monkeypatch.setattr(module, "SIZE", 1)
    return start(run, by=fay, now=NEW_YEAR)


def files(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*")}


@pytest.fixture
def expected(run, fay, tmp_path):
    """What nobody has disturbed."""
    write_statements(run, tmp_path / "expected", by=fay)
    return files(tmp_path / "expected")


def test_three_workers_make_each_portion_once(batch, root, expected):
    assert drill("make_statements_at_once", **root) == {"made": list(range(6))}
    batch = StatementBatch.objects.get()
    assert files(folder_of(batch)) == expected
    assert {portion.statements for portion in batch.portions.filter(is_bundle=False)} == {1}


def test_killed_workers_leave_work_to_others_and_the_files_are_the_same(batch, root, expected):
    assert drill("kill_makers_of_statements", **root)["killed"] >= 1
    batch = StatementBatch.objects.get()
    assert files(folder_of(batch)) == expected
    assert not batch.portions.open().exists()


def test_a_command_killed_on_the_way_begins_again_and_ends_the_same(run, expected, tmp_path):
    folder = tmp_path / "killed"
    running = started("write_statements", FOLDER=str(folder), PAUSE="1")
    assert running.stdout.readline() == "1\n"
    killed(running)
    assert sorted(files(folder)) == ["ann.pdf"]
    assert drill("write_statements", FOLDER=str(folder)) == {"statements": 5}
    assert files(folder) == expected
    assert list(folder.glob(".*")) == []
