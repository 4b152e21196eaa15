"""What makes a case worth a look after the fact. A signal is a question with figures, and nothing
is taken back by it.

Amounts are whole minor units; days are those of the site. `fresh` are the cases of the day that is
looked at: a signal always names one of them, so that an old pattern does not come back by itself.
The thresholds were measured on honest companies: docs/empowerment-reviews.md.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, comb
from typing import TypeVar

AT_ONCE = timedelta(hours=24)
"""rules.md 13: splitting is the same customer within 24 hours."""
FEWEST = 3
"""Twice is chance: a habit has at least three cases."""
SAME_DAYS = 90
"""As long as a customer's outcome is followed: who is put right three times in it may need
something else than money."""
HABIT_DAYS = 30
"""A month as it goes, so that the 1st is no blind spot."""
BAND_PERCENT = 90
"""“Just under” is the last tenth below the limit."""
BELOW_PERCENT = 50
"""What is spent from here to the band says how often the band itself is hit by chance."""
ROUND_UNITS = 5
"""Amounts that people choose: the multiple next below a small limit counts, too: 20 below 25."""
LEAST_SHARE = Fraction(1, 10)
"""So many honest amounts fall just under a limit anyway: needs above it are met in part."""
FEWEST_AMOUNTS = 10
"""Of fewer amounts of colleagues nothing is known about what things cost."""
ONCE_IN = 500
"""How seldom an honest month shows as many by chance: three of three, four of six."""
FEWEST_PEERS = 5
"""With fewer colleagues there is no “usual”, and the figures would be somebody's."""
FAR_SPREADS = 10
"""Times the median distance of colleagues from their middle. Spending is skewed: at 10 about one
honest person of 100 is far in some month, at 5 one of 20."""
NARROWEST = 2
"""The spread is at least half of the middle: colleagues who happen to agree are no norm. So nobody
is far who spends less than six times the middle."""
MOST_NAMED = 20
"""Cases that facts name; the newest."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spent:
    """A case that was approved. `by_limits`: nobody but the limits approved it. `net_minor` is
    what has not come back; the limits are those that it was checked against, None without."""

    case: int
    employee: int
    department: int
    grade: str
    customer: int
    entered_at: datetime
    spent_on: date
    amount_minor: int
    net_minor: int
    currency: str
    by_limits: bool
    case_limit_minor: int | None
    customer_limit_minor: int | None = None


@dataclass(frozen=True)
class Split:
    """Cases for one customer within 24 hours that are more together than one may be. `case` is
    the last of them; `measure` is the limit that they exceed together: case or customer."""

    case: int
    cases: list[int]
    count: int
    people: int
    total_minor: int
    currency: str
    measure: str
    limit_minor: int


@dataclass(frozen=True)
class JustUnder:
    """Round amounts of somebody just under the limit; `expected` is how many would be usual."""

    case: int
    cases: list[int]
    count: int
    of: int
    expected: int
    from_minor: int
    limit_minor: int
    currency: str
    days: int = HABIT_DAYS


@dataclass(frozen=True)
class SameCustomer:
    """One customer again and again; `totals_minor` by currency."""

    case: int
    cases: list[int]
    count: int
    people: int
    totals_minor: dict[str, int]
    days: int = SAME_DAYS


@dataclass(frozen=True)
class Far:
    """Somebody far above colleagues, in money or in cases; `usual_` is the colleagues' middle."""

    case: int
    count: int
    net_minor: int
    currency: str
    peers: int
    among: str
    usual_count: int
    usual_minor: int
    days: int = HABIT_DAYS


@dataclass(frozen=True)
class Back:
    """Money that somebody said came back of an own case, and that no card statement shows."""

    case: int
    employee: int
    said_on: date
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Returned:
    """Somebody says again and again that money came back, and may spend it again each time."""

    case: int
    count: int
    totals_minor: dict[str, int]
    days: int = HABIT_DAYS


def returned_often(
    backs: Iterable[Back], *, today: date, told: Mapping[int, int]
) -> Iterator[Returned]:
    """`told`: by employee the last case of which somebody was told; again after as many new."""
    since = today - timedelta(days=HABIT_DAYS)
    lately = [each for each in backs if since < each.said_on <= today]
    for own in _grouped(lately, lambda each: each.employee):
        new = [each for each in own if each.case > told.get(each.employee, 0)]
        if len(new) >= FEWEST and any(each.said_on == today for each in new):
            totals: dict[str, int] = defaultdict(int)
            for each in own:
                totals[each.currency] += each.amount_minor
            yield Returned(max(each.case for each in new), len(own), dict(totals))


def splits(spent: Iterable[Spent], *, fresh: Collection[int]) -> Iterator[Split]:
    """One for each customer and currency: the dearest 24 hours that end with a fresh case."""
    asked_nobody = (each for each in spent if each.by_limits and each.net_minor)
    for together in _grouped(asked_nobody, lambda each: (each.customer, each.currency)):
        found = [
            split
            for window in _windows(sorted(together, key=_moment))
            if window[-1].case in fresh and (split := _split(window))
        ]
        if found:
            yield max(found, key=lambda split: split.total_minor)


