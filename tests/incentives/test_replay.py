"""The replay file: a stranger's script recomputes any run from it to the penny, and finds any
penny, day, span or cap that was tampered with. Nobody is named in it."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from incentives.models import BonusAdjustment, BonusRun
from incentives.services.bonus_policies import Terms, set_bonus_policy
from incentives.services.bonus_runs import approve, draft, propose
from incentives.services.eligibility import BonusRefused
from incentives.services.estimates import estimate
from incentives.services.replaying import hand_out_replay, replay_lines
from incentives.services.splitting import stored_sha256
from people.models import AuditEntry, Department, Leave, Membership, Salary
from tests.conftest import make_department
from tests.incentives.companies import YEAR, add_money, make_employee, pay_day
from tests.incentives.test_closing import make_pool

pytestmark = pytest.mark.django_db

SCRIPT = settings.ROOT / "docs" / "replay" / "replay.py"
NEW_YEAR = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)
DAYS = [date(2026, month, day) for month in range(1, 13) for day in (2, 16)]


@pytest.fixture
def company(claims, billing, system):
    """A joiner, leavers of both kinds, a move, a raise, part-time, unpaid leave, and twins."""
    make_employee("plain", claims)
    mover = make_employee("mover", claims, annual_minor=4_100_000)
    mover.memberships.update(until_date=date(2026, 6, 30))
    Membership.objects.create(
        employee=mover, department=billing, from_date=date(2026, 7, 1), fte_bp=6_000
    )
    raised = make_employee("raised", billing, hired=date(2019, 4, 1))
    Salary.objects.create(
        employee=raised, from_date=date(2026, 9, 15), annual_minor=3_333_333, currency="GBP"
    )
    away = make_employee("away", claims, annual_minor=2_900_001)
    Leave.objects.create(
        employee=away, kind="unpaid", from_date=date(2026, 3, 1), until_date=date(2026, 5, 2)
    )
    make_employee("joiner", billing, hired=date(2026, 11, 2), annual_minor=5_000_000)
    for number, good in (("kept", True), ("lost", False)):
        make_employee(number, claims, left=date(2026, 8, 1), good_leaver=good)
    for number in ("twin3", "twin1", "twin2"):
        make_employee(number, billing, annual_minor=2_500_000)


@pytest.fixture
def pool(company, system):
    pool = make_pool(system)
    for place, day in enumerate(DAYS):
        pay_day(pool, day, 10_007 + place, by=system)
    return pool


def adjusted(run: BonusRun, number: str, factor_bp: int, by) -> None:
    BonusAdjustment.objects.create(
        run=run, employee=run.shares.get(employee__number=number).employee, factor_bp=factor_bp,
        reason="helped the others", made_by=by, made_at=NEW_YEAR,
    )  # fmt: skip


def proposed(pool, by) -> BonusRun:
    return propose(draft(pool, 2026, by=by, now=NEW_YEAR), by=by, now=NEW_YEAR)


def replay(lines, folder: Path, *words: str) -> subprocess.CompletedProcess:
    path = folder / "replay.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    # -I: nothing of the product, nor of its packages, is in reach.
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(path), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def agrees(run: BonusRun, folder: Path) -> bool:
    done = replay(replay_lines(run), folder)
    assert done.stderr == ""
    return done.returncode == 0 and done.stdout.endswith("\nagrees to the penny\n")


def test_a_year_of_joiners_leavers_and_leave_agrees(pool, fay, tmp_path):
    run = proposed(pool, fay)
    assert run.shares.count() == 10  # Fay too, and not the one who left and is no good leaver
    assert run.shared_minor == sum(10_007 + place for place in range(len(DAYS)))
    assert agrees(run, tmp_path)


def test_all_factors_together_agree(pool, fay, system, tmp_path, monkeypatch):
    from incentives.services import splitting

    departments = dict(Department.objects.values_list("code", "pk"))
    factors = {departments["CLAIMS"]: 9_481, departments["BILLING"]: 8_702}
    monkeypatch.setattr(splitting, "department_factors", lambda pool, span: (factors, 9_000))
    set_bonus_policy(
        pool, Terms(department_factor=True, manager_factor=True), from_date=YEAR[0],
        reason="test", by=system,
    )  # fmt: skip
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    adjusted(run, "raised", 11_500, fay)
    adjusted(run, "twin2", 9_200, fay)
    adjusted(run, "away", 8_000, fay)
    run = proposed(pool, fay)
    assert run.shares.exclude(factor_bp=None).count() == 10
    lines = list(replay_lines(run))
    assert sorted(row["department_bp"] for row in parsed(lines) if "number" in row) == [8702, 9481]
    assert agrees(run, tmp_path)


@pytest.mark.parametrize("basis", ["mean", "year_end"])
def test_caps_and_what_carries_over_agree(pool, fay, system, basis, tmp_path):
    for cap_bp, carries in ((75, False), (40, True)):
        set_bonus_policy(
            pool, Terms(cap_bp=cap_bp, cap_basis=basis, leavers="all"), from_date=YEAR[0],
            reason="test", by=system,
        )  # fmt: skip
        add_money(pool, DAYS[0], 2_000 - 10 * cap_bp, key=f"carried-{cap_bp}", by=system)
        run = draft(pool, 2026, by=fay, now=NEW_YEAR)
        assert run.capped > 0
        assert (run.carried_minor > 0, run.capped == run.employees) == (carries, carries)
        assert agrees(run, tmp_path)


def test_a_balance_below_nothing_carries_over_and_agrees(pool, fay, system, tmp_path):
    add_money(pool, DAYS[0], -300_000, key="prior", by=system)
    run = proposed(pool, fay)
    assert (run.shared_minor, run.carried_minor) == (0, run.balance_minor)
    assert run.balance_minor < 0
    assert agrees(run, tmp_path)


def test_a_second_pool_with_a_scope_leaves_less_of_the_cap(
    pool, claims, fay, eve, system, tmp_path
):
    set_bonus_policy(pool, Terms(cap_bp=95), from_date=YEAR[0], reason="test", by=system)
    first = proposed(pool, fay)
    approve(first, seen_sha256=first.content_sha256, by=eve, now=NEW_YEAR)
    other = make_pool(system, code="claims-only", scope=claims)
    for day in DAYS[::3]:
        pay_day(other, day, 9_999, by=system)
    set_bonus_policy(other, Terms(cap_bp=120), from_date=YEAR[0], reason="test", by=system)
    run = proposed(other, fay)
    people = [row for row in parsed(replay_lines(run)) if "person" in row]
    assert all(person["other_pools_minor"] > 0 for person in people)
    assert len(people) == 4  # Plain, Away, Kept and Mover, for the half year in Claims
    assert agrees(run, tmp_path)


def test_a_corrected_day_and_one_with_nobody_there_agree(pool, fay, system, tmp_path):
    pay_day(pool, DAYS[3], 77, by=system, version=2)
    assert agrees(proposed(pool, fay), tmp_path)


# Ties


@pytest.fixture
def triplets(claims, system):
    """Three with the same salary share 1.00: somebody gets 0.34."""
    for number in ("E3", "E1", "E2"):
        make_employee(number, claims)
    pool = make_pool(system)
    pay_day(pool, DAYS[0], 100, by=system)
    return pool


def test_ties_are_repeated_by_a_rank_among_those_who_tie(triplets, system, tmp_path):
    run = draft(triplets, 2026, by=system, now=NEW_YEAR)
    assert dict(run.shares.values_list("employee__number", "share_minor")) == {
        "E1": 34, "E2": 33, "E3": 33,
    }  # fmt: skip
    people = {row["person"]: row for row in parsed(replay_lines(run)) if "person" in row}
    ranks = {s.employee.number: people[s.code]["rank"] for s in run.shares.all()}
    assert ranks == {"E1": 1, "E2": 2, "E3": 3}
    assert agrees(run, tmp_path)


def test_ranks_are_given_to_nobody_else(triplets, claims, system, tmp_path):
    """Who has another remainder has no rank; nor has anybody when the tie decides nothing."""
    make_employee("E0", claims, annual_minor=1_000_000)
    run = draft(triplets, 2026, by=system, now=NEW_YEAR)
    people = {row["person"]: row for row in parsed(replay_lines(run)) if "person" in row}
    assert [people[s.code].get("rank") for s in run.shares.order_by("position")] == [None] * 4
    assert agrees(run, tmp_path)


# Tampering


def parsed(lines) -> list[dict]:
    return [json.loads(line) for line in lines]


def sealed_anew(rows: list[dict]) -> list[str]:
    """The file as a careful forger would leave it: its last line fits."""
    lines = [json.dumps(row, separators=(",", ":")) + "\n" for row in rows[:-1]]
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return [*lines, json.dumps({"end": {"lines": len(lines), "sha256": digest}}) + "\n"]


def the(rows: list[dict], kind: str, place: int = 0) -> dict:
    return [row for row in rows if kind in row][place]


TAMPERED = {
    "a penny": lambda rows: the(rows, "person").update(
        share_minor=the(rows, "person")["share_minor"] + 1
    ),
    "a penny moved": lambda rows: [
        the(rows, "person", place).update(
            share_minor=the(rows, "person", place)["share_minor"] + difference
        )
        for place, difference in ((0, 1), (1, -1))
    ],
    "a cap": lambda rows: the(rows, "person").update(
        cap_minor=the(rows, "person")["cap_minor"] - 1
    ),
    "a salary behind the cap": lambda rows: the(rows, "person").update(
        salary_days=the(rows, "person")["salary_days"] * 2
    ),
    "a contribution": lambda rows: the(rows, "day").update(
        contribution_minor=the(rows, "day")["contribution_minor"] + 1
    ),
    "a day's date": lambda rows: the(rows, "day", 7).update(day="2026-05-20"),
    "a day": lambda rows: rows.remove(the(rows, "day", 7)),
    "a span's end": lambda rows: the(rows, "person")["spans"][0].__setitem__(1, "2026-01-10"),
    "a salary": lambda rows: the(rows, "person")["spans"][0].__setitem__(2, 1_999_999),
    "a full-time share": lambda rows: the(rows, "person")["spans"][0].__setitem__(3, 1_999),
    "a person": lambda rows: rows.remove(the(rows, "person", 3)),
    "a person twice": lambda rows: rows.insert(-1, dict(the(rows, "person", 3))),
    "the balance": lambda rows: rows[0].update(balance_minor=rows[0]["balance_minor"] - 1),
    "what is carried": lambda rows: rows[0].update(carried_minor=rows[0]["carried_minor"] + 1),
    "the cap of all": lambda rows: rows[0]["policy"].update(cap_bp=1999),
    "a weight": lambda rows: the(rows, "person").update(weight=the(rows, "person")["weight"] + 1),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_tampered_with_is_found_even_when_the_digest_fits(what, pool, fay, tmp_path):
    rows = parsed(replay_lines(proposed(pool, fay)))
    TAMPERED[what](rows)
    done = replay(sealed_anew(rows), tmp_path)
    assert done.returncode == 1
    assert "agrees" not in done.stdout
    assert "differs in" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_byte_anywhere_does_not_fit_the_last_line(pool, fay, tmp_path):
    text = "".join(replay_lines(proposed(pool, fay)))
    for place in (5, len(text) // 2, len(text) - 200):
        broken = text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
        done = replay([broken], tmp_path)
        assert done.returncode == 1
        assert "as it was written" in done.stderr or "cut off or damaged" in done.stderr


@pytest.mark.parametrize("kept", [0, 1, 100, -1, -30, -200])
def test_a_cut_file_is_named_as_such(pool, fay, kept, tmp_path):
    text = "".join(replay_lines(proposed(pool, fay))).rstrip()
    done = replay([text[:kept] if kept else ""], tmp_path)
    assert done.returncode == 1
    assert "cut off or damaged" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "junk", ["[]\n", "7\n", '{"end":3}\n', "\x00\n", '{"end":{}}\n{"end":{}}\n']
)
def test_junk_is_no_replay_file(junk, tmp_path):
    done = replay([junk], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "can't be recomputed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "none")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "none can't be recomputed" in done.stderr


def test_one_person_sees_the_own_working(triplets, system, tmp_path):
    run = draft(triplets, 2026, by=system, now=NEW_YEAR)
    share = run.shares.get(employee__number="E1")
    done = replay(replay_lines(run), tmp_path, share.code.lower())
    assert done.stdout.splitlines() == [
        "bonus 2026: 100 among 3 people",
        "2026-01-02 100 x 30000000000 / 90000000000 = 33.333",
        "earned on 1 days: 33.333",
        "factor_bp: none",
        f"weight: {share.working['weight']}",
        "other_pools_minor: 0",
        "cap_minor: 600000",
        "share_minor: 34",
        "agrees to the penny",
    ]


def test_the_script_is_short_and_needs_nothing():
    text = SCRIPT.read_text(encoding="utf-8")
    imports = [line for line in text.splitlines() if line.startswith(("import", "from"))]
    assert len(text.splitlines()) <= 150
    assert imports == [
        "import hashlib", "import json", "import sys", "from fractions import Fraction",
        "from pathlib import Path",
    ]  # fmt: skip


# Who is in it, and who gets it


def test_nobody_is_named_and_the_order_says_nothing(pool, fay):
    run = proposed(pool, fay)
    text = "".join(replay_lines(run))
    for share in run.shares.select_related("employee", "department"):
        assert share.employee.number not in text
        assert share.employee.name not in text
    assert not any(code in text for code in Department.objects.values_list("code", flat=True))
    codes = [row["person"] for row in parsed(text.splitlines()) if "person" in row]
    assert codes == sorted(codes)
    assert {len(span) for row in parsed(text.splitlines()) for span in row.get("spans", [])} == {5}
    # No factor needs a department here, so that none is told apart.
    assert {span[4] for row in parsed(text.splitlines()) for span in row.get("spans", [])} == {None}


def test_what_was_checked_before_the_approval_is_what_is_paid(pool, fay, eve):
    run = proposed(pool, fay)
    before = list(replay_lines(run))
    run = approve(run, seen_sha256=run.content_sha256, by=eve, now=NEW_YEAR)
    assert list(replay_lines(run)) == before
    assert stored_sha256(run) == parsed(before)[0]["run_sha256"]


def test_drafts_and_estimates_have_no_replay_file(pool, fay):
    for run in (
        draft(pool, 2026, by=fay, now=NEW_YEAR),
        estimate(pool, 2026, by=fay, now=NEW_YEAR),
    ):
        with pytest.raises(BonusRefused, match="as soon as the run is proposed"):
            hand_out_replay(run, by=fay)
    assert not AuditEntry.objects.filter(action="hand_out_replay").exists()


def test_a_run_computed_anew_meanwhile_leaves_a_file_without_an_end(pool, fay):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    lines = replay_lines(run)
    next(lines)
    draft(pool, 2026, by=fay, now=NEW_YEAR.replace(hour=13))
    with pytest.raises(BonusRefused, match="computed anew"):
        list(lines)


def test_the_queries_do_not_grow_with_the_company(
    pool, fay, site, tmp_path, django_assert_max_num_queries
):
    for place in range(30):
        make_employee(f"more{place}", make_department(f"D{place}", site))
    run = proposed(pool, fay)
    with django_assert_max_num_queries(4):
        list(replay_lines(run))
    assert agrees(run, tmp_path)


# The page


@pytest.fixture
def run(pool, fay):
    return proposed(pool, fay)


def test_the_page_offers_file_and_script(run, client, max_auditor):
    client.force_login(max_auditor)
    page = client.get(reverse("bonus-replay", args=[run.pk])).content.decode()
    assert reverse("bonus-replay-file", args=[run.pk]) in page
    script = client.get(reverse("bonus-replay-script"))
    assert b"".join(script.streaming_content) == SCRIPT.read_bytes()
    assert script["Content-Disposition"] == 'attachment; filename="replay.py"'
    answer = client.post(reverse("bonus-replay-file", args=[run.pk]))
    assert b"".join(answer.streaming_content).decode() == "".join(replay_lines(run))
    assert "attachment" in answer["Content-Disposition"]
    entry = AuditEntry.objects.get(action="hand_out_replay")
    assert (entry.by, entry.subject) == (max_auditor, f"bonus:bonus:2026:{run.pk}")


def test_a_drafts_page_says_when_there_will_be_a_file(pool, client, fay):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    client.force_login(fay)
    page = client.get(reverse("bonus-replay", args=[run.pk]))
    assert "as soon as the run is proposed" in page.content.decode()
    answer = client.post(reverse("bonus-replay-file", args=[run.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("bonus-replay", args=[run.pk]), 302)]
    assert "as soon as the run is proposed" in answer.content.decode()


def test_nobody_else_gets_it(run, client, ann, bob, dee, eve, root):
    for user in (ann, bob, dee, eve, root):
        client.force_login(user)
        assert client.get(reverse("bonus-replay", args=[run.pk])).status_code == 403
        assert client.post(reverse("bonus-replay-file", args=[run.pk])).status_code == 403
        assert client.get(reverse("bonus-replay-script")).status_code == 403


def test_an_estimate_and_a_run_that_is_none_are_not_found(pool, client, fay):
    run = estimate(pool, 2026, by=fay, now=NEW_YEAR)
    client.force_login(fay)
    for pk in (run.pk, 999_999):
        assert client.get(reverse("bonus-replay", args=[pk])).status_code == 404
        assert client.post(reverse("bonus-replay-file", args=[pk])).status_code == 404


# The command


def test_the_command_writes_the_file(run, tmp_path):
    out, path = StringIO(), tmp_path / "out.jsonl"
    call_command("bonus_replay", str(run.pk), "--output", str(path), "--format", "json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "run": run.pk, "file": str(path), "bytes": path.stat().st_size,
    }  # fmt: skip
    assert path.read_text(encoding="utf-8") == "".join(replay_lines(run))
    assert list(tmp_path.iterdir()) == [path]


def test_the_command_refuses_what_is_not_there_yet_and_leaves_nothing(pool, fay, tmp_path):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    for words in ((str(run.pk), tmp_path / "x"), ("999999", tmp_path / "x"),
                  (str(run.pk), tmp_path / "no" / "x")):  # fmt: skip
        with pytest.raises(CommandError):
            call_command("bonus_replay", words[0], "--output", str(words[1]), stdout=StringIO())
    assert list(tmp_path.iterdir()) == []
