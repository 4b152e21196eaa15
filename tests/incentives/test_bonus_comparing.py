"""Two sharings side by side: who gains and who loses, persons for finance only, nothing written."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.models import BonusRun, BonusShare
from incentives.services.bonus_comparing import (
    Bar,
    Change,
    Claim,
    Comparison,
    Side,
    bars,
    compare_runs,
    compare_terms,
    tenure_band,
)
from incentives.services.bonus_policies import Terms
from incentives.services.bonus_runs import approve, draft, propose
from incentives.services.eligibility import BonusRefused
from incentives.services.run_reading import grouped
from ledger.models import Transfer
from people.models import AuditEntry, Employee, Membership, Salary, SalaryLook
from tests.conftest import MONDAY
from tests.incentives.test_bonus_runs import NEW_YEAR, pool  # noqa: F401
from tests.incentives.test_closing import make_pool
from tests.test_commands import run

pytestmark = pytest.mark.django_db

PATH = "/bonus/compare/"
TERMS = {
    "of": "bonus:2026", "cap": "20", "cap_basis": "mean", "leavers": "good", "band": "20",
    "excluded_leave": "unpaid",
}  # fmt: skip
JANUARY = NEW_YEAR.date()


@pytest.fixture(autouse=True)
def new_year(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NEW_YEAR)


@pytest.fixture
def five(pool, ann, bob, cas, fay, eve):
    """250.00 among five; Cas earns so little that a cap of 1% holds."""
    cas.employee.salaries.update(annual_minor=300_000)
    return pool


def as_json(*words) -> dict:
    return json.loads(run("bonus_compare", *words, "--format", "json"))


def facts() -> list[int]:
    return [m.objects.count() for m in (BonusRun, BonusShare, Transfer, AuditEntry)]


# The comparison


def test_other_terms_say_who_gains_who_loses_and_who_is_at_the_cap(five):
    five.bonus_policies.all().delete()
    found = compare_terms(five, 2026, Terms(cap_bp=10), as_of=JANUARY)
    by_number = {change.number: change for change in found.changes}
    assert (by_number["cas"].before_minor, by_number["cas"].after_minor) == (610, 300)
    assert by_number["cas"].capped_after
    assert not by_number["cas"].capped_before
    assert (found.before.capped, found.after.capped) == (0, 5)
    assert (found.before.carried_minor, found.after.carried_minor) == (0, 12_700)
    assert found.total().counts == {"gain": 0, "lose": 5, "capped": 5, "enter": 0, "fall_out": 0}


def test_what_somebody_loses_by_a_cap_others_gain(five, ann):
    ann.employee.salaries.create(from_date=date(2026, 4, 1), annual_minor=300_000, currency="GBP")
    found = compare_terms(five, 2026, Terms(cap_bp=50), as_of=JANUARY)
    assert found.total().counts == {"gain": 4, "lose": 1, "capped": 1, "enter": 0, "fall_out": 0}
    assert [(c.number, c.change_minor < 0) for c in found.changes if c.capped_after] == [
        ("ann", True)
    ]
    assert [g.title for g in found.by_department()] == ["Billing", "Claims"]
    assert sum(g.after_minor for g in found.by_department()) == found.after.shared_minor == 25_000


def test_leavers_enter_and_fall_out(five, ann):
    ann.employee.memberships.update(until_date=date(2026, 6, 30))
    Employee.objects.filter(number="ann").update(left_on=date(2026, 6, 30), good_leaver=False)
    found = compare_terms(five, 2026, Terms(leavers="all"), as_of=JANUARY)
    assert found.total().counts["enter"] == 1
    back = Comparison(found.after, found.before, [])
    assert back.after.people.keys() == found.before.people.keys()
    Employee.objects.filter(number="ann").update(good_leaver=True)
    assert compare_terms(five, 2026, Terms(leavers="none"), as_of=JANUARY).total().counts[
        "fall_out"
    ] == 1  # fmt: skip


def test_leave_that_counts_and_does_not(five, bob):
    bob.employee.leaves.create(kind="unpaid", from_date=MONDAY)
    found = compare_terms(five, 2026, Terms(excluded_leave=[]), as_of=JANUARY)
    [bob_change] = [change for change in found.changes if change.number == "bob"]
    assert (bob_change.before_minor, bob_change.after_minor) == (0, 6098)


def test_a_decided_year_is_compared_as_it_was_decided(five, fay, eve, ann):
    decided = propose(draft(five, 2026, by=fay, now=NEW_YEAR), by=fay, now=NEW_YEAR)
    approve(decided, seen_sha256=decided.content_sha256, by=eve, now=NEW_YEAR)
    ann.employee.salaries.update(annual_minor=9_000_000)
    found = compare_terms(five, 2026, Terms(), as_of=JANUARY)
    assert found.before.title == "bonus 2026, approved"
    assert (found.before.shared_minor, found.after.shared_minor) == (25_000, 25_000)
    assert found.total().counts["gain"] == 1


def test_two_runs_are_compared_as_they_are_stored(five, fay, system):
    second = make_pool(system, "second")
    runs = [draft(each, 2026, by=fay, now=NEW_YEAR) for each in (five, second)]
    found = compare_runs(*runs)
    assert (found.before.shared_minor, found.after.shared_minor) == (25_000, 0)
    assert found.total().counts["lose"] == 5


def test_two_currencies_are_not_compared(five, fay, system):
    runs = [
        draft(each, 2026, by=fay, now=NEW_YEAR)
        for each in (five, make_pool(system, "zloty", currency="PLN", from_date=date(2027, 1, 1)))
    ]
    with pytest.raises(BonusRefused, match=r"GBP and .* in PLN"):
        compare_runs(*runs)


def test_looking_writes_nothing(five):
    before = facts()
    compare_terms(five, 2026, Terms(cap_bp=1, department_factor=True), as_of=JANUARY)
    assert facts() == before


# Groups and bars


def people_of(*, count: int, department: str, change: int, years: int = 2) -> list[Change]:
    def claim(share: int) -> Claim:
        return Claim(1, share, 10**9, 10_000)

    return [
        Change(n, f"{department}{n}", "X", department, "GBP", False, years, claim(1000),
               claim(1000 + change))
        for n in range(count)
    ]  # fmt: skip


def comparison(changes: list[Change]) -> Comparison:
    side = Side("x", "GBP", date(2026, 12, 31), 0, 0, {})
    return Comparison(side, side, changes)


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"A": 9, "B": 5}, {"A": 9, "B": 5}),
        ({"A": 9, "B": 3, "C": 2}, {"A": 9, "smaller ones together": 5}),
        ({"A": 9, "B": 7, "C": 2}, {"A": 9, "smaller ones together": 9}),
        ({"A": 9, "B": 1}, {"smaller ones together": 10}),
        ({"A": 6, "B": 6, "C": 1}, {"A": 6, "smaller ones together": 7}),
        ({"A": 1, "B": 1}, {}),
    ],
)
def test_small_groups_stand_together_so_that_none_is_told_from_the_rest(sizes, shown):
    changes = [
        each for code, n in sizes.items() for each in people_of(count=n, department=code, change=1)
    ]
    found = comparison(changes).by_department(smallest=5)
    assert {group.title: group.people for group in found} == shown


def test_a_department_of_which_one_falls_out_is_told_with_others():
    """All others gain in one proportion, which department A shows: the rest is what C6 got."""
    changes = [each for code in "ABC" for each in people_of(count=6, department=code, change=1)]
    out = replace(changes[-1], number="C6", after=None)
    found = comparison([*changes, out]).by_department(smallest=5)
    assert [group.title for group in found] == []
    more = [replace(out, number=f"D{n}", department="D") for n in range(5)]
    found = comparison([*changes, out, *more]).by_department(smallest=5)
    assert {g.title: g.people for g in found} == {"A": 6, "B": 6, "smaller ones together": 12}


def test_a_run_and_a_comparison_put_the_same_departments_together():
    """Else the difference of the two pages is what one person gets."""
    sizes = {"A": 6, "B": 6, "C": 6, "D": 1, "E": 9}
    people = [SimpleNamespace(
                  department=code, share_minor=100, is_capped=False, of_salary_bp=1, factor_bp=None
              ) for code, n in sizes.items() for _each in range(n)]  # fmt: skip
    changes = [each for code, n in sizes.items()
               for each in people_of(count=n, department=code, change=1)]  # fmt: skip
    of_run = {group.name for group in grouped(people, lambda member: member.department)}
    compared = {group.title for group in comparison(changes).by_department(smallest=5)}
    assert of_run - {"others"} == compared - {"smaller ones together"} == {"A", "B", "E"}


def test_bars_count_everybody_once_and_those_who_stay_apart():
    changes = [
        *people_of(count=3, department="A", change=-100),
        *people_of(count=4, department="B", change=0),
        *people_of(count=5, department="C", change=100),
    ]
    found = bars(comparison(changes))
    assert sum(bar.people for bar in found) == 12
    assert Bar(0, 0, 4) in found
    assert (found[0], found[-1]) == (Bar(-100, -80, 3), Bar(80, 100, 5))


def test_bars_hold_five_people_or_none_where_persons_are_not_shown():
    changes = [
        *people_of(count=3, department="A", change=-100),
        *people_of(count=4, department="B", change=0),
        *people_of(count=6, department="C", change=99),
    ]
    found = bars(comparison(changes), smallest=5)
    assert [bar.people for bar in found if bar.people] == [7, 6]
    assert bars(comparison(changes[:4]), smallest=5) == []


def test_tenure_is_told_in_bands():
    assert [tenure_band(years) for years in (0, 1, 4, 9, 10)] == [
        "0 to under 1 years", "1 to under 3 years", "3 to under 5 years", "5 to under 10 years",
        "10 years or more",
    ]  # fmt: skip


# The page


def test_finance_sees_persons_and_each_look_is_logged(client, five, fay):
    client.force_login(fay)
    before = facts()
    page = client.get(PATH, TERMS | {"cap": "0"})
    assert page.context["terms_form"].errors
    page = client.get(PATH, TERMS | {"cap": "1", "search": "cas"})
    assert page.status_code == 200
    [row] = page.context["table"].rows
    assert row.record.number == "cas"
    assert b"<rect" in page.content
    looks = SalaryLook.objects.values_list("by", "employee__number", "where")
    assert list(looks) == [(fay.pk, "cas", "bonus comparison")]
    assert facts() == before


def test_the_file_holds_the_chosen_people_and_logs_them(client, five, fay):
    client.force_login(fay)
    answer = client.get(PATH, TERMS | {"cap": "1", "who": "", "export": "csv"})
    text = answer.content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == [
        "Number", "ann", "bob", "cas", "eve", "fay",
    ]  # fmt: skip
    assert SalaryLook.objects.count() == 5


@pytest.mark.parametrize(
    ("who", "numbers"),
    [("gain", []), ("lose", ["ann", "bob", "cas", "eve", "fay"]),
     ("capped", ["ann", "bob", "cas", "eve", "fay"]), ("enter", []), ("fall_out", [])],
)  # fmt: skip
def test_the_list_is_narrowed(client, five, fay, who, numbers):
    Salary.objects.update(annual_minor=100)
    client.force_login(fay)
    page = client.get(PATH, TERMS | {"cap": "1", "who": who})
    assert [row.record.number for row in page.context["table"].rows] == numbers


@pytest.mark.parametrize("name", ["dee", "eve", "max_auditor", "root"])
def test_others_see_groups_of_five_and_never_persons(client, five, name, request):
    client.force_login(request.getfixturevalue(name))
    page = client.get(PATH, TERMS | {"cap": "1", "search": "cas", "export": "csv"})
    assert page["Content-Type"].startswith("text/html")
    assert "table" not in page.context
    assert all(g.people >= 5 for _what, its, _amounts in page.context["groups"] for g in its)
    assert b">cas<" not in page.content
    assert not SalaryLook.objects.exists()


def test_what_one_leaver_had_is_not_told_by_terms_for_leavers(client, five, claims, eve, fay, ann):
    hire(range(6), claims)
    since = date(2026, 6, 30)
    ann.employee.memberships.update(until_date=since)
    Employee.objects.filter(number="ann").update(left_on=since, good_leaver=True)
    client.force_login(eve)
    page = client.get(PATH, TERMS | {"leavers": "none"})
    assert b"Fewer than 5 people gain, lose" in page.content
    assert "compared" not in page.context
    client.force_login(fay)
    assert client.get(PATH, TERMS | {"leavers": "none"}).context["total"].counts["fall_out"] == 1


def test_sums_of_money_stand_in_one_grouping_alone(client, five, claims, eve, fay):
    """By hours or tenure too, and one sum taken from another would be one person's share."""
    hire(range(6), claims)
    client.force_login(eve)
    page = client.get(PATH, TERMS | {"cap": "1"})
    assert [amounts for _what, _its, amounts in page.context["groups"]] == [True, False, False]
    assert page.content.decode().count(">Before</th>") == 1
    client.force_login(fay)
    assert client.get(PATH, TERMS | {"cap": "1"}).content.decode().count(">Before</th>") == 3


