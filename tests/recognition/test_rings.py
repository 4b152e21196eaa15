"""Rings are told from honest teams: figures of the thresholds, at a size that a test can afford.

benchmarks/rings.py measures the same at 5,000 people and 100,000 nominations.
"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.praising import Company, Ring, company
from benchmarks.rings import false_alarms, is_found, planted
from recognition.rules.fair_play import rings as rules
from recognition.rules.fair_play.chances import chance_of_repeating, chance_of_share
from recognition.rules.fair_play.connected import strongly_connected
from recognition.rules.fair_play.rings import Praise, rings

DAY = date(2026, 3, 2)
SEEDS = (1, 2, 3, 4)
SMALL = {"people": 1000, "nominations": 20_000, "teams": 75}


def with_rings(seed: int) -> Company:
    return company(seed, **SMALL, rings=planted(0.95, 24))


def without_rings(seed: int) -> Company:
    return company(seed, **SMALL)


@pytest.mark.parametrize("seed", SEEDS)
def test_rings_of_two_to_eight_are_all_found(seed):
    made = with_rings(seed)
    found = rings(made.praise)
    missed = [ring for ring, members in made.rings if not is_found(members, found)]
    assert missed == []


def alarms_of_honest_companies() -> int:
    made = [without_rings(seed) for seed in SEEDS]
    return sum(len(false_alarms(each, rings(each.praise))) for each in made)


def test_of_a_hundred_honest_teams_at_most_one_is_taken_for_a_ring():
    assert alarms_of_honest_companies() <= SMALL["teams"] * len(SEEDS) / 100


@pytest.mark.parametrize(
    ("threshold", "weaker"),
    [("RARE", 0.2), ("CLOSE_TEAM", (0.25, 0.5, 0.58, 0.63)), ("CLOSE_TEAM", (0.35,))],
)
def test_weaker_thresholds_take_honest_teams_for_rings(monkeypatch, threshold, weaker):
    monkeypatch.setattr(rules, threshold, weaker)
    assert alarms_of_honest_companies() > SMALL["teams"] * len(SEEDS) / 100


@pytest.mark.parametrize(
    ("threshold", "stricter"), [("RARE", 1e-9), ("CLOSE_TEAM", (0.9,)), ("FEWEST_GIVEN", 25)]
)
def test_stricter_thresholds_miss_rings(monkeypatch, threshold, stricter):
    monkeypatch.setattr(rules, threshold, stricter)
    made = with_rings(1)
    found = rings(made.praise)
    assert not all(is_found(members, found) for _ring, members in made.rings)


def test_a_ring_says_its_figures():
    made = company(7, **SMALL, rings=[Ring(3, 1.0, 20)])
    [(_ring, members)] = made.rings
    [found] = [each for each in rings(made.praise) if set(each.people) == members]
    inside = [p for p in made.praise if p.giver in members and p.nominee in members]
    given = [p for p in made.praise if p.giver in members]
    received = [p for p in made.praise if p.nominee in members]
    assert (found.inside, found.given, found.received) == tuple(map(len, (inside, given, received)))
    assert 0 < found.usual < 0.5 < found.inside / found.given
    assert found.chance <= rules.RARE


def test_the_same_praise_in_another_order_gives_the_same_rings():
    made = with_rings(1)
    assert rings(made.praise) == rings(reversed(made.praise))


def praise(pairs) -> list[Praise]:
    return [Praise(n, giver, nominee, DAY, 1, 1) for n, (giver, nominee) in enumerate(pairs)]


people = st.integers(1, 25)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(people, people), max_size=400))
def test_a_tiny_company_is_never_said_anything_of(pairs):
    assert rings(praise(pair for pair in pairs if pair[0] != pair[1])) == []


@settings(max_examples=15, deadline=None)
@given(star=st.integers(1, 900), fans=st.integers(1, 400), given_each=st.integers(1, 20))
def test_a_star_praised_by_everybody_makes_no_ring(star, fans, given_each):
    made = without_rings(5)
    before = {each.people for each in rings(made.praise)}
    more = [(fan, star) for fan in range(1, fans + 1) if fan != star] * given_each
    found = rings([*made.praise, *praise(more)])
    assert [each for each in found if each.people not in before and star in each.people] == []


@settings(max_examples=15, deadline=None)
@given(joined=st.integers(2, 10), each_gave=st.integers(0, 4))
def test_new_joiners_who_know_only_each_other_make_no_ring(joined, each_gave):
    new = range(5001, 5001 + joined)
    first = [(one, other) for one in new for other in new if one != other]
    praised = [pair for one in new for pair in [p for p in first if p[0] == one][:each_gave]]
    found = rings([*without_rings(6).praise, *praise(praised)])
    assert [each for each in found if not set(each.people).isdisjoint(new)] == []


def test_who_only_gets_praise_from_a_ring_is_not_of_it():
    made = company(8, **SMALL, rings=[Ring(4, 1.0, 24)])
    [(_ring, members)] = made.rings
    outsider = next(each for each in made.departments if each not in members)
    found = rings([*made.praise, *praise((member, outsider) for member in members for _n in "ab")])
    assert all(outsider not in each.people for each in found)
    assert is_found(members, found)


@given(st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=4)))
def test_strongly_connected_groups_are_those_who_reach_each_other(graph):
    def reached(start):
        seen, to_do = {start}, [start]
        while to_do:
            for each in graph.get(to_do.pop(), ()):
                if each not in seen:
                    seen.add(each)
                    to_do.append(each)
        return seen

    nodes = set(graph) | {each for some in graph.values() for each in some}
    of = {node: reached(node) for node in nodes}
    expected = {frozenset(o for o in of[n] if n in of[o]) for n in nodes}
    found = [frozenset(group) for group in strongly_connected(graph)]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_a_long_chain_does_not_end_the_search():
    chain = {n: [n + 1] for n in range(50_000)}
    assert sum(1 for _group in strongly_connected(chain)) == 50_001


def test_chances_are_those_of_the_text_books():
    assert chance_of_share(8, of=10, share=0.5) == pytest.approx(56 / 1024)
    assert chance_of_share(0, of=10, share=0.5) == pytest.approx(1)
    assert chance_of_share(3, of=10, share=1) == 1
    assert chance_of_repeating(1, expected=2) == pytest.approx(0.8647, abs=1e-4)
    assert chance_of_repeating(0, expected=2) == 1
