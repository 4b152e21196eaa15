"""Statements made in the background: shared by workers, watched and taken by finance alone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from incentives.models import StatementBatch, StatementPortion
from incentives.services import statement_batches
from incentives.services.bonus_runs import approve, void
from incentives.services.eligibility import BonusRefused
from incentives.services.statement_batches import (
    KEPT,
    TAKEN_FOR,
    folder_of,
    left_lying,
    make_a_portion,
    start,
    take_away_old,
    take_bundle,
)
from incentives.tasks import go_on_with_statements
from people.models import AuditEntry, Employee, SalaryLook
from people.services.employment import leave
from people.services.erasing import erase
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    settings.STATEMENTS_ROOT = str(tmp_path / "private")
    return Path(settings.STATEMENTS_ROOT)


@pytest.fixture
def run(proposed, eve):
    return approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)


@pytest.fixture
def batch(run, fay, monkeypatch):
    """Of five people, in portions of two, two and one, and the bundle."""
    monkeypatch.setattr(statement_batches, "SIZE", 2)
    return start(run, by=fay, now=timezone.now())


def address(name: str, run) -> str:
    return reverse(name, args=[run.pk])


def test_finance_starts_watches_and_takes_the_bundle(client, run, fay):
    client.force_login(fay)
    page = client.get(address("statements-of-run", run))
    assert "Make the statements" in page.text
    assert client.post(address("make-statements", run)).url == address("statements-of-run", run)
    page = client.get(address("statements-of-run", run)).text
    assert "for 5 people" in page
    assert "refresh" not in page
    answer = client.post(address("statements-bundle", run))
    assert answer["Content-Disposition"] == 'attachment; filename="statements-bonus-2026.pdf"'
    assert b"".join(answer.streaming_content).startswith(b"%PDF-1.7")
    assert SalaryLook.objects.filter(by=fay, where="bonus statements").count() == 5
    assert AuditEntry.objects.filter(action="take_statements", by=fay).count() == 1


def test_under_way_the_page_shows_how_far_and_renews_itself(client, run, batch, fay):
    make_a_portion(batch.pk)
    client.force_login(fay)
    page = client.get(address("statements-of-run", run)).text
    assert '<progress max="5" value="2"' in page
    assert 'http-equiv="refresh"' in page
    assert "Download all" not in page
    client.post(address("make-statements", run))
    assert "are being made already" in client.get(address("statements-of-run", run)).text
    assert StatementBatch.objects.count() == 1


def test_portions_are_made_one_by_one_and_the_bundle_last(batch):
    made = [make_a_portion(batch.pk) for _turn in range(5)]
    assert [(m.number, m.is_bundle) for m in made if m] == [
        (0, False), (1, False), (2, False), (3, True),
    ]  # fmt: skip
    assert made[-1] is None
    batch.refresh_from_db()
    assert batch.finished_at is not None
    names = sorted(path.name for path in folder_of(batch).iterdir())
    assert names == ["ann.pdf", "bob.pdf", "bundle.pdf", "cas.pdf", "eve.pdf", "fay.pdf"]


def test_what_somebody_has_taken_is_left_until_that_one_is_given_up(batch):
    taken = statement_batches._take(batch.pk, now=timezone.now())
    assert make_a_portion(batch.pk).number == 1
    assert make_a_portion(batch.pk).number == 2
    assert make_a_portion(batch.pk) is None
    later = timezone.now() - TAKEN_FOR - timedelta(seconds=1)
    StatementPortion.objects.filter(pk=taken.pk).update(taken_until=later)
    assert make_a_portion(batch.pk).number == 0
    statement_batches._end(taken, statement_batches.Written(statements=99), now=timezone.now())
    assert StatementPortion.objects.get(pk=taken.pk).statements == 2
    assert make_a_portion(batch.pk).is_bundle


def test_run_due_goes_on_where_all_workers_were_killed(batch):
    statement_batches._take(batch.pk, now=timezone.now())
    assert left_lying(now=timezone.now()) == []
    StatementBatch.objects.update(made_at=timezone.now() - 2 * TAKEN_FOR)
    StatementPortion.objects.exclude(taken_until=None).update(
        taken_until=timezone.now() - TAKEN_FOR
    )
    go_on_with_statements()
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert left_lying(now=timezone.now()) == []


def test_a_missing_letter_is_named_and_the_others_go_on(client, run, ann, fay):
    Employee.objects.filter(user=ann).update(name="𠮷野")
    client.force_login(fay)
    client.post(address("make-statements", run))
    page = client.get(address("statements-of-run", run)).text
    assert "1 statement has a letter that no font here has." in page
    assert f'<a href="{reverse("person", args=["ann"])}">ann</a>: “𠮷”' in page
    folder = folder_of(StatementBatch.objects.get())
    assert not (folder / "ann.pdf").exists()
    assert (folder / "bob.pdf").exists()


def test_made_anew_the_old_files_go(client, run, fay, private):
    client.force_login(fay)
    for _turn in range(2):
        client.post(address("make-statements", run))
    new, old = StatementBatch.objects.all()
    assert (old.folder, [path.name for path in private.iterdir()]) == ("", [new.folder])


def test_only_an_approved_run_has_statements(client, proposed, fay):
    with pytest.raises(BonusRefused, match="once it is approved"):
        start(proposed, by=fay, now=NEW_YEAR)
    client.force_login(fay)
    page = client.get(address("statements-of-run", proposed)).text
    assert "Statements are made once the bonus is approved." in page
    assert "Make the statements" not in page
    client.post(address("make-statements", proposed))
    assert not StatementBatch.objects.exists()


def test_the_bundle_of_a_void_run_is_not_handed_out(client, run, fay, eve):
    client.force_login(fay)
    client.post(address("make-statements", run))
    void(run, reason="wrong leaver", by=eve, now=NEW_YEAR)
    assert client.post(address("statements-bundle", run)).status_code == 302
    assert not SalaryLook.objects.exists()


def test_without_a_bundle_there_is_nothing_to_take(client, run, batch, fay):
    with pytest.raises(BonusRefused, match="no bundle"):
        take_bundle(batch, by=fay)
    with pytest.raises(BonusRefused, match="no bundle"):
        take_bundle(None, by=fay)
    client.force_login(fay)
    client.post(address("statements-bundle", run))
    assert "There is no bundle" in client.get(address("statements-of-run", run)).text


def test_after_a_month_the_files_go_and_the_page_says_so(client, run, fay, private):
    client.force_login(fay)
    client.post(address("make-statements", run))
    assert take_away_old(now=timezone.now()) == 0
    assert take_away_old(now=timezone.now() + KEPT + timedelta(minutes=1)) == 1
    assert list(private.iterdir()) == []
    assert "Download all" not in client.get(address("statements-of-run", run)).text


def test_nobody_else_on_the_machine_reads_the_folder(batch):
    make_a_portion(batch.pk)
    assert folder_of(batch).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["statements-of-run", "make-statements", "statements-bundle"])
def test_a_run_that_is_not_there_is_not_found(client, fay, name):
    client.force_login(fay)
    ask = client.get if name == "statements-of-run" else client.post
    assert ask(reverse(name, args=[4711])).status_code == 404


def test_the_page_asks_as_often_for_many_portions(client, run, fay, monkeypatch):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(fay)
    counts = []
    for size in (5, 1):
        monkeypatch.setattr(statement_batches, "SIZE", size)
        client.post(address("make-statements", run))
        with CaptureQueriesContext(connection) as asked:
            client.get(address("statements-of-run", run))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_files_with_the_name_of_somebody_who_is_erased_are_taken_away(batch, run, fay, cas, dee):
    while make_a_portion(batch.pk):
        pass
    batch.refresh_from_db()
    folder = folder_of(batch)
    assert (folder / "cas.pdf").exists()
    leave(cas.employee, last_day=date(2026, 6, 30), today=date(2026, 7, 1), by=dee)
    erase(Employee.objects.get(number="cas"), why="asked for it", by=dee, now=NEW_YEAR)
    assert not folder.exists()
    batch.refresh_from_db()
    with pytest.raises(BonusRefused, match="make them anew"):
        take_bundle(batch, by=fay)
