"""The log: written with the change, sealed into a chain, personal values under a key a person."""

import json
import os
import threading
import time
import tracemalloc
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from people import guards
from people.models import AuditEntry, AuditSeal, PersonKey, User
from people.services import audit, audit_chain
from people.services.audit_chain import ChainReport, as_ranges, missing, seal, verify
from people.services.roles import change_roles
from tests.conftest import MONDAY
from tests.processes.test_drills import drill

pytestmark = pytest.mark.django_db


@contextmanager
def without_guards():
    """As somebody who owns the database can: the log's guards are off for a moment."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Checks that wait for the commit would keep the guards from being put back.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for guard in guards.registered(connection.vendor):
            if guard.table.startswith("people_audit"):
                for statement in guards.drop_statements(guard, connection.vendor):
                    cursor.execute(statement, None)
        yield cursor
    guards.install(connection)


def tamper(statement: str, *parameters) -> None:
    with without_guards() as cursor:
        cursor.execute(statement, parameters or None)


@pytest.fixture
def three_links(system):
    """Links over two, one and two entries; their entries."""
    entries = []
    for n, subjects in enumerate((("a", "b"), ("c",), ("d", "e"))):
        entries += [audit.record(f"act{n}", by=system, subject=s, after=n) for s in subjects]
        seal()
    return entries


def links() -> list[AuditSeal]:
    return list(AuditSeal.objects.order_by("pk"))


def altered(link: AuditSeal, entries: str) -> str:
    return f"link {link.pk}: it, one of the entries {entries} or a link before was altered"


def spans(*entries: AuditEntry) -> str:
    return ", ".join(
        str(first) if first == last else f"{first}-{last}"
        for first, last in as_ranges(entry.pk for entry in entries)
    )


def test_an_untouched_log_is_in_order(three_links):
    assert verify() == ChainReport(5, 3, links()[-1].sha256, [])


def test_an_empty_log_is_in_order(db):
    assert verify() == ChainReport(0, 0, "", [])


@pytest.mark.parametrize(
    "change",
    ["action = 'x'", "subject = 'x'", "why = 'x'", "after = '7'", "before = '7'",
     "at = '2026-01-01 00:00:00+00:00'"],
)  # fmt: skip
def test_an_edited_entry_is_found(three_links, change):
    tamper(f"UPDATE people_auditentry SET {change} WHERE id = {three_links[2].pk}")
    assert verify().faults == [altered(links()[1], spans(three_links[2]))]


def test_another_author_is_found(three_links, ann):
    tamper(f"UPDATE people_auditentry SET by_id = {ann.pk} WHERE id = {three_links[2].pk}")
    assert verify().faults == [altered(links()[1], spans(three_links[2]))]


def test_a_deleted_entry_is_found(three_links):
    tamper(f"DELETE FROM people_auditentry WHERE id = {three_links[1].pk}")
    assert verify().faults == [f"link {links()[0].pk}: entries {three_links[1].pk} are gone"]


def insert(pk: int, system) -> None:
    tamper(
        "INSERT INTO people_auditentry (id, at, by_id, action, subject, why)"
        " VALUES (%s, %s, %s, 'forged', 'x', '')",
        pk, timezone.now(), system.pk,
    )  # fmt: skip


def test_an_entry_in_place_of_another_is_found(three_links, system):
    taken = three_links[1].pk
    tamper(f"DELETE FROM people_auditentry WHERE id = {taken}")
    insert(taken, system)
    assert verify().faults == [altered(links()[0], spans(*three_links[:2]))]


def test_an_entry_under_an_id_that_was_given_up_is_found(system, monkeypatch):
    first = audit.record("act", by=system, subject="x")
    AuditEntry.objects.bulk_create(
        [AuditEntry(pk=first.pk + 5, by=system, action="act", subject="y")]
    )
    seal()
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    AuditEntry.objects.bulk_create(
        [AuditEntry(pk=first.pk + 6, by=system, action="act", subject="z")]
    )
    seal()
    insert(first.pk + 2, system)
    assert verify().faults == [f"entries {first.pk + 2} are covered by no link"]


def test_swapped_links_are_found(three_links):
    one, two, _three = links()
    tamper(f"UPDATE people_auditseal SET sha256 = 'x' WHERE id = {one.pk}")
    tamper(f"UPDATE people_auditseal SET sha256 = '{one.sha256}' WHERE id = {two.pk}")
    tamper(f"UPDATE people_auditseal SET sha256 = '{two.sha256}' WHERE id = {one.pk}")
    assert verify().faults == [
        altered(one, spans(*three_links[:2])),
        altered(two, spans(three_links[2])),
        altered(links()[2], spans(*three_links[3:])),
    ]


@pytest.mark.parametrize(
    "column, value, fault",
    [
        ("gaps", '[[1, null, ""]]', altered),
        ("ranges", "7", lambda link, _entries: f"link {link.pk}: it can't be read"),
    ],
)
def test_a_link_that_covers_something_else_is_found(three_links, column, value, fault):
    link = links()[0]
    tamper(f"UPDATE people_auditseal SET {column} = '{value}' WHERE id = {link.pk}")
    assert fault(link, spans(*three_links[:2])) in verify().faults


def test_a_link_taken_out_is_found(three_links):
    taken = links()[1]
    tamper(f"DELETE FROM people_auditseal WHERE id = {taken.pk}")
    assert verify().faults == [
        altered(links()[1], spans(*three_links[3:])),
        f"entries {three_links[2].pk} are covered by no link",
    ]


def cut_off(entries: list[AuditEntry]) -> None:
    tamper(f"DELETE FROM people_auditseal WHERE id = {links()[-1].pk}")
    for entry in entries:
        tamper(f"DELETE FROM people_auditentry WHERE id = {entry.pk}")


def test_a_cut_off_end_shows_only_against_a_witness(three_links):
    head = verify().head
    cut_off(three_links[3:])
    assert verify().faults == []
    assert verify(witness=head).faults == [
        f"{head} is in no link: links were removed, or the chain was made anew"
    ]


def test_a_witness_stays_good_while_the_chain_grows(three_links, system):
    head = verify().head
    audit.record("more", by=system, subject="x")
    report = verify(witness=head)
    assert (report.faults, report.links) == ([], 4)
    assert report.head != head


# Sealing


def test_an_entry_is_sealed_right_after_the_commit(system, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        for subject in "abc":
            audit.record("act", by=system, subject=subject)
    assert len(callbacks) == 1
    [link] = links()
    assert link.ranges == as_ranges(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def test_entries_recorded_after_an_inner_rollback_are_still_sealed(
    system, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ValueError), transaction.atomic():
            audit.record("lost", by=system, subject="x")
            raise ValueError
        audit.record("kept", by=system, subject="x")
    assert len(links()) == 1


def test_an_entry_left_unsealed_is_sealed_next_time(system):
    audit.record("a process died here", by=system, subject="x")
    assert not links()
    audit.record("the next one", by=system, subject="x")
    assert seal().ranges == as_ranges(
        AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert seal() is None


def test_a_late_entry_comes_into_a_later_link_and_nothing_is_sealed_twice(system):
    first = audit.record("act", by=system, subject="x").pk
    for batch in ([first + 2, first + 3], [first + 1], [first + 4]):
        AuditEntry.objects.bulk_create(
            AuditEntry(pk=pk, by=system, action="act", subject="x") for pk in batch
        )
        seal()
    found = [link.ranges for link in links()]
    assert found == [
        [[first, first], [first + 2, first + 3]], [[first + 1] * 2], [[first + 4] * 2],
    ]  # fmt: skip
    assert verify().faults == []


def test_missing_spans_and_ranges_mirror_each_other():
    assert missing(1, 9, [2, 3, 7]) == [[1, 1], [4, 6], [8, 9]]
    assert missing(1, 3, [1, 2, 3]) == []
    assert missing(4, 4, []) == [[4, 4]]
    assert as_ranges([2, 3, 7]) == [[2, 3], [7, 7]]


def test_failing_to_log_fails_the_change(root, ann, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(AuditEntry.objects, "bulk_create", broken)
    with pytest.raises(RuntimeError, match="disk is full"), transaction.atomic():
        change_roles(ann, {("editor", None)}, from_date=MONDAY, reason="helps", by=root)
    assert not ann.role_assignments.exists()


@pytest.mark.django_db(transaction=True)
def test_failing_to_seal_does_not_fail_the_change(system, monkeypatch):
    def broken():
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(audit_chain, "_one_at_a_time", broken)
        with transaction.atomic():
            audit.record("act", by=system, subject="x")
    assert (AuditEntry.objects.count(), links()) == (1, [])
    assert verify().faults == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_commits_late_with_a_lower_id_is_sealed_later(system):
    holds, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            audit.record("slow", by=system, subject="x")
            holds.set()
            may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    holds.wait(20)
    quick = audit.record("quick", by=system, subject="x")
    assert [link.ranges for link in links()] == [[[quick.pk, quick.pk]]]
    # Under way is not a fault.
    assert verify().faults == []
    may_commit.set()
    thread.join()
    late = AuditEntry.objects.get(action="slow")
    assert late.pk < quick.pk
    assert [link.ranges for link in links()][1] == [[late.pk, late.pk]]
    assert verify().faults == []


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_eight_processes_seal_one_chain(system):
    assert drill("log_at_once") == {"entries": 200, "faults": [], "sealed": 200}


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_loggers_killed_on_the_way_leave_nothing_unsealed(system):
    seen = drill("kill_loggers")
    assert seen["killed"] >= 30
    assert (seen["faults"], seen["unsealed"]) == ([], 0)


# Personal values


def test_values_about_a_person_are_stored_encrypted_and_read_back(system, ann):
    entry = audit.record(
        "rename", by=system, subject="x", before={"name": "Ann"}, after={"name": "Anna"},
        why="married", person=ann.employee,
    )  # fmt: skip
    entry.refresh_from_db()
    stored = json.dumps([entry.before, entry.after, entry.why])
    assert "Ann" not in stored and "married" not in stored
    [shown] = audit.opened([entry])
    assert (shown.before, shown.after, shown.why, shown.erased) == (
        {"name": "Ann"}, {"name": "Anna"}, "married", False,
    )  # fmt: skip


def test_after_the_key_is_gone_nobody_reads_and_the_chain_is_whole(system, ann):
    entry = audit.record("rename", by=system, subject="x", after="Anna", why="married",
                         person=ann.employee)  # fmt: skip
    seal()
    audit.destroy_key(ann.employee)
    [shown] = audit.opened(AuditEntry.objects.filter(pk=entry.pk))
    assert (shown.before, shown.after, shown.why, shown.erased) == (None, None, "", True)
    assert verify().faults == []


def test_of_an_erased_person_only_the_fact_of_a_change_is_kept(system, ann):
    PersonKey.objects.create(employee=ann.employee, key="x")
    audit.destroy_key(ann.employee)
    entry = audit.record("rename", by=system, subject="x", before="Ann", after="Anna", why="why",
                         person=ann.employee)  # fmt: skip
    assert (entry.before, entry.after, entry.why) == (None, None, "")
    assert PersonKey.objects.get().key == ""


def test_what_looks_encrypted_but_was_typed_is_shown_as_typed(system):
    entry = audit.record("act", by=system, subject="x", after={"encrypted": "no"},
                         why="encrypted:no")  # fmt: skip
    [shown] = audit.opened([entry])
    assert (shown.after, shown.why) == ({"encrypted": "no"}, "encrypted:no")


# The command


def check(*words) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("audit_check", *words, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def test_the_command_prints_entries_links_and_head(three_links):
    head = links()[-1].sha256
    assert check() == (0, f"5 entries under 3 links: in order\nhead: {head}\n")
    code, said = check("--format", "json")
    assert (code, json.loads(said)) == (
        0, {"ok": True, "entries": 5, "links": 3, "head": head, "faults": []},
    )  # fmt: skip


def test_the_command_ends_with_1_and_names_what_is_wrong(three_links):
    head = links()[-1].sha256
    tamper(f"DELETE FROM people_auditentry WHERE id = {three_links[1].pk}")
    code, said = check("--format", "json")
    assert (code, json.loads(said)["ok"]) == (1, False)
    gone = f"link {links()[0].pk}: entries {three_links[1].pk} are gone"
    assert check() == (1, f"- {gone}\n4 entries under 3 links: 1 faults\nhead: {head}\n")


def test_the_command_takes_a_witness(three_links):
    head = links()[-1].sha256
    assert check("--witness", head.upper())[0] == 0
    cut_off(three_links[3:])
    assert check("--witness", head)[0] == 1
    with pytest.raises(CommandError) as refused:
        check("--witness", "abc")
    assert refused.value.returncode == 2


def test_run_due_seals_what_was_left(system):
    audit.record("a process died here", by=system, subject="x")
    call_command("run_due", stdout=StringIO())
    assert len(links()) == 1


def test_a_long_log_is_read_once_and_never_held_in_memory(system, django_assert_max_num_queries):
    """AUDIT_ENTRIES=100000 measures it at full size."""
    size = int(os.environ.get("AUDIT_ENTRIES", "5000"))
    for start in range(0, size, size // 20):
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(by=system, action="act", subject=f"x:{n}", after={"value": n})
                for n in range(start, start + size // 20)
            ],
            batch_size=2000,
        )
        seal()
    begin = time.perf_counter()
    with django_assert_max_num_queries(12):
        report = verify()
    seconds = time.perf_counter() - begin
    tracemalloc.start()
    verify()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{report.entries} entries verified in {seconds:.1f} s, {peak / 2**20:.1f} MiB at most")
    assert (report.entries, report.links, report.faults) == (size, 20, [])
    assert peak < 16 * 2**20
    assert User.objects.count() == 1
