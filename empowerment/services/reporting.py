"""What the money kept: figures of a span of days in one currency, in total and cut one way.

Each cut is two statements over all cases of the span, in the order of two indexes that hold all
they read. A customer counts once, with the last case of theirs of which something is known.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from empowerment.models import Case, MonthlyBudget, Outcome, Remedy
from empowerment.rules.outcomes import ASKED_AFTER
from people.models import Role, User
from people.permissions import led_departments, roles_of
from people.small_groups import kept_back

MONTHS = 12


@dataclass(frozen=True)
class Period:
    """Whole months, from the first day of one to the last day of one."""

    first: date
    last: date

    def months(self) -> list[date]:
        """The first day of each."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return [months_later(self.first, n) for n in range(count)]


def months_later(month: date, count: int) -> date:
    """The first of a month so many months later, or before."""
    year, place = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, place + 1, 1)


def last_months(today: date, *, count: int = MONTHS) -> Period:
    """The last whole months before the one of `today`."""
    this = today.replace(day=1)
    return Period(months_later(this, -count), this - timedelta(days=1))


@dataclass(frozen=True)
class Figures:
    """Sums of cases that were approved and not cancelled; amounts are net, in minor units. `asked`
    are those of which 30 days have passed, `unknown` those of them whose outcome is not known;
    `kept` are customers."""

    cases: int = 0
    at_once: int = 0
    net_minor: int = 0
    asked: int = 0
    unknown: int = 0
    kept: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(a + b for a, b in zip(_parts(self), _parts(other), strict=True)))

    @property
    def average_minor(self) -> int | None:
        return _ratio(self.net_minor, self.cases)

    @property
    def per_kept_minor(self) -> int | None:
        return _ratio(self.net_minor, self.kept)

    @property
    def at_once_bp(self) -> int | None:
        return _ratio(10_000 * self.at_once, self.cases)

    @property
    def asked_bp(self) -> int | None:
        return _ratio(10_000 * self.asked, self.cases)

    @property
    def unknown_bp(self) -> int | None:
        return _ratio(10_000 * self.unknown, self.asked)


def _parts(figures: Figures) -> list[int]:
    return [figures.cases, figures.at_once, figures.net_minor, figures.asked, figures.unknown,
            figures.kept]  # fmt: skip


def _ratio(amount: int, count: int) -> int | None:
    """Rounded half up; None for nothing to divide by."""
    return (2 * amount + count) // (2 * count) if count else None


REMEDIES = [remedy.value for remedy in Remedy]
CUTS = ("month", "remedy", "moment", "department")


@dataclass(frozen=True)
class Asked:
    """What is to be counted: a span, a currency, and departments (None: all)."""

    period: Period
    currency: str
    departments: frozenset[int] | None
    today: date


def figures_by(cut: str, asked: Asked) -> dict[Any, Figures]:
    """By month (its first day), remedy, moment id or department id."""
    found: dict[Any, Figures] = defaultdict(Figures)
    for key, figures in _sums(cut, asked):
        found[key] += figures
    for key, kept in _kept(cut, asked):
        found[key] += Figures(kept=kept)
    return dict(found)


def _sums(cut: str, asked: Asked) -> Iterator[tuple[Any, Figures]]:
    column = "spent_on" if cut == "month" else cut
    old_enough = Q(spent_on__lte=asked.today - timedelta(days=ASKED_AFTER[0]))
    rows = _cases(asked).order_by().values_list(column).annotate(
        cases=Count("pk"), at_once=Count("pk", filter=Q(decided_by=None)),
        net=Sum(F("amount_minor") - F("returned_minor")), asked=Count("pk", filter=old_enough),
        unknown=Count("pk", filter=old_enough & Q(outcome=Outcome.UNKNOWN)),
    )  # fmt: skip
    for key, *sums in rows:
        yield key.replace(day=1) if cut == "month" else key, Figures(*sums)


def _cases(asked: Asked) -> QuerySet[Case]:
    found = Case.objects.filter(
        state=Case.State.APPROVED, spent_on__range=(asked.period.first, asked.period.last),
        currency=asked.currency,
    )  # fmt: skip
    if asked.departments is not None:
        found = found.filter(department__in=asked.departments)
    return found


