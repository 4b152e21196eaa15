"""The replay file of a bonus run: everything that recomputes the split, and nobody's name.

JSON lines: the run, its hit days, its departments, then a person a line in order of their codes,
and a last line with the digest of all before. The same run gives the same bytes, whoever asks.
`docs/replay/replay.py` reads it; docs/bonus.md describes it.
"""

import hashlib
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from incentives.models import BonusRun, BonusShare
from incentives.rules import bonus
from incentives.services.bonus_runs import factors_of
from incentives.services.eligibility import BonusRefused
from people.models import User
from people.services import audit

FORMAT = "ninetyfive-replay-1"
PORTION = 2000
TERMS = (
    "cap_bp", "cap_basis", "department_factor", "manager_factor", "manager_band_bp", "leavers",
    "excluded_leave",
)  # fmt: skip
State = BonusRun.State
REPLAYED = (State.PROPOSED, State.APPROVED, State.PAID, State.VOID)


def why_no_replay(run: BonusRun) -> str:
    """Why a run has no replay file; "" when it has one. A draft's codes live only until it is
    computed anew, so that nobody could compare two files."""
    if run.state in REPLAYED:
        return ""
    return _("The replay file is there as soon as the run is proposed; this one is: %(state)s.") % {
        "state": run.get_state_display()
    }


def hand_out_replay(run: BonusRun, *, by: User) -> Iterator[str]:
    """The file's lines for somebody, which the log remembers. Raises BonusRefused."""
    refusal = why_no_replay(run)
    if refusal:
        raise BonusRefused(refusal)
    audit.record(
        "hand_out_replay", by=by, subject=f"bonus:{run.pool}:{run.year}:{run.pk}",
        after={"sha256": run.content_sha256},
    )  # fmt: skip
    return replay_lines(run)


def replay_lines(run: BonusRun) -> Iterator[str]:
    """The file, line by line, each with its newline; holds some 100 bytes a person in memory.

    Raises BonusRefused in the end, before the last line, when the run was computed anew meanwhile.
    """
    digest, count = hashlib.sha256(), 0
    for row in _content(run):
        line = _line(row)
        digest.update(line.encode())
        count += 1
        yield line
    yield _line({"end": {"lines": count, "sha256": digest.hexdigest()}})


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _content(run: BonusRun) -> Iterator[dict[str, Any]]:
    yield _run(run)
    for day in run.days:
        yield {"day": day["date"], **{name: day[name] for name in DAY}}
    seen = _overview(run)
    for pk, factor_bp in seen.factors_bp.items():
        yield {"number": seen.departments[pk], "department_bp": factor_bp}
    typed = factors_of(run) if run.policy["manager_factor"] else {}
    count = 0
    for place, share in enumerate(_shares(run)):
        yield _person(share, seen, typed.get(share.employee_id), seen.ranks.get(place))
        count += 1
    now = BonusRun.objects.get(pk=run.pk)
    if (count, now.content_sha256, now.made_at) != (run.employees, run.content_sha256, run.made_at):
        raise BonusRefused(_("The run was computed anew meanwhile; ask for the file again."))


DAY = ("version", "contribution_minor", "base", "rate")


def _run(run: BonusRun) -> dict[str, Any]:
    return {
        "format": FORMAT, "pool": run.pool.code, "currency": run.currency, "year": run.year,
        "first": str(run.first), "last": str(run.last), "through": str(run.through),
        "policy": {name: run.policy[name] for name in TERMS},
        "balance_minor": run.balance_minor, "shared_minor": run.shared_minor,
        "carried_minor": run.carried_minor, "people": run.employees,
        "run_sha256": run.content_sha256,
    }  # fmt: skip


def _shares(run: BonusRun) -> Iterator[BonusShare]:
    """By code: the order says nothing about anybody."""
    return run.shares.order_by("code").iterator(chunk_size=PORTION)


@dataclass(frozen=True)
class _Overview:
    """What must be known before the first person is written: numbers for departments where factors
    need them, their factors, and by place in the file the ranks of those among whom the employee
    number decided about one minor unit."""

    departments: dict[int, int]
    factors_bp: dict[int, int]
    ranks: dict[int, int]


def _overview(run: BonusRun) -> _Overview:
    departments: dict[int, int] = {}
    factors_bp: dict[int, int] = {}
    weights: list[int] = []
    caps, positions = array("q"), array("q")
    needed = run.policy["department_factor"] or run.policy["manager_factor"]
    for share in _shares(run):
        weights.append(share.working["weight"])
        caps.append(share.cap_minor)
        positions.append(share.position)
        if needed:
            for span in share.working["spans"]:
                departments.setdefault(span[2], len(departments) + 1)
        for pk, factor_bp in share.working.get("department_bp", {}).items():
            factors_bp[int(pk)] = factor_bp
    tied = bonus.decided_by_number(run.balance_minor, weights, caps)
    by_number = sorted(tied, key=positions.__getitem__)
    return _Overview(
        departments, factors_bp, {place: rank for rank, place in enumerate(by_number, 1)}
    )


def _person(
    share: BonusShare, seen: _Overview, typed: int | None, rank: int | None
) -> dict[str, Any]:
    working = share.working
    spans = [
        [first, last, annual_minor, fte_bp, seen.departments.get(department)]
        for first, last, department, annual_minor, fte_bp in working["spans"]
    ]
    row = {
        "person": share.code, "spans": spans, "salary_days": working["salary_days"],
        "days": working["days"], "year_end": working["year_end"],
        "other_pools_minor": working["other_pools_minor"], "factor_bp": typed, "rank": rank,
        "hit_days": share.hit_days, "earned": working["earned"], "weight": working["weight"],
        "cap_minor": share.cap_minor, "share_minor": share.share_minor,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}