def test_fewer_than_five_are_not_shown_at_all(client, pool, eve, ann, fay):
    client.force_login(eve)
    page = client.get(PATH, TERMS)
    assert b"fewer than 5" in page.content
    assert b"<rect" not in page.content
    assert "compared" not in page.context


def test_who_sees_no_persons_tries_whole_percents(client, five, eve, fay):
    client.force_login(eve)
    assert client.get(PATH, TERMS | {"cap": "1.01"}).context["terms_form"].errors["cap"]
    client.force_login(fay)
    assert not client.get(PATH, TERMS | {"cap": "1.01"}).context["terms_form"].errors


@pytest.mark.parametrize("name", ["ann", "bob"])
def test_who_may_not_compare(client, five, name, request):
    client.force_login(request.getfixturevalue(name))
    assert client.get(PATH, TERMS).status_code == 403


@pytest.mark.parametrize(
    "asked",
    [{"of": "nope:2026"}, {"of": "bonus:99999"}, {"of": "bonus"}, {"cap": "NaN"}, {"cap": "101"},
     {"cap": "1e9"}, {"cap_basis": "x"}, {"leavers": "x"}, {"excluded_leave": "x"}, {"band": "-1"},
     {"who": "x"}],
)  # fmt: skip
def test_a_mistake_is_named_beside_its_field(client, five, fay, asked):
    client.force_login(fay)
    page = client.get(PATH, TERMS | asked)
    assert page.status_code == 200
    assert list(page.context["terms_form"].errors) == list(asked)