def _windows(spent: list[Spent]) -> Iterator[list[Spent]]:
    """Of cases in order, for each those of the 24 hours that end with it, if there are others."""
    first = 0
    for last, each in enumerate(spent):
        while spent[first].entered_at < each.entered_at - AT_ONCE:
            first += 1
        if first < last:
            yield spent[first : last + 1]


def _split(window: list[Spent]) -> Split | None:
    total = sum(each.net_minor for each in window)
    last = window[-1]
    for measure in ("case", "customer"):
        known = [getattr(each, f"{measure}_limit_minor") for each in window]
        # The most generous limit of those involved: what one of them could have given at once.
        limit = max((each for each in known if each is not None), default=None)
        if limit is not None and total > limit:
            return Split(
                last.case, _newest(window), len(window), _people(window), total, last.currency,
                measure, limit,
            )  # fmt: skip
    return None


def same_customers(
    spent: Iterable[Spent], *, fresh: Collection[int], today: date, told: Mapping[int, int]
) -> Iterator[SameCustomer]:
    """`told`: by customer the last case of which somebody was told already; again after so many
    new ones."""
    window = (each for each in _since(spent, SAME_DAYS, today) if each.net_minor)
    for together in _grouped(window, lambda each: each.customer):
        together.sort(key=_moment)
        new = [each for each in together if each.case > told.get(each.customer, 0)]
        anchor = _last_fresh(new, fresh)
        if len(new) >= FEWEST and anchor:
            totals: dict[str, int] = defaultdict(int)
            for each in together:
                totals[each.currency] += each.net_minor
            yield SameCustomer(
                anchor.case, _newest(together), len(together), _people(together), dict(totals)
            )


def just_under(
    spent: Iterable[Spent],
    *,
    fresh: Collection[int],
    today: date,
    told: Mapping[int, int],
    units: Mapping[str, int],
) -> Iterator[JustUnder]:
    """`told`: by employee the last case of which somebody was told; `units`: minor units of one
    unit of a currency.

    How often the band is hit by chance is the most that the own amounts below it, those of
    colleagues under the same limit, or `LEAST_SHARE` let expect: where the limit is what things
    cost, colleagues are there as often.
    """  # fmt: skip
    window = [
        each for each in _since(spent, HABIT_DAYS, today)
        if each.by_limits and each.net_minor and each.case_limit_minor
    ]  # fmt: skip
    for alike in _grouped(
        window, lambda each: (each.department, each.currency, each.case_limit_minor)
    ):
        near = {each.case for each in alike if _is_near(each, units)}
        for own in _grouped(alike, lambda each: each.employee):
            own.sort(key=_moment)
            new = [
                each for each in own if each.case in near and each.case > told.get(each.employee, 0)
            ]
            anchor = _last_fresh(new, fresh)
            if anchor and len(new) >= FEWEST:
                found = _just_under(anchor, own, near, alike, units)
                if found:
                    yield found


def _just_under(
    anchor: Spent, own: list[Spent], near: set[int], alike: list[Spent], units: Mapping[str, int]
) -> JustUnder | None:
    assert anchor.case_limit_minor
    hits = [each for each in own if each.case in near]
    share = _usual_share(own, near, alike)
    if not is_rarer(len(hits), of=len(own), share=share, once_in=ONCE_IN):
        return None
    return JustUnder(
        anchor.case, _newest(hits), len(hits), len(own), ceil(share * len(own)),
        _band(anchor.case_limit_minor, units.get(anchor.currency, 100)), anchor.case_limit_minor,
        anchor.currency,
    )  # fmt: skip


def _usual_share(own: list[Spent], near: set[int], alike: list[Spent]) -> Fraction:
    shares = [LEAST_SHARE]
    below = [each for each in own if each.case not in near and _is_below(each)]
    per_tenth = Fraction(len(below) * (100 - BAND_PERCENT), BAND_PERCENT - BELOW_PERCENT)
    shares.append(per_tenth / len(own))
    others = [each for each in alike if each.employee != own[0].employee]
    if len(others) >= FEWEST_AMOUNTS:
        shares.append(Fraction(sum(each.case in near for each in others), len(others)))
    return min(Fraction(1), max(shares))


def _is_near(each: Spent, units: Mapping[str, int]) -> bool:
    """Within the band under the limit, and an amount that is chosen rather than added up."""
    assert each.case_limit_minor
    unit = units.get(each.currency, 100)
    if not _band(each.case_limit_minor, unit) <= each.amount_minor <= each.case_limit_minor:
        return False
    is_last_penny = 100 * each.amount_minor >= 99 * each.case_limit_minor
    return is_last_penny or each.amount_minor % unit == 0


