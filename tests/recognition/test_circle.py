"""The circle on a day, held against counting people one by one."""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Department, Employee, Membership, Placement, Site
from people.rules import BEGINNING
from people.small_groups import FEWEST, kept_back
from recognition.models import Behaviour, Nomination, Nominee
from recognition.rules.awards import months_before
from recognition.rules.circle import LONG_HERE, Group, band_of, roll_up, since, trend, turn_of_week
from recognition.services.circle import (
    Circle,
    Place,
    Slice,
    circle_on,
    company_on,
    giving_on,
    praise_between,
)
from tests.recognition.conftest import TODAY, praised

DAYS = st.dates(date(2024, 1, 1), date(2026, 6, 1))
MAYBE_DAYS = st.none() | DAYS
PERSON = st.fixed_dictionaries(
    {
        "hired_on": st.dates(date(2012, 1, 1), date(2026, 6, 1)),
        "left_after": st.none() | st.integers(0, 900),
        "erased": st.sampled_from([False] * 5 + [True]),
        "department": st.none() | st.integers(0, 3),
        "here": st.integers(0, 900),
        "job": st.sampled_from(["", "Clerk", "Cook"]),
    }
)
PRAISE = st.fixed_dictionaries(
    {
        "giver": st.integers(0, 9),
        "nominees": st.sets(st.integers(0, 9), min_size=1, max_size=3),
        "on": DAYS,
        "state": st.sampled_from(["published"] * 4 + ["held"]),
    }
)


def told(giver, nominees, on, state="published"):
    behaviour, _made = Behaviour.objects.get_or_create(code="b", name="B")
    nomination = Nomination.objects.create(
        key=uuid4(), giver=giver, giver_department=department_of(giver), story="A story.",
        behaviour=behaviour, happened_on=on, shown_to=2, state=state, published_on=on,
        published_at=f"{on}T12:00Z",
    )  # fmt: skip
    for each in nominees:
        Nominee.objects.create(nomination=nomination, employee=each, department=department_of(each))
    return nomination


def department_of(employee):
    last = employee.memberships.order_by("from_date").last()
    return last.department if last else None


def company_of(people, tree):
    sites = [Site.objects.create(code=f"S{n}", name=f"S{n}", time_zone="UTC") for n in range(2)]
    made = [Department.objects.create(code=f"D{n}", name=f"D{n}") for n in range(4)]
    for n, (parent, until) in enumerate(tree):
        above = made[parent] if parent is not None and parent < n else None
        Placement.objects.create(
            department=made[n], site=sites[n % 2], parent=above, from_date=BEGINNING,
            until_date=until,
        )  # fmt: skip
    return [hired(n, each, made) for n, each in enumerate(people)]


def hired(n, said, departments):
    left = said["left_after"]
    employee = Employee.objects.create(
        number=f"E{n}", name=f"Person {n}", hired_on=said["hired_on"], job_title=said["job"],
        left_on=said["hired_on"] + timedelta(days=left) if left is not None else None,
        erased_at="2026-01-01T00:00Z" if said["erased"] else None,
    )  # fmt: skip
    if said["department"] is not None:
        ends = said["hired_on"] + timedelta(days=said["here"])
        Membership.objects.create(
            employee=employee, department=departments[said["department"]],
            from_date=said["hired_on"], until_date=ends,
        )  # fmt: skip
        Membership.objects.create(
            employee=employee, department=departments[0], from_date=ends + timedelta(days=1)
        )
    return employee


def obvious(day, inside) -> dict:
    """The same groups, person by person and department by department."""
    found = Counter(), Counter()
    places = {each.department_id: each for each in Placement.objects.on(day)}
    for each in Employee.objects.all():
        gone = each.erased_at or (each.left_on and each.left_on < day)
        if each.hired_on > day or gone:
            continue
        own = each.memberships.on(day).first()
        department = own.department_id if own else None
        site = places[department].site_id if department in places else None
        years = sum(months_before(day, 12 * years) >= each.hired_on for years in LONG_HERE)
        keys = [
            ("company",), ("own", department), ("site", site), ("tenure", years),
            ("job", each.job_title), ("site-tenure", site, years),
            ("site-job", site, each.job_title),
        ]  # fmt: skip
        above = department
        while above is not None:
            keys.append(("below", above))
            above = places[above].parent_id if above in places else None
            above = above if above in places else None
        for key in keys:
            found[0][key] += 1
            found[1][key] += each.pk in inside
    return {key: Group(total, found[1][key]) for key, total in found[0].items()}


def inside_of(day, *, who) -> set[int]:
    first = since(day)
    found = set()
    for each in Nomination.objects.filter(state="published"):
        if first <= each.published_on <= day:
            praised = {row.employee_id for row in each.nominees.all()}
            found |= praised if who == "nominees" else {each.giver_id}
    return found


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    people=st.lists(PERSON, min_size=10, max_size=10),
    tree=st.lists(st.tuples(st.none() | st.integers(0, 2), MAYBE_DAYS), min_size=4, max_size=4),
    praise=st.lists(PRAISE, max_size=8),
    day=DAYS,
)
def test_the_circle_is_what_counting_everybody_finds(people, tree, praise, day):
    from django.db import transaction

    with transaction.atomic():
        staff = company_of(people, tree)
        for each in praise:
            told(staff[each["giver"]], [staff[n] for n in each["nominees"]], each["on"],
                 each["state"])  # fmt: skip
        recognised = inside_of(day, who="nominees")
        for circle, inside in (
            (circle_on(day), recognised),
            (giving_on(day), inside_of(day, who="givers")),
        ):
            groups = {key: group for key, group in circle.groups.items() if group.total}
            assert groups == obvious(day, inside)
        assert company_on(day) == circle_on(day).company
        transaction.set_rollback(True)


