"""The demo company: real daily figures of sixteen carriers, a real roster, made-up employment.

Each carrier is a department; punctual arrival and delay at departure are what keeps its
passengers. The figures are those of 2013, moved by whole weeks so that yesterday has some; later
days are fed in as they come. Names belong to real people who never worked here.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"
LAST_REAL_DAY = date(2013, 12, 31)
FIRST_REAL_DAY = date(2013, 1, 1)
SITE = "NYC"
METRICS = {
    "on_time_pct": ("Arrived on time", "percent", "at_least", "0", "100"),
    "mean_dep_delay_min": ("Delay at departure", "minutes", "at_most", "-120", "1440"),
}
LABEL = "demo: real figures of 2013, moved by {weeks} weeks"


def shift_weeks(yesterday: date) -> int:
    """Whole weeks by which 2013 moves so that its last day is yesterday or up to six days later."""
    return -(-(yesterday - LAST_REAL_DAY).days // 7)


def fiscal_year_start(yesterday: date) -> str:
    """As the policy wants it: two months before, so that one year is over and one is running."""
    return f"{(yesterday.month - 3) % 12 + 1:02}-01"


@dataclass(frozen=True)
class Login:
    """A demo account: who it is, what it may do."""

    name: str
    role: str
    says: str


LOGINS = [
    Login("ann", "", "an employee of American Airlines"),
    Login("bob", "lead", "leads American Airlines: enters yesterday's figures"),
    Login("dee", "hr", "HR: imports, targets, excuses, corrections"),
    Login("fay", "finance", "finance: pools, approves corrections"),
    Login("eve", "executive", "executive: approves corrections"),
    Login("kim", "editor", "editor: headlines and announcements in /cms/"),
    Login("max", "auditor", "auditor: reads all, changes nothing"),
    Login("root", "administrator", "administrator"),
]
PASSWORD = "ninetyfive"
PIN = "274951"
"""Of the first login, for a shared device."""


def _rows(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _file(header: str, rows: list[list]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue().encode()


def sites_file() -> bytes:
    header = "code,name,time_zone,country,subdivision,working_days"
    return _file(header, [[SITE, "New York", "America/New_York", "", "", "Mon-Sun"]])


def departments_file() -> bytes:
    rows = [[row["unit"], row["unit_name"], "", SITE] for row in _rows("airlines/units.csv")]
    return _file("code,name,parent,site", rows)


def targets_file(start: date, reason: str, ruleset: str = "p25") -> bytes:
    """The targets of one set (median, p25 or p10), from a day on."""
    header = (
        "department,metric,metric_name,unit,direction,decimals,value,weight,effective_from,"
        "effective_until,reason,plausible_min,plausible_max"
    )
    rows = []
    for row in _rows("airlines/targets.csv"):
        name, unit, direction, low, high = METRICS[row["metric"]]
        rows.append(
            [row["unit"], row["metric"], name, unit, direction, 2, row[f"target_{ruleset}"], 1,
             start, "", reason, low, high]
        )  # fmt: skip
    return _file(header, rows)


def results_file(*, weeks: int, after: date | None, through: date) -> bytes:
    """Figures moved by some weeks, of the days after one and up to another."""
    moved = timedelta(weeks=weeks)
    rows = []
    for row in _rows("airlines/daily.csv"):
        day = date.fromisoformat(row["date"]) + moved
        if row["value"] and day <= through and (after is None or day > after):
            rows.append([day, row["unit"], row["metric"], row["value"]])
    return _file("date,department,metric,value", rows)


def _role(login: Login | None, department: str) -> str:
    if login is None:
        return ""
    return f"lead:{department}" if login.role == "lead" else login.role


def employees_file(*, hired_shift: timedelta) -> bytes:
    """A few hundred real posts over the departments, the demo logins among them."""
    units = [row["unit"] for row in _rows("airlines/units.csv")]
    names = [row["full_name"] for row in _rows("names/nobel-laureates.csv")]
    header = "number,name,email,department,job_title,hired_on,annual_salary,currency,fte,roles"
    rows = []
    for place, post in enumerate(_rows("roster/posts.csv")):
        login = LOGINS[place] if place < len(LOGINS) else None
        department = "AA" if login else units[place % len(units)]
        rows.append(
            [
                f"E{place + 1:04}",
                f"{names[place]} ({login.name.capitalize()})" if login else names[place],
                f"{login.name}@demo.example" if login else "",
                department,
                post["job_title"].title(),
                date.fromisoformat(post["hire_date"]) + hired_shift,
                Decimal(post["annual_salary"]),
                "USD",
                "1",
                _role(login, department),
            ]
        )  # fmt: skip
    return _file(header, rows)
