"""Whose bonus a correction of a final day changes, and by how much. Looking writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from incentives.models import BonusRun, Pool
from incentives.services.bonus_policies import terms_for
from incentives.services.bonus_runs import factors_of
from incentives.services.eligibility import BonusRefused
from incentives.services.restating import Correction, preview, while_corrected
from incentives.services.splitting import share_out
from incentives.services.years import fiscal_year, open_year, year_named
from people.models import Employee, User
from people.services.rule_changes import hold_rules

LISTED = 100
SMALLEST_RANGE = 5
"""Of fewer people the greatest gain is not shown to those who see no persons."""


@dataclass(frozen=True)
class PersonEffect:
    """One person's share before and after, in minor units."""

    employee_id: int
    number: str
    name: str
    before_minor: int
    after_minor: int

    @property
    def change_minor(self) -> int:
        return self.after_minor - self.before_minor


@dataclass(frozen=True)
class PoolEffect:
    """What a correction changes in the year of a pool in which its money moves; `people` are those
    whose share changes, the greatest change first. Where that year's bonus is `decided` nobody's
    does: the difference goes on with what is left of the year. `refusal`: why it can't be told."""

    pool: Pool
    year: int
    difference_minor: int
    of_later_year: bool
    decided: bool
    people: list[PersonEffect]
    refusal: str = ""

    @property
    def gaining(self) -> list[PersonEffect]:
        return [each for each in self.people if each.change_minor > 0]

    @property
    def losing(self) -> list[PersonEffect]:
        return [each for each in self.people if each.change_minor < 0]

    @property
    def first_people(self) -> list[PersonEffect]:
        return self.people[:LISTED]

    @property
    def more_people(self) -> int:
        return max(len(self.people) - LISTED, 0)

    @property
    def gain_minor(self) -> int:
        return sum(each.change_minor for each in self.gaining)

    @property
    def loss_minor(self) -> int:
        return -sum(each.change_minor for each in self.losing)

    @property
    def largest_gain_minor(self) -> int:
        return max((each.change_minor for each in self.gaining), default=0)

    @property
    def largest_loss_minor(self) -> int:
        return -min((each.change_minor for each in self.losing), default=0)

    @property
    def shows_range(self) -> bool:
        return len(self.people) >= SMALLEST_RANGE

    def as_json(self) -> dict[str, Any]:
        return {
            "pool": self.pool.code, "year": self.year, "currency": self.pool.currency,
            "difference_minor": self.difference_minor, "decided": self.decided,
            "changed": len(self.people), "gain_minor": self.gain_minor,
            "loss_minor": self.loss_minor, "largest_gain_minor": self.largest_gain_minor,
            "largest_loss_minor": self.largest_loss_minor, "refusal": self.refusal,
        }  # fmt: skip


@dataclass(frozen=True)
class _Touched:
    """A pool's year whose shares a correction touches, with its live run."""

    pool: Pool
    year: int
    difference_minor: int
    of_later_year: bool
    run: BonusRun | None

    @property
    def decided(self) -> bool:
        return self.run is not None and self.run.is_decided()


_Shares = dict[int, int] | str
"""Minor units by employee, or why there are none."""


@transaction.atomic
def effects_on_people(correction: Correction, *, by: User, now: datetime) -> list[PoolEffect]:
    """One a pool whose money moves, or whose department factors do. Raises RestateRefused."""
    hold_rules()
    touched = _touched(correction, preview(correction, by=by))
    if not touched:
        return []
    before = [_shares(each, now=now) for each in touched]
    _looked, after = while_corrected(
        correction, by=by, ask=lambda: [_shares(each, now=now) for each in touched]
    )
    return [_effect(*each) for each in zip(touched, before, after, strict=True)]


def _touched(correction: Correction, looked: dict[str, Any]) -> list[_Touched]:
    """Only these are shared out: a big company's other pools stay as they are."""
    found = []
    pools = {pool.code: pool for pool in Pool.objects.all()}
    own_year = fiscal_year(correction.day).name
    for change in looked["verdicts"]:
        pool = pools.get(change["pool"])
        if pool is None:
            continue
        year = open_year(pool, correction.day)
        moved = change["after"]["contribution_minor"] - change["before"]["contribution_minor"]
        if moved or (year == own_year and terms_for(pool, year_named(year)).department_factor):
            run = BonusRun.objects.live().filter(pool=pool, year=year).first()
            found.append(_Touched(pool, year, moved, year != own_year, run))
    return found


def _shares(touched: _Touched, *, now: datetime) -> _Shares:
    if touched.decided:
        return {}
    factors = factors_of(touched.run) if touched.run else {}
    try:
        sharing = share_out(
            touched.pool, touched.year, as_of=timezone.localdate(now), factors=factors
        )
    except BonusRefused as refused:
        return str(refused)
    return {share.employee_id: share.share_minor for share in sharing.shares}


def _effect(touched: _Touched, before: _Shares, after: _Shares) -> PoolEffect:
    refusal = next((each for each in (before, after) if isinstance(each, str)), "")
    people: list[PersonEffect] = []
    if not isinstance(before, str) and not isinstance(after, str):
        people = _people(before, after)
    return PoolEffect(
        touched.pool, touched.year, touched.difference_minor, touched.of_later_year,
        touched.decided, people, refusal,
    )  # fmt: skip


def _people(before: dict[int, int], after: dict[int, int]) -> list[PersonEffect]:
    changed = {pk for pk in before.keys() | after.keys() if before.get(pk, 0) != after.get(pk, 0)}
    if not changed:
        return []
    staff = Employee.objects.values_list("pk", "number", "name").order_by("number")
    found = [
        PersonEffect(pk, number, name, before.get(pk, 0), after.get(pk, 0))
        for pk, number, name in staff.iterator(chunk_size=5000)
        if pk in changed
    ]
    return sorted(found, key=lambda each: -abs(each.change_minor))


def in_total(effects: list[PoolEffect]) -> dict[str, Any]:
    """How many people, and the sums in minor units; these None where pools have two currencies."""
    one_currency = len({effect.pool.currency for effect in effects}) <= 1
    gain, loss = sum(e.gain_minor for e in effects), sum(e.loss_minor for e in effects)
    return {
        "changed": len({each.employee_id for effect in effects for each in effect.people}),
        "gain_minor": gain if one_currency else None,
        "loss_minor": loss if one_currency else None,
        "pools": [effect.as_json() for effect in effects],
    }