def test_the_twelve_months_end_on_the_day():
    assert since(date(2026, 3, 3)) == date(2025, 3, 4)
    assert since(date(2028, 2, 29)) == date(2027, 3, 1)
    assert since(date(2025, 2, 28)) == date(2024, 2, 29)


@pytest.mark.django_db
def test_praise_leaves_the_circle_after_a_year_and_when_it_is_withdrawn(ann, cas):
    made = told(cas.employee, [ann.employee], date(2025, 3, 4))
    assert circle_on(date(2026, 3, 3)).company == Group(2, 1)
    assert circle_on(date(2026, 3, 4)).company == Group(2, 0)
    assert circle_on(date(2025, 3, 3)).company == Group(2, 0)
    Nomination.objects.filter(pk=made.pk).update(state="held")
    assert circle_on(date(2026, 3, 3)).company == Group(2, 0)


@pytest.mark.django_db
def test_a_share_reads_40_only_when_it_is(ann):
    assert Group(100_000, 39_999).share_bp == 3999
    assert not Group(100_000, 39_999).reaches_line
    assert Group(5, 2).reaches_line
    assert Group().share_bp is None
    assert not Group().reaches_line


def test_tenure_is_counted_in_full_years():
    day = date(2026, 3, 3)
    hired = [date(2025, 3, 4), date(2025, 3, 3), date(2023, 3, 3), date(2021, 3, 3), BEGINNING]
    assert [band_of(each, day) for each in hired] == [0, 1, 2, 3, 4]


def test_a_tree_deeper_than_the_stack_is_added_up():
    parents = {n: n - 1 if n else None for n in range(5000)}
    rolled = roll_up(dict.fromkeys(parents, Group(1, 0)), parents)
    assert (rolled[0], rolled[4999]) == (Group(5000, 0), Group(1, 0))


@pytest.mark.django_db
def test_praise_across_departments_is_told_by_the_givers_department(
    ann, bob, cas, dee, claims, billing, kept_promise
):
    praised(ann, dee, by=bob, behaviour=kept_promise)
    praised(ann, by=cas, behaviour=kept_promise)
    assert praise_between(TODAY) == {claims.pk: Group(2, 1), billing.pk: Group(1, 1)}


def test_everybody_has_their_turn_and_nobody_comes_first_for_a_reason():
    people = list(range(10, 17))
    weeks = [turn_of_week(people, date(2026, 3, 2) + timedelta(weeks=n)) for n in range(7)]
    assert Counter(each for week in weeks for each in week) == dict.fromkeys(people, 3)
    assert turn_of_week(people, date(2026, 3, 2)) == turn_of_week(people, date(2026, 3, 8))
    first, *_rest = turn_of_week(people, date(2026, 3, 2))
    without = turn_of_week(people, date(2026, 3, 2), but=frozenset({first}))
    assert without[:2] == _rest
    assert first not in without
    assert turn_of_week([], date(2026, 3, 2)) == []


def test_a_trend_is_told_from_one_point_on():
    steps = [trend(Group(1000, 400 + more), Group(1000, 400)) for more in (-10, -9, 0, 9, 10)]
    assert steps == [-1, 0, 0, 0, 1]


def test_a_single_small_group_takes_another_with_it():
    sizes = {"all": 30, "a": 3, "b": 12, "c": 15}
    assert kept_back(sizes, [("all", "abc")], always={"all"}) == {"a", "b"}


def test_small_groups_that_together_are_few_take_another_with_them():
    sizes = {"all": 24, "a": 2, "b": 2, "c": 20}
    assert kept_back(sizes, [("all", "abc")], always={"all"}) == {"a", "b", "c"}
    assert kept_back({**sizes, "b": 4}, [("all", "abc")], always={"all"}) == {"a", "b"}


def test_an_empty_group_hides_nobody():
    assert kept_back({"all": 20, "a": 0, "b": 20}, [("all", "ab")]) == set()


SLICES = st.lists(
    st.builds(
        Slice, st.none() | st.integers(0, 5), st.sampled_from("xyz"), st.integers(0, 2),
        st.integers(1, 9), st.just(0),
    ),
    max_size=25,
    unique_by=lambda each: each[:3],
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(slices=SLICES, parents=st.lists(st.none() | st.integers(0, 4), min_size=5, max_size=5))
def test_no_sum_gives_a_small_group_away(slices, parents):
    places = {
        n: Place(parent if parent is not None and parent < n else None, n % 2)
        for n, parent in enumerate(parents)
    }
    circle = Circle(TODAY, tuple(slices), places)
    sizes = {key: group.total for key, group in circle.groups.items()}
    hidden = kept_back(sizes, circle.totals(), always={("company",)})
    assert hidden >= {key for key, size in sizes.items() if 0 < size < FEWEST}
    for total, parts in circle.totals():
        assert sizes[total] == sum(sizes[part] for part in parts), total
        unseen = [part for part in parts if part in hidden]
        shown = [part for part in parts if sizes[part] and part not in hidden]
        if total in hidden:
            assert unseen
        elif unseen:
            few = len(unseen) == 1 or sum(sizes[part] for part in unseen) < FEWEST
            # Nothing is left to hide only where the company is one group.
            assert not few or (not shown and total == ("company",))