def _band(limit_minor: int, unit: int) -> int:
    """Where “just under” begins: the last tenth, or where that is narrower the multiple of five
    units next below the limit."""
    below = (limit_minor - 1) // (unit * ROUND_UNITS) * unit * ROUND_UNITS
    return min(ceil(Fraction(limit_minor * BAND_PERCENT, 100)), below or limit_minor)


def _is_below(each: Spent) -> bool:
    limit = each.case_limit_minor or 0
    return limit * BELOW_PERCENT <= 100 * each.amount_minor < limit * BAND_PERCENT


def is_rarer(hits: int, *, of: int, share: Fraction, once_in: int) -> bool:
    """Whether so many hits or more are seen less than once in so many times, where each is one
    with probability `share` (binomial, exact)."""
    yes, no = share.numerator, share.denominator - share.numerator
    tail = sum(comb(of, n) * yes**n * no ** (of - n) for n in range(hits, of + 1))
    return tail * once_in < share.denominator**of


@dataclass
class _Month:
    """What somebody spent without asking in the window, in one currency."""

    employee: int
    department: int
    grade: str
    count: int
    net_minor: int


def far_from_peers(
    spent: Iterable[Spent], *, fresh: Collection[int], today: date, told: Collection[int]
) -> Iterator[Far]:
    """`spent` is of one site; `told`: employees of whom somebody was told within the window.

    Peers are those of the department who spent something too, or else, where these are fewer than
    five, those of the site with the same job.
    """
    window = [each for each in _since(spent, HABIT_DAYS, today) if each.by_limits]
    for of_currency in _grouped(window, lambda each: each.currency):
        months = {
            own[0].employee: _month(own) for own in _grouped(of_currency, lambda e: e.employee)
        }
        dearest = _dearest(each for each in of_currency if each.case in fresh and each.net_minor)
        teams = {
            "department": _index(months.values(), lambda month: month.department),
            "grade": _index(months.values(), lambda month: month.grade),
        }
        for employee in sorted(dearest.keys() - set(told)):
            found = _far(dearest[employee], months[employee], teams)
            if found:
                yield found


def _month(own: list[Spent]) -> _Month:
    last = max(own, key=_moment)
    kept = [each.net_minor for each in own if each.net_minor]
    return _Month(last.employee, last.department, last.grade, len(kept), sum(kept))


def _dearest(spent: Iterable[Spent]) -> dict[int, Spent]:
    found: dict[int, Spent] = {}
    for each in spent:
        known = found.get(each.employee)
        if known is None or (each.net_minor, each.case) > (known.net_minor, known.case):
            found[each.employee] = each
    return found


def _far(
    case: Spent, own: _Month, teams: Mapping[str, Mapping[Hashable, list[_Month]]]
) -> Far | None:
    if own.count < FEWEST:
        return None
    among, peers = "department", _others(teams["department"][own.department], own)
    if len(peers) < FEWEST_PEERS and own.grade:
        among, peers = "grade", _others(teams["grade"][own.grade], own)
    if len(peers) < FEWEST_PEERS:
        return None
    counts, amounts = [each.count for each in peers], [each.net_minor for each in peers]
    if not (is_far(own.count, counts) or is_far(own.net_minor, amounts)):
        return None
    return Far(
        case.case, own.count, own.net_minor, case.currency, len(peers), among,
        middle(counts), middle(amounts),
    )  # fmt: skip


def _others(team: list[_Month], own: _Month) -> list[_Month]:
    return [each for each in team if each.employee != own.employee and each.count]


def is_far(value: int, others: list[int]) -> bool:
    """Whether a value is above the middle of the others by many times their own distance."""
    usual = middle(others)
    spread = max(middle([abs(each - usual) for each in others]), ceil(usual / NARROWEST))
    return value - usual > FAR_SPREADS * spread


def middle(values: Collection[int]) -> int:
    """The median, rounded down."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _since(spent: Iterable[Spent], days: int, today: date) -> Iterator[Spent]:
    first = today - timedelta(days=days - 1)
    return (each for each in spent if first <= each.spent_on <= today)


def _last_fresh(spent: list[Spent], fresh: Collection[int]) -> Spent | None:
    return next((each for each in reversed(spent) if each.case in fresh), None)


def _newest(spent: list[Spent]) -> list[int]:
    return [each.case for each in spent[-MOST_NAMED:]]


def _people(spent: Iterable[Spent]) -> int:
    return len({each.employee for each in spent})


def _moment(each: Spent) -> tuple[datetime, int]:
    return each.entered_at, each.case


def _grouped(rows: Iterable[T], of: Callable[[T], Hashable]) -> Iterator[list[T]]:
    return iter(_index(rows, of).values())


def _index(rows: Iterable[T], of: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    found: dict[Hashable, list[T]] = defaultdict(list)
    for row in rows:
        found[of(row)].append(row)
    return found