def test_two_runs_on_the_page(client, five, fay, system):
    runs = [draft(p, 2026, by=fay, now=NEW_YEAR) for p in (five, make_pool(system, "second"))]
    client.force_login(fay)
    page = client.get(PATH, {"before": runs[0].pk, "after": runs[1].pk})
    assert page.context["total"].counts["lose"] == 5
    for wrong in ("999", "x", "9" * 30):
        page = client.get(PATH, {"before": runs[0].pk, "after": wrong})
        assert "after" in page.context["runs_form"].errors


def test_what_the_sum_refuses_is_said_above_the_form(client, five, fay, ann):
    ann.employee.salaries.update(currency="USD")
    client.force_login(fay)
    assert b"paid in another currency" in client.get(PATH, TERMS).content


def hire(numbers: range, department) -> None:
    since = date(2020, 1, 1)
    people = Employee.objects.bulk_create(
        [Employee(number=f"n{n}", name=f"N {n}", hired_on=since) for n in numbers]
    )
    Membership.objects.bulk_create(
        [Membership(employee=p, department=department, from_date=since) for p in people]
    )
    Salary.objects.bulk_create(
        [Salary(employee=p, from_date=since, annual_minor=1, currency="GBP") for p in people]
    )


def test_the_page_asks_as_often_with_many_people(client, pool, fay, claims):
    client.force_login(fay)
    counts = []
    for numbers in (range(1), range(1, 10), range(10, 1000)):
        hire(numbers, claims)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PATH, TERMS).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


