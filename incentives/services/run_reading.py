"""A bonus run as executives, finance and auditors read it: how far it is, departments, spreads.

Nobody's share can be told from a group: one of fewer than five people is shown among "others".
Sums of money stand by department alone: five of a department's six are all its clerks, and the sum
of the clerks taken from that of the department would be what the sixth gets.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from incentives.models import BonusRun, BonusShare, LeadProposal, Pool
from incentives.rules import BASIS, half_up
from incentives.services.reading import balances_by_year
from incentives.services.splitting import Sharing
from incentives.services.statements import salary_minor
from incentives.services.years import NoSuchYear, is_closed, year_named
from people.models import AuditEntry, Department, User
from people.money import money

State = BonusRun.State
FEWEST = 5
"""People in a group that is shown by itself."""
MOST_GROUPS = 40
TENURES = ((1, "0"), (3, "1–2"), (6, "3–5"), (11, "6–10"), (None, "11+"))
"""Whole years since the hiring: below the first number of each band."""


@dataclass(frozen=True)
class Step:
    """One of a run's states on its way; `by` and `at` once it is reached."""

    name: str | Promise
    by: User | None
    at: datetime | None
    reached: bool
    now: bool


def steps(run: BonusRun) -> list[Step]:
    """From draft to paid; how far a void run came, too."""
    reached = {
        State.DRAFT: (run.made_by, run.made_at),
        State.PROPOSED: (run.proposed_by, run.proposed_at),
        State.APPROVED: (run.approved_by, run.approved_at),
        State.PAID: (None, run.paid_at),
    }
    return [
        Step(state.label, by, at, reached=at is not None, now=run.state == state)
        for state, (by, at) in reached.items()
    ]


@dataclass(frozen=True)
class Range:
    """Mean, least and most in basis points, rounded half-up."""

    mean_bp: int
    least_bp: int
    most_bp: int


def range_of(basis_points: Sequence[int]) -> Range | None:
    """None for fewer than are shown: the one who is alone would be told from it."""
    if len(basis_points) < FEWEST:
        return None
    mean = half_up(sum(basis_points), len(basis_points))
    return Range(mean, min(basis_points), max(basis_points))


@dataclass(frozen=True)
class Member:
    """One share, as groups need it; `of_salary_bp` is None where there is no salary."""

    department: str
    job_title: str
    years: int
    full_time: bool
    share_minor: int
    of_salary_bp: int | None
    factor_bp: int | None
    is_capped: bool


@dataclass(frozen=True)
class Group:
    """At least five people. `of_salary` is the share in basis points of the yearly salary,
    `factors` are the manager's."""

    name: str
    people: int
    share_minor: int
    capped: int
    of_salary: Range | None
    factors: Range | None


def members(shares: QuerySet[BonusShare], *, on: date) -> list[Member]:
    """Everybody of these shares, in one query; years of tenure as of a day."""
    rows = shares.order_by().values_list(
        "department__name", "employee__job_title", "employee__hired_on", "share_minor",
        "cap_minor", "factor_bp", "working",
    )  # fmt: skip
    return [
        Member(
            department, title, full_years(hired_on, on), working["spans"][-1][4] == BASIS, share,
            of_salary_bp(share, working), factor, share == cap > 0,
        )
        for department, title, hired_on, share, cap, factor, working in rows.iterator(2000)
    ]  # fmt: skip


def of_salary_bp(share_minor: int, working: dict) -> int | None:
    """A share in basis points of the salary that the cap is a share of."""
    salary = salary_minor(working)
    return half_up(share_minor * BASIS, salary) if salary else None


def full_years(first: date, day: date) -> int:
    """Whole years from one day to another; 0 for one to come."""
    return max(day.year - first.year - ((day.month, day.day) < (first.month, first.day)), 0)


def grouped(people: Iterable[Member], name_of: Callable[[Member], str]) -> list[Group]:
    """By name, the largest forty; groups too small for that are together in the last one.

    Were the last one too small itself, what is missing would tell: the next smallest joins it.
    Empty when all together are too few.
    """
    by_name: dict[str, list[Member]] = defaultdict(list)
    for member in people:
        by_name[name_of(member)].append(member)
    by_size = sorted(by_name.items(), key=lambda item: (-len(item[1]), item[0]))
    shown = [(name, its) for name, its in by_size if len(its) >= FEWEST][:MOST_GROUPS]
    others = [member for _name, its in by_size[len(shown) :] for member in its]
    while shown and 0 < len(others) < FEWEST:
        others += shown.pop()[1]
    found = [_group(name, its) for name, its in sorted(shown, key=lambda item: item[0])]
    return [*found, _group(_("others"), others)] if len(others) >= FEWEST else found


