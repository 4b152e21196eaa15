"""Sharing a pool's year out among 100,000 people after 250 hit days.

Floor: plain Python doing the bare split over weights that lie ready (caps in rounds, then largest
remainder, ties by number), and nothing else. Product: earning of all days by all spans, and the
split. Reading the people from the database, and the whole of it, are measured apart.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection

from benchmarks.closing import analyse
from benchmarks.emptying import empty
from benchmarks.timing import peak_mib, timed
from incentives.models import DayVerdict, Pool
from incentives.rules import Status
from incentives.rules.bonus import RATE_SCALE, earn, split
from incentives.services.bonus_policies import Terms
from incentives.services.eligibility import eligible_people
from incentives.services.pools import set_pool_policy
from incentives.services.splitting import share_out
from incentives.services.years import year_named
from ledger.services.posting import open_account, post
from people.models import Department, Employee, Membership, Salary, User
from people.rules import BEGINNING

PEOPLE, HIT_DAYS, ROUNDS = 100_000, 250, 5
FIRST, NOW = date(2025, 1, 1), date(2026, 1, 5)
CONTRIBUTION_MINOR = 400_000_000


def split_bonus(report: Callable) -> None:
    """Half of the people spend part of the year elsewhere: 150,000 spans."""
    chance = random.Random(95)
    contributions = dict.fromkeys(chance.sample(range(365), HIT_DAYS), CONTRIBUTION_MINOR)
    spans, caps = [], []
    for who in range(PEOPLE):
        salary = chance.randrange(2_000_000, 12_000_000)
        moved = chance.randrange(1, 364) if who % 2 else 364
        parts = [(who, 0, moved, salary * 10_000), (who, moved + 1, 364, salary * 8_000)]
        spans += parts[: 1 + who % 2]
        # One in ten is capped, in several rounds.
        caps.append(salary * (chance.randrange(5, 18) if who % 10 == 0 else 30) // 100)
    numbers = [f"E{who:06}" for who in range(PEOPLE)]
    earned = _weights(earn(contributions, spans, length=365).by_span, spans)
    # In whole minor units: small numbers, which whoever writes it plainly would have.
    ready = [weight // RATE_SCALE for weight in earned]
    balance = sum(contributions.values())

    def product() -> None:
        weights = _weights(earn(contributions, spans, length=365).by_span, spans)
        split(balance, weights, caps, numbers)

    if split(balance, ready, caps, numbers).shares != bare_split(balance, ready, caps, numbers):
        raise RuntimeError("floor and product differ")
    turns = [(timed(lambda: bare_split(balance, ready, caps, numbers)), timed(product))
             for _turn in range(ROUNDS)]  # fmt: skip
    report(
        f"earn and split, {PEOPLE:,} people, {HIT_DAYS} hit days",
        floor=[bare for bare, _full in turns], product=[full for _bare, full in turns],
        goal="goal 3",
    )  # fmt: skip


def _weights(by_span: list[int], spans: list[tuple]) -> list[int]:
    weights = [0] * PEOPLE
    for amount, span in zip(by_span, spans, strict=True):
        weights[span[0]] += amount
    return weights


def bare_split(balance: int, weights: list[int], caps: list[int], numbers: list[str]) -> list[int]:
    """What everybody would write first."""
    shares = [0] * len(weights)
    left, waiting = balance, list(range(len(weights)))
    while waiting:
        total = sum(weights[who] for who in waiting)
        over = {who for who in waiting if left * weights[who] >= caps[who] * total}
        if not over:
            break
        for who in over:
            shares[who] = caps[who]
        left -= sum(caps[who] for who in over)
        waiting = [who for who in waiting if who not in over]
    remainders = []
    for who in waiting:
        shares[who], remainder = divmod(left * weights[who], total)
        remainders.append((-remainder, numbers[who], who))
    remainders.sort()
    for _remainder, _number, who in remainders[: left - sum(shares[who] for who in waiting)]:
        shares[who] += 1
    return shares


PLAIN = """SELECT e.id, e.number, m.department_id, m.from_date, m.until_date, m.fte_bp, s.from_date,
    s.annual_minor FROM people_employee e JOIN people_membership m ON m.employee_id = e.id
    JOIN people_salary s ON s.employee_id = e.id ORDER BY e.id, m.from_date"""


def read_people(report: Callable) -> None:
    """Floor: one SQL statement that fetches the same rows joined, without cutting them to spans."""
    empty()
    pool = _company()
    year = year_named(FIRST.year)
    read = lambda: eligible_people(pool, year, Terms(), as_of=NOW)  # noqa: E731
    turns = [(timed(_plain), timed(read)) for _turn in range(3)]
    floor = [bare for bare, _full in turns]
    report(f"who earns, read for {PEOPLE:,} people", floor=floor,
           product=[full for _bare, full in turns], goal="no goal, beside the split")  # fmt: skip
    whole = [timed(lambda: share_out(pool, FIRST.year, as_of=NOW)) for _turn in range(3)]
    report(f"share_out whole for {PEOPLE:,} people", floor=floor, product=whole, goal="no goal")
    words = ("bonus_run", str(FIRST.year), "--pool", "bonus", "--dry-run")
    print(f"  peak memory of the whole process {peak_mib(*words):.0f} MiB")
    empty()


def _plain() -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        cursor.fetchall()


def _company() -> Pool:
    chance, by = random.Random(95), User.objects.system()
    departments = Department.objects.bulk_create(
        [Department(code=f"D{n}", name=f"Department {n}") for n in range(500)]
    )
    people = Employee.objects.bulk_create(
        [Employee(number=f"E{n:06}", name="N", hired_on=BEGINNING) for n in range(PEOPLE)],
        batch_size=2000,
    )
    Membership.objects.bulk_create(
        [
            Membership(employee=who, department=chance.choice(departments), from_date=BEGINNING)
            for who in people
        ],
        batch_size=2000,
    )
    Salary.objects.bulk_create(
        [
            Salary(employee=who, from_date=BEGINNING, currency="GBP",
                   annual_minor=chance.randrange(2_000_000, 12_000_000))
            for who in people
        ],
        batch_size=2000,
    )  # fmt: skip
    pool = set_pool_policy(
        "bonus", from_date=FIRST, currency="GBP", contribution_kind="fixed",
        contribution_amount=CONTRIBUTION_MINOR, headline=True, by=by,
    ).pool  # fmt: skip
    _pay(pool, by)
    analyse()
    return pool


def _pay(pool: Pool, by: User) -> None:
    """All hit days, and their money in one transfer."""
    DayVerdict.objects.bulk_create(
        [
            DayVerdict(
                pool=pool, date=FIRST + timedelta(days=n), status=Status.FINAL, threshold_bp=9500,
                mode="share", unreported="missed", due=1, met=1, counted=1, met_weight=1,
                counted_weight=1, needed=1, hit=True, contribution_minor=CONTRIBUTION_MINOR,
                currency="GBP", contribution_kind="fixed",
                contribution_amount=CONTRIBUTION_MINOR, is_company=False, made_by=by,
            )
            for n in range(HIT_DAYS)
        ]
    )  # fmt: skip
    post(
        key="bench", from_account=open_account("company:bonus-expense", currency="GBP"),
        to_account=open_account(pool.account_code(FIRST.year), currency="GBP"),
        amount_minor=HIT_DAYS * CONTRIBUTION_MINOR, why="benchmark", by=by,
    )  # fmt: skip
