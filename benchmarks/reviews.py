"""How often honest people are shown to a lead, and how many planted habits are.

`python -m benchmarks.reviews [COMPANIES]`: without a database, looks at 90 days of each company,
day by day as the product does, and prints signals a 1,000 honest cases and a 100 honest people,
and how many of the planted habits were shown. docs/empowerment-reviews.md holds a run's figures.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.honest_spending import DAYS, FIRST, HABITS, Company, company
from empowerment.rules import signals
from empowerment.rules.signals import Spent

LOOKED_AT = 90
LIMITS = (2_500, 15_000, 50_000)
STRENGTHS = (3, 4, 6, 8, 10)


def shown(made: Company) -> Iterator[tuple[str, date, Spent, object]]:
    """Each signal as the product would show it, with the case it names."""
    by_day: dict[date, list[Spent]] = defaultdict(list)
    for each in made.spent:
        by_day[each.spent_on].append(each)
    cases = {each.case: each for each in made.spent}
    told: dict[str, dict[int, tuple[int, date]]] = {why: {} for why in HABITS}
    for n in range(DAYS - LOOKED_AT, DAYS):
        today = FIRST + timedelta(days=n)
        if not by_day[today]:
            continue
        past = [today - timedelta(days=back) for back in range(signals.SAME_DAYS)]
        window = [each for day in past for each in by_day[day]]
        for why, found in _signals(window, {each.case for each in by_day[today]}, today, told):
            case = cases[found.case]
            about = case.customer if why == "same" else case.employee
            told[why][about] = (case.case, today)
            yield why, today, case, found


def _signals(window, fresh, today, told):
    month = [each for each in window if each.spent_on > today - timedelta(signals.HABIT_DAYS)]
    customers = {each.customer for each in window if each.case in fresh}
    of_customers = [each for each in window if each.customer in customers]
    for each in signals.splits(of_customers, fresh=fresh):
        yield "split", each
    last = {about: case for about, (case, _day) in told["same"].items()}
    for each in signals.same_customers(of_customers, fresh=fresh, today=today, told=last):
        yield "same", each
    last = {about: case for about, (case, _day) in told["just_under"].items()}
    for each in signals.just_under(month, fresh=fresh, today=today, told=last, units={"GBP": 100}):
        yield "just_under", each
    lately = {
        about
        for about, (_case, day) in told["far"].items()
        if day > today - timedelta(signals.HABIT_DAYS)
    }
    for each in signals.far_from_peers(month, fresh=fresh, today=today, told=lately):
        yield "far", each


def false_alarms(made: Company) -> Counter[str]:
    """Signals that name a case which no planted habit made."""
    return Counter(why for why, _day, case, _found in shown(made) if case.case not in made.habitual)


def people_found(made: Company) -> tuple[Counter[str], Counter[str]]:
    """By habit, how many who have it were shown for it, and how many there are."""
    seen = {(why, case.employee) for why, _day, case, _found in shown(made)}
    found = Counter(habit for who, habit in made.planted.items() if (habit, who) in seen)
    return found, Counter(made.planted.values())


def main() -> None:
    companies = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for limit in LIMITS:
        alarms: Counter[str] = Counter()
        cases = people = 0
        for seed in range(companies):
            made = company(seed, limit_minor=limit)
            alarms += false_alarms(made)
            cases += sum(
                each.spent_on >= FIRST + timedelta(DAYS - LOOKED_AT) for each in made.spent
            )
            people += made.people
        said = ", ".join(
            f"{why} {1000 * alarms[why] / cases:.2f} ({100 * alarms[why] / people:.2f})"
            for why in HABITS
        )
        print(f"limit {limit}: {cases} honest cases, a 1,000 of them (a 100 people): {said}")
    for strength in STRENGTHS:
        found: Counter[str] = Counter()
        planted: Counter[str] = Counter()
        for seed in range(companies):
            one, all_of = people_found(company(seed, strength=strength))
            found += one
            planted += all_of
        print(f"strength {strength}:", {why: f"{found[why]} of {planted[why]}" for why in HABITS})


if __name__ == "__main__":
    main()