def _group(name: str, its: list[Member]) -> Group:
    return Group(
        name, len(its), sum(member.share_minor for member in its),
        sum(member.is_capped for member in its),
        range_of([m.of_salary_bp for m in its if m.of_salary_bp is not None]),
        range_of([m.factor_bp for m in its if m.factor_bp is not None]),
    )  # fmt: skip


@dataclass(frozen=True)
class Spread:
    """The same people, grouped by one thing."""

    title: str
    groups: list[Group]


def spreads(people: Sequence[Member]) -> list[Spread]:
    """By job title, by tenure, by part-time or full-time; without those that show nothing."""
    untitled, full_time, part_time = _("no job title"), _("full-time"), _("part-time")
    found = [
        Spread(_("By job title"), grouped(people, lambda m: m.job_title or untitled)),
        Spread(_("By years in the company"), in_order_of_tenure(people)),
        Spread(
            _("By working time"),
            grouped(people, lambda m: full_time if m.full_time else part_time),
        ),
    ]
    return [spread for spread in found if spread.groups]


def in_order_of_tenure(people: Sequence[Member]) -> list[Group]:
    order = [name for _below, name in TENURES]
    groups = grouped(people, lambda m: tenure(m.years))
    return sorted(groups, key=lambda g: order.index(g.name) if g.name in order else len(order))


def tenure(years: int) -> str:
    """The band that whole years fall into."""
    return next(name for below, name in TENURES if below is None or years < below)


@dataclass(frozen=True)
class LeadsWord:
    """Which departments' leads stand by the shares of a draft, and which have not said so."""

    given: list[LeadProposal]
    awaited: list[Department]

    @property
    def departments(self) -> int:
        return len(self.given) + len(self.awaited)


def leads_word(run: BonusRun) -> LeadsWord:
    given = list(
        run.lead_proposals.select_related("department", "made_by__employee").order_by(
            "department__name"
        )
    )
    said = {proposal.department_id for proposal in given}
    having = Department.objects.filter(pk__in=run.shares.order_by().values("department"))
    return LeadsWord(given, list(having.exclude(pk__in=said).order_by("name")))


def what_it_shares(sharing: Sharing) -> list[str]:
    """What a draft would hold, in lines for the one who decides."""
    currency = sharing.pool.currency
    unpaid = sum(not share.working["salary_days"] for share in sharing.shares)
    lines = [
        _("%(money)s lie in the pool, from %(days)s hit days.")
        % {"money": money(sharing.balance_minor, currency), "days": len(sharing.days)},
        _("%(money)s are shared among %(people)s people.")
        % {"money": money(sharing.shared_minor, currency), "people": len(sharing.shares)},
        _("%(money)s carry over into the next year.")
        % {"money": money(sharing.carried_minor, currency)},
        _("%(people)s people are at their cap.") % {"people": sharing.capped},
    ]
    if unpaid:
        text = _("%(people)s people have no salary on record and get nothing: ask HR first.")
        lines.append(text % {"people": unpaid})
    return [*lines, _("Nothing is paid: a draft can be computed again or dropped.")]


@dataclass(frozen=True)
class YearToShare:
    """A pool's year with money in it, in minor units, and without a run."""

    pool: Pool
    year: int
    balance_minor: int
    is_over: bool

    @property
    def name(self) -> str:
        return f"{self.pool.code}:{self.year}"


def years_to_share(*, today: date) -> list[YearToShare]:
    """Of all pools; the newest first, without those that are closed."""
    balances = balances_by_year()
    taken = set(BonusRun.objects.live().values_list("pool", "year"))
    return [
        YearToShare(pool, int(year), minor, is_over=today > last)
        for pool in Pool.objects.order_by("code")
        for year, minor in balances.get(pool.code, [])
        if minor > 0
        if (pool.pk, int(year)) not in taken
        if (last := _last_day(int(year))) and not is_closed(pool, int(year))
    ]


def _last_day(year: int) -> date | None:
    try:
        return year_named(year).last
    except NoSuchYear:
        return None


def what_becomes_void(run: BonusRun) -> list[str]:
    """What taking a run back does, in lines for the one who decides."""
    lines = [_("The bonus of %(year)s is void for good; the year can be shared out anew.")]
    if run.state == State.APPROVED:
        lines += [
            _("%(money)s go back from the payout account to the pool."),
            _("%(people)s people are told that their statement does not hold any more."),
        ]
    handed_out = AuditEntry.objects.filter(
        action="export_payroll", subject=f"bonus:{run.pool}:{run.year}:{run.pk}"
    )
    if handed_out.exists():
        lines.append(
            _("Payroll has a file of it: tell them first, so that nobody is paid by it and again"
              " by the next.")
        )  # fmt: skip
    facts = {
        "year": run.year, "money": money(run.shared_minor, run.currency), "people": run.employees,
    }  # fmt: skip
    return [line % facts for line in lines]
