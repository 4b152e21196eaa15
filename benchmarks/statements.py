"""Statements of a bonus run, from its rows in the database to complete files.

Floor: reportlab's platypus with a page of similar content in a font that every reader has, so that
nothing is embedded: paragraphs, a table, a line of 250 points, twelve bars. Rates are per second of
processor time, as the machine may have other work.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import connection
from reportlab.graphics.shapes import Drawing, PolyLine, Rect
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from benchmarks.closing import analyse
from benchmarks.emptying import empty
from benchmarks.timing import peak_mib, product_environment
from incentives.models import BonusRun, BonusShare, Pool, StatementBatch
from incentives.rules.bonus import RATE_SCALE
from incentives.services.bonus_policies import Terms
from incentives.services.statement_batches import TAKEN_FOR, start
from incentives.services.statement_files import write_statements
from incentives.tasks import enqueue_statements
from people.models import Department, Employee, User

ROUNDS, PEOPLE = 5, 200
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
APPROVED_AT = datetime(2027, 1, 29, 12, tzinfo=UTC)
NAMES = ("Ann Example", "Łukasz Żółć", "Zoë Müller", "王小明", "Priya Nair", "Νίκος", "שלום כהן")
SALARY, FTE = 3_000_000, 10_000


def approved_run(people: int) -> BonusRun:
    """250 hit days, everybody eligible on each; one in seven names needs letters of its own."""
    by, other = User.objects.system(), User.objects.create_user(username="other")
    pool = Pool.objects.create(code="bonus", currency="GBP")
    department = Department.objects.create(code="CLAIMS", name="Claims")
    base = people * SALARY * FTE
    days = [
        {
            "date": str(FIRST + timedelta(days=number * 365 // 250)),
            "version": 2 if number % 90 == 89 else 1,
            "contribution_minor": 100 * people, "base": base,
            "rate": 100 * people * RATE_SCALE // base,
        }
        for number in range(250)
    ]  # fmt: skip
    run = BonusRun.objects.create(
        pool=pool, year=2026, state="approved", first=FIRST, last=LAST, through=LAST,
        policy=Terms().as_json(), days=days, balance_minor=25_000 * people,
        shared_minor=25_000 * people, carried_minor=0, employees=people, capped=0,
        content_sha256="0" * 64, made_by=by, made_at=APPROVED_AT, proposed_by=by,
        proposed_at=APPROVED_AT, approved_by=other, approved_at=APPROVED_AT,
    )  # fmt: skip
    staff = Employee.objects.bulk_create(
        [
            Employee(
                number=f"E{number:06}", name=f"{NAMES[number % len(NAMES)]} {number}",
                job_title="Adjuster", hired_on=FIRST, language=("en", "zh-hans")[number % 5 == 0],
            )
            for number in range(people)
        ],
        batch_size=2000,
    )  # fmt: skip
    BonusShare.objects.bulk_create(
        [
            BonusShare(
                run=run, employee=employee, department=department, position=number, hit_days=250,
                earned_minor=25_000, cap_minor=600_000, share_minor=25_000, factor_bp=10_000,
                code=f"{number:08X}",
                working={
                    "spans": [[str(FIRST), str(LAST), department.pk, SALARY, FTE]],
                    "salary_days": 365 * SALARY * FTE, "days": 365, "year_end": SALARY * FTE,
                    "other_pools_minor": 0,
                    "mean_department_bp": 10_000,
                },
            )
            for number, employee in enumerate(staff)
        ],
        batch_size=2000,
    )  # fmt: skip
    analyse()
    return run


STYLES = getSampleStyleSheet()


def platypus(number: int) -> bytes:
    out = BytesIO()
    drawing = Drawing(500, 120)
    drawing.add(PolyLine([c for n in range(250) for c in (n, n * number % 7 + n / 3)]))
    for month in range(12):
        drawing.add(Rect(260 + month * 20, 0, 14, 60 + month))
    SimpleDocTemplate(out, pagesize=A4).build(
        [
            Paragraph("Brought to you by the customer", STYLES["Title"]),
            Paragraph(f"Person {number}", STYLES["Heading2"]),
            Paragraph(f"Employee number E{number}, Claims, Adjuster", STYLES["Normal"]),
            Paragraph(f"Your share: GBP {number}.00", STYLES["Heading1"]),
            drawing,
            Spacer(1, 12),
            Table([[f"Step {row}", "why and from what it came about", number] for row in range(7)]),
            Paragraph("Questions? Ask Fay, until 28 February 2027.", STYLES["Normal"]),
        ]
    )
    return out.getvalue()


def processor_seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def make_statements(report: Callable) -> None:
    empty()
    run, by = approved_run(PEOPLE), User.objects.system()
    folder = Path(tempfile.mkdtemp())
    write_statements(run, folder, by=by)
    floor, product = [], []
    for _turn in range(ROUNDS):
        floor.append(processor_seconds(lambda: [platypus(n) for n in range(PEOPLE)]))
        product.append(processor_seconds(lambda: write_statements(run, folder, by=by)))
    rates = [f"{PEOPLE / min(times):.0f}" for times in (floor, product)]
    goal = f"{rates[1]} a second, platypus {rates[0]}; goal 350"
    report(f"{PEOPLE} statements and their bundle", floor=floor, product=product, goal=goal)
    sizes = [path.stat().st_size for path in folder.glob("E*.pdf")]
    bundle = (folder / "bundle.pdf").stat().st_size
    print(f"  {sum(sizes) / len(sizes) / 1000:.1f} kB a file, {bundle / PEOPLE / 1000:.1f} in it")
    shutil.rmtree(folder)
    for people in (500, 5000):
        empty()
        peak = _peak_of(approved_run(people))
        print(f"  peak memory of the whole process for {people} people {peak:.0f} MiB; goal: flat")
    empty()


def _peak_of(run: BonusRun) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return peak_mib("bonus_statements", str(run.pk), "--output", folder)


def share_statements_among_workers(report: Callable) -> None:
    """One worker, and then three; PostgreSQL only."""
    if connection.vendor != "postgresql":
        print("statements by several workers: PostgreSQL only")
        return
    empty()
    run = approved_run(3000)
    one, three = [], []
    for _turn in range(3):
        one.append(_seconds(run, workers=1))
        three.append(_seconds(run, workers=3))
    gain = sum(one) / sum(three)
    report("3,000 statements, one worker against three", floor=one, product=three,
           goal=f"three are {gain:.2f} times one; goal 1.6 on two cores")  # fmt: skip
    empty()


def _seconds(run: BonusRun, *, workers: int) -> float:
    """From the first portion taken to the bundle's end."""
    with tempfile.TemporaryDirectory() as folder:
        settings.STATEMENTS_ROOT = folder
        batch = start(run, by=User.objects.system(), now=datetime.now(UTC))
        enqueue_statements(batch)
        command = [
            sys.executable,
            "manage.py",
            "db_worker",
            "--batch",
            "--no-startup-delay",
            "--no-reload",
        ]
        told = product_environment() | {"STATEMENTS_ROOT": folder}
        begun = [
            subprocess.Popen(command, env=told, stderr=subprocess.DEVNULL) for _ in range(workers)
        ]
        for worker in begun:
            worker.wait()
        batch = StatementBatch.objects.get(pk=batch.pk)
        first = batch.portions.order_by("taken_until").first().taken_until - TAKEN_FOR
        return (batch.finished_at - first).total_seconds()
