"""Recompute a bonus from its replay file and say whether it agrees to the penny.

    python replay.py FILE         check everything; ends with 0 when all agrees, else with 1
    python replay.py FILE CODE    and show one person's working; the code stands on the statement

Needs Python 3.8 or newer and nothing else; shares no line with the product that made the file.
Amounts are whole minor units (pence, cents), salaries full-time and annual, factors and full-time
shares ten-thousandths; a weight is salary times full-time share. See docs/bonus.md.
"""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path

SCALE, ONE, SHOWN = 10**30, 10000, 20


def read(path):
    """The run, its hit days, its departments' factors and its people."""
    lines = Path(path).read_bytes().splitlines(keepends=True)
    try:
        rows = [json.loads(line) for line in lines]
        end = rows.pop()["end"]
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError("it was cut off or damaged, or is no replay file; get it again") from error
    if end != {"lines": len(rows), "sha256": hashlib.sha256(b"".join(lines[:-1])).hexdigest()}:
        raise ValueError("it is not as it was written: the last line does not fit the others")
    if rows[0]["format"] != "ninetyfive-replay-1":
        raise ValueError("this script knows another format; get the script of the same release")
    days = [row for row in rows if "day" in row]
    factors = {row["number"]: row["department_bp"] for row in rows if "department_bp" in row}
    return rows[0], days, factors, [row for row in rows if "person" in row]


def walk(person, days):
    """Each hit day on which a person is there: (place of the day, weight, department)."""
    for first, last, salary, full_time, department in person["spans"]:
        for place, day in enumerate(days):
            if first <= day["day"] <= last:
                yield place, salary * full_time, department


def cap_of(person, policy):
    """The part of the salary that nobody may pass, less what other pools gave."""
    salary, days = person["salary_days"], person["days"]
    if policy["cap_basis"] == "year_end":
        salary, days = person["year_end"], 1
    cap = salary * policy["cap_bp"] // (days * ONE * ONE) if days else 0
    return max(cap - person["other_pools_minor"], 0)


def with_managers_factors(people, weights, band):
    """In each department (of the last span) some get more or less; the others carry it alike."""
    teams, adjusted = {}, {}
    for person in people:
        teams.setdefault(person["spans"][-1][4], []).append(person)
    for number, team in teams.items():
        own = {person["person"]: weights[person["person"]] for person in team}
        typed = {person["person"]: person["factor_bp"] for person in team if "factor_bp" in person}
        carrying = sum(weight for code, weight in own.items() if code not in typed)
        rest = ONE * sum(own.values()) - sum(own[code] * bp for code, bp in typed.items())
        if abs(rest - carrying * ONE) > band * carrying:
            raise ValueError(f"the factors in department {number} are not zero-sum")
        for code, weight in own.items():
            others = weight * rest // max(carrying, 1)
            adjusted[code] = weight * typed[code] if code in typed else others
    return adjusted


def split(balance, people, weights, caps):
    """The shares: the cap, or weight times one level for all others; last units by remainder."""
    shares = {person["person"]: 0 for person in people}
    ranks = {person["person"]: person.get("rank", 0) for person in people}
    waiting = [code for code in shares if weights[code] and balance > 0]
    waiting.sort(key=lambda code: Fraction(caps[code], weights[code]), reverse=True)
    left, total = balance, sum(weights[code] for code in waiting)
    while waiting and caps[waiting[-1]] * total <= left * weights[waiting[-1]]:
        code = waiting.pop()
        shares[code] = caps[code]
        left, total = left - caps[code], total - weights[code]
    if not waiting:
        return shares, left
    shares.update((code, left * weights[code] // total) for code in waiting)
    waiting.sort(key=lambda code: (-(left * weights[code] % total), ranks[code]))
    for code in waiting[: left - sum(shares[code] for code in waiting)]:
        shares[code] += 1
    return shares, 0


def recompute(run, days, factors, people):
    """Everything anew; a line for each thing that differs from the file."""
    policy, weights, wrong = run["policy"], {}, []

    def compare(what, stored, found):
        if stored != found:
            wrong.append(f"{what}: the file says {stored}, recomputed it is {found}")

    bases = [0] * len(days)
    for person in people:
        for place, weight, _department in walk(person, days):
            bases[place] += weight
    rates = [d["contribution_minor"] * SCALE // b if b else 0 for d, b in zip(days, bases)]
    for day, base, rate in zip(days, bases, rates):
        compare(f"{day['day']} base and rate", (day["base"], day["rate"]), (base, rate))
    for person in people:
        code, there = person["person"], walk(person, days)
        parts = [(rates[place] * weight, department) for place, weight, department in there]
        weights[code] = sum(part * factors.get(department, 1) for part, department in parts)
        compare(code + " hit days", person["hit_days"], len(parts))
        compare(code + " earned", person["earned"], sum(part for part, _ in parts))
    if policy["manager_factor"]:
        weights = with_managers_factors(people, weights, policy["manager_band_bp"])
    caps = {person["person"]: cap_of(person, policy) for person in people}
    shares, carried = split(run["balance_minor"], people, weights, caps)
    for person in people:
        for name, found in (("weight", weights), ("cap_minor", caps), ("share_minor", shares)):
            compare(person["person"] + " " + name, person[name], found[person["person"]])
    whole = {"people": len(shares), "shared_minor": sum(shares.values()), "carried_minor": carried}
    compare("people, shared, carried", {name: run[name] for name in whole}, whole)
    return wrong


def show(person, days):
    """One person's working; what a day earned is shown with three decimals."""
    for place, weight, _department in walk(person, days):
        day, earned = days[place], days[place]["rate"] * weight / SCALE
        print(f"{day['day']} {day['contribution_minor']} x {weight} / {day['base']} = {earned:.3f}")
    print(f"earned on {person['hit_days']} days: {person['earned'] / SCALE:.3f}")
    for name in ("factor_bp", "weight", "other_pools_minor", "cap_minor", "share_minor"):
        print(f"{name}: {person.get(name, 'none')}")


def main(path, code=""):
    try:
        run, days, factors, people = read(path)
        wrong = recompute(run, days, factors, people)
    except (OSError, LookupError, TypeError, ValueError) as error:
        return f"{path} can't be recomputed: {error}"
    print(f"{run['pool']} {run['year']}: {run['balance_minor']} among {run['people']} people")
    for person in people:
        if person["person"] == code.upper():
            show(person, days)
    print("\n".join(wrong[:SHOWN]) or "agrees to the penny")
    return f"differs in {len(wrong)} places" if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (2, 3) else __doc__)
