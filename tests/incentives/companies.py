"""Companies made for one test: people with dated facts, and days that have paid."""

from datetime import date

from incentives.models import DayVerdict, Pool
from incentives.rules import Status
from ledger.services.posting import open_account, post
from people.models import Department, Employee, Membership, Salary, User

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def make_employee(
    number: str, department: Department, *, annual_minor: int = 3_000_000, hired=YEAR[0], left=None,
    fte_bp: int = 10_000, currency: str = "GBP", **more,
) -> Employee:  # fmt: skip
    """Somebody with one membership and one salary from the first day on."""
    employee = Employee.objects.create(
        number=number, name=number.title(), hired_on=hired, left_on=left, **more
    )
    Membership.objects.create(
        employee=employee, department=department, from_date=hired, until_date=left, fte_bp=fte_bp
    )
    if annual_minor:
        Salary.objects.create(
            employee=employee, from_date=hired, annual_minor=annual_minor, currency=currency
        )
    return employee


def pay_day(pool: Pool, day: date, amount_minor: int, *, by: User, version: int = 1) -> DayVerdict:
    """A final hit day as closing would have left it, with its money."""
    verdict = DayVerdict.objects.create(
        pool=pool, date=day, version=version, status=Status.FINAL, threshold_bp=9500, mode="share",
        unreported="missed", due=1, met=1, counted=1, met_weight=1, counted_weight=1, needed=1,
        hit=True, contribution_minor=amount_minor, currency=pool.currency,
        contribution_kind="fixed", contribution_amount=amount_minor, is_company=False, made_by=by,
        reason="" if version == 1 else "corrected",
    )  # fmt: skip
    add_money(pool, day, amount_minor, key=f"pool:{pool.code}:{day}:v{version}", by=by)
    return verdict


def add_money(pool: Pool, day: date, amount_minor: int, *, key: str, by: User) -> None:
    """Into the account of the pool's year; out of it when the amount is negative."""
    accounts = [
        open_account("company:bonus-expense", currency=pool.currency),
        open_account(pool.account_code(day.year), currency=pool.currency),
    ]
    source, target = accounts if amount_minor > 0 else reversed(accounts)
    post(
        key=key, from_account=source, to_account=target, amount_minor=abs(amount_minor),
        why="test", by=by, earned_day=day,
    )  # fmt: skip