# The last known case of each customer, its key and whether it was kept, in one whole number:
# DISTINCT, a window or a second look at the row took several times as long.
_KEPT = """
SELECT (last / 2) %% 1048576 AS cut, COUNT(*) FROM (
  SELECT MAX(id * 2097152 + ({key}) * 2 + CASE WHEN outcome = 'stayed' THEN 1 ELSE 0 END) AS last
  FROM empowerment_case
  WHERE outcome IN ('stayed', 'left') AND state = 'approved' AND spent_on BETWEEN %s AND %s{where}
  GROUP BY customer_id
) AS latest WHERE last %% 2 = 1 GROUP BY cut
"""


def _kept(cut: str, asked: Asked) -> Iterator[tuple[Any, int]]:
    """By key, how many customers stayed by the last answer about them."""
    key, names, given = _as_number(cut, asked.period)
    where = " AND currency = %s"
    more: list[Any] = [asked.currency]
    if asked.departments is not None:
        places = ", ".join(["%s"] * len(asked.departments)) or "NULL"
        where, more = f"{where} AND department_id IN ({places})", [*more, *asked.departments]
    with connection.cursor() as cursor:
        cursor.execute(
            _KEPT.format(key=key, where=where),
            [*given, asked.period.first, asked.period.last, *more],
        )
        for number, count in cursor.fetchall():
            yield names[number] if names else number, count


def _as_number(cut: str, period: Period) -> tuple[str, list[Any], list[Any]]:
    """SQL for a key below 2^20, what its numbers stand for if not for themselves, parameters."""
    if cut == "month":
        months = period.months()
        later = "".join(f" WHEN spent_on < %s THEN {n}" for n in range(len(months)))
        return f"CASE{later} END", months, [months_later(month, 1) for month in months]
    if cut == "remedy":
        whens = "".join(f" WHEN %s THEN {n}" for n in range(len(REMEDIES)))
        return f"CASE remedy{whens} END", REMEDIES, REMEDIES
    return f"{cut}_id", [], []


@dataclass(frozen=True)
class ReportReader:
    """Who looks: at which departments (None: all), and in which of them they see cases anyway
    (None: in all)."""

    departments: frozenset[int] | None
    sees_cases: frozenset[int] | None = field(default_factory=frozenset)


def report_reader(user: User, *, on: date) -> ReportReader:
    roles = roles_of(user)
    if roles & {Role.FINANCE, Role.AUDITOR}:
        return ReportReader(None, None)
    led = frozenset(led_departments(user, on=on))
    return ReportReader(None if roles & {Role.HR, Role.EXECUTIVE} else led, led)


@dataclass(frozen=True)
class Cut:
    """Figures by key, those that are kept back as None, and in total, None when it is kept back."""

    by_key: dict[Any, Figures | None]
    total: Figures | None


def cut_for(reader: ReportReader, cut: str, asked: Asked) -> Cut:
    """Figures as somebody may read them: where fewer than five people spent, only those who see
    their cases anyway read what they spent, and nobody else can work it out."""
    found = figures_by(cut, asked)
    total = sum(found.values(), start=Figures())
    hidden = _hidden(reader, asked)
    if cut == "department":
        shown: dict[Any, Figures | None] = {
            key: None if key in hidden else figures for key, figures in found.items()
        }
        return Cut(shown, None if TOTAL in hidden else total)
    if TOTAL in hidden:
        return Cut(dict.fromkeys(found), None)
    return Cut(dict(found), total)


def known_customers(asked: Asked) -> int:
    """Of how many customers something is known: they stayed or left."""
    known = _cases(asked).filter(outcome__in=(Outcome.STAYED, Outcome.LEFT)).order_by()
    return known.aggregate(n=Count("customer", distinct=True))["n"]


TOTAL = 0
"""The whole company among the ids of departments."""


def _hidden(reader: ReportReader, asked: Asked) -> set[int]:
    if reader.sees_cases is None or reader.departments is not None:
        return set()
    spenders = {
        department: 0 if department in reader.sees_cases else count
        for department, count in spenders_by_department(asked).items()
    }
    sizes = {**spenders, TOTAL: sum(spenders.values())}
    return kept_back(sizes, [(TOTAL, list(spenders))])


def spenders_by_department(asked: Asked) -> dict[int, int]:
    """How many people spent something; each pair is told by the index alone and counted here."""
    pairs = _cases(asked).order_by().values_list("department", "employee").distinct()
    return dict(Counter(department for department, _employee in pairs))


def currencies() -> list[str]:
    """In which money is spent here, the one of most budgets first."""
    counted = MonthlyBudget.objects.order_by().values_list("currency").annotate(n=Count("pk"))
    return [currency for currency, _n in sorted(counted, key=lambda each: (-each[1], each[0]))]