# The command


def test_the_command_prints_totals_and_groups_and_persons_only_when_asked(five):
    found = as_json(2026, "--pool", "bonus", "--cap", "0.1")
    assert found["before"]["capped"] == 0
    assert found["after"]["carried_minor"] == 12_700
    assert found["total"]["lose"] == 5
    assert "people" not in found
    found = as_json(2026, "--pool", "bonus", "--cap", "0.1", "--people")
    assert found["people"][2] == {
        "employee": "cas", "department": "Billing", "before_minor": 610, "after_minor": 300,
        "change_minor": -310, "capped_before": False, "capped_after": True,
    }  # fmt: skip
    assert SalaryLook.objects.count() == 5
    assert "5 people" in run("bonus_compare", 2026, "--pool", "bonus", "--cap", "15")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pool", "nope"), "no such pool"),
        (("--pool", "bonus", "--cap", "x"), "not a number"),
        (("--pool", "bonus", "--cap", "NaN"), "not a number"),
        (("--pool", "bonus", "--cap", "Infinity"), "not a number"),
        (("--pool", "bonus", "--cap", "0"), "from 0.01 to 100"),
        (("--pool", "bonus", "--cap", "1.001"), "two decimals"),
        (("--pool", "bonus", "--excluded-leave", "fun"), "known are"),
        (("--pool", "bonus", "--with-year", "2025"), "no bonus run"),
    ],
)
def test_the_command_refuses_in_words(five, words, said):
    with pytest.raises(CommandError, match=said):
        run("bonus_compare", 2026, *words)
