"""Empowerment money: decisions with all five limits checked and the money moved.

Seconds of processor time for one process (this one's and, where it runs on this machine, the
database's for it), and the rate by the clock of 16 processes at once, which also wait for the disk
and for each other. Floor: the bare statements that the same rows need, one transaction each.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from benchmarks.emptying import empty
from benchmarks.nominations import company, worked
from empowerment.models import Case, Limit, MomentOfTruth
from empowerment.rules.limits import Measure, Scope
from empowerment.services.spending import Spend, spend
from ledger.models import Transfer
from people.checks import leave_no_connection
from people.models import Employee, User

NOW = datetime(2026, 6, 3, 9, tzinfo=UTC)
PROCESSES, SECONDS = 16, 10
ROUNDS, A_ROUND = 5, 200
BARE = (
    "INSERT INTO empowerment_customer (folded, reference, last_case_at) VALUES (%(key)s, %(key)s,"
    " %(now)s)",
    "INSERT INTO ledger_transfer (from_account_id, to_account_id, amount_minor, currency, key,"
    " made_at, made_by_id, why) VALUES (%(own)s, %(spent)s, 1, 'GBP', %(key)s, %(now)s, %(by)s,"
    " 'case')",
    "INSERT INTO empowerment_case (key, employee_id, department_id, site_id, customer_id,"
    " moment_id, remedy, amount_minor, currency, reason, no_receipt, state, spent_on, entered_at,"
    " checks, returned_minor, outcome) VALUES (%(uuid)s, %(employee)s, %(department)s, %(site)s,"
    " %(customer)s, %(moment)s, 'refund', 1, 'GBP', '', '', 'approved', %(today)s, %(now)s, '[]',"
    " 0, 'unknown')",
    "UPDATE ledger_account SET balance_minor = balance_minor - 1 WHERE id = %(own)s",
)


def limits(by: User) -> None:
    amounts = {
        Measure.CASE: 15_000, Measure.CUSTOMER: 15_000, Measure.DAY: 10**9, Measure.MONTH: 10**10,
        Measure.DEPARTMENT: 10**12,
    }  # fmt: skip
    for measure, amount in amounts.items():
        Limit.objects.create(
            measure=measure, scope=Scope.EVERYBODY, amount_minor=amount, currency="GBP",
            days=30 if measure == Measure.CUSTOMER else None, from_date=date(2026, 1, 1),
            reason="benchmark", made_by=by, made_at=NOW,
        )  # fmt: skip


def decide_many(report: Callable) -> None:
    empty()
    staff = company()
    limits(User.objects.system())
    moment = MomentOfTruth.objects.create(code="delay", name="A delivery was late")
    _decide(staff, moment, len(staff))
    floor, product = [], []
    for _turn in range(ROUNDS):
        floor.append(worked(lambda: _bare(staff)))
        product.append(worked(lambda: _decide(staff, moment, A_ROUND)))
    rate = A_ROUND / sorted(product)[ROUNDS // 2]
    goal = f"{rate:.0f} a second of processor time"
    report(f"{A_ROUND} decisions", floor=floor, product=product, goal=goal)
    made = Case.objects.count()
    rate = _at_once(staff, moment)
    print(
        f"  {rate:.0f} decisions a second by the clock, {PROCESSES} processes for {SECONDS} s;"
        f" load {os.getloadavg()[0]:.1f}"
    )
    if Case.objects.count() - made < rate * SECONDS * 0.9:
        raise RuntimeError("not every decision is in the database")


def _decide(staff: list[Employee], moment: MomentOfTruth, times: int) -> None:
    for n in range(times):
        _one(staff[n % len(staff)], moment)


def _one(employee: Employee, moment: MomentOfTruth) -> None:
    key = uuid4()
    spend(Spend(key, f"C{key.hex[:12]}", moment, 1_000, "GBP"), by=employee.user, now=NOW)


def _bare(staff: list[Employee]) -> None:
    case = Case.objects.order_by("pk").first()
    own = Transfer.objects.get(key=f"empowerment:case:{case.key}")
    said = {
        "employee": case.employee_id, "department": case.department_id, "site": case.site_id,
        "moment": case.moment_id, "customer": case.customer_id, "own": own.from_account_id,
        "spent": own.to_account_id, "by": own.made_by_id, "now": NOW, "today": NOW.date(),
    }  # fmt: skip
    for _n in range(A_ROUND):
        key = uuid4()
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in BARE:
                cursor.execute(statement, said | {"key": key.hex, "uuid": _stored(key)})


def _stored(key: UUID) -> str:
    return key.hex if connection.vendor == "sqlite" else str(key)


def _at_once(staff: list[Employee], moment: MomentOfTruth) -> float:
    """Decisions a second that 16 processes make together."""
    leave_no_connection()
    fork = multiprocessing.get_context("fork")
    made = fork.Queue()
    each = len(staff) // PROCESSES
    workers = [
        fork.Process(target=_worker, args=(staff[n * each : (n + 1) * each], moment, made))
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    counts = [made.get() for _worker in workers]
    for worker in workers:
        worker.join()
    return sum(counts) / SECONDS


def _worker(staff: list[Employee], moment: MomentOfTruth, made) -> None:
    until, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        _one(staff[count % len(staff)], moment)
        count += 1
    made.put(count)
    connection.close()
