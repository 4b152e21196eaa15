"""The demo's praise: real citations as stories, and something to see for each who signs in."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from demo import company
from demo.management.commands.load_demo import name_logins
from demo.praise import BUDGET, citations, praise_each_other
from ledger.models import Account
from people.models import Consent, Employee, ShownTo, User
from people.services.importing import Options, run_import
from recognition.models import (
    Award,
    Behaviour,
    Cheer,
    FairPlayCase,
    Nomination,
    Nominee,
    Reply,
)
from recognition.rules.stories import LONGEST, cleaned, is_a_sentence
from recognition.services.awards import conflict, voters
from tests.scene import wednesday  # noqa: F401

YESTERDAY = date(2026, 3, 3)
COUNTS = Path(__file__).parents[1] / "files" / "citations" / "expected-counts.csv"


def test_the_citations_are_those_that_were_counted():
    with COUNTS.open(encoding="utf-8", newline="") as file:
        [expected] = csv.DictReader(file)
    found = citations()
    lengths = sorted(len(each.text) for each in found)
    assert {
        "rows": len(found),
        "min_chars": lengths[0],
        "median_chars": (lengths[211] + lengths[212]) / 2,
        "max_chars": lengths[-1],
        "citations_with_non_ascii": sum(not each.text.isascii() for each in found),
        "rows_with_non_ascii_names": sum(not "".join(each.laureates).isascii() for each in found),
        "citations_for_team_of_2_or_3": sum(len(each.laureates) in (2, 3) for each in found),
    } == {name: float(value) for name, value in expected.items() if "year" not in name}


def test_every_citation_is_a_story():
    for each in citations():
        assert is_a_sentence(each.text), each.text
        assert cleaned(each.text) == each.text
        assert len(each.text) <= LONGEST


@pytest.fixture
def loaded(system, wednesday):
    files = {
        "sites": company.sites_file(),
        "departments": company.departments_file(),
        "employees": company.employees_file(hired_shift=timedelta(weeks=634)),
    }
    for kind, content in files.items():
        run_import(kind, content, filename=f"{kind}.csv", options=Options(), by=system)
    name_logins()
    praise_each_other(YESTERDAY, by=system)
    return system


def test_the_demo_has_fourteen_months_of_praise_with_something_for_each(loaded):
    told = Nomination.objects.all()
    assert told.count() == 424
    assert Nominee.objects.count() == sum(len(each.laureates) for each in citations())
    assert told.filter(published_on__gt=YESTERDAY).count() == 0
    assert told.order_by("published_on").first().published_on == YESTERDAY - timedelta(days=424)
    assert not told.filter(told_at=None).exists()
    assert Behaviour.objects.exclude(names={}).count() == 5
    assert {*Consent.objects.values_list("names", flat=True)} == {
        ShownTo.NOBODY, ShownTo.TEAM, ShownTo.PUBLIC,
    }  # fmt: skip
    assert Cheer.objects.count() > 500
    assert Reply.objects.filter(thanks=True).count() > 50
    ann = User.objects.get(username="ann").employee
    assert Nomination.objects.published().filter(nominees__employee=ann).count() >= 5


def test_the_lead_has_raised_awards_and_can_raise_more(loaded):
    bob = User.objects.get(username="bob")
    assert sorted(Award.objects.values_list("level__code", "state")) == [
        ("card", "granted"), ("card", "granted"), ("spot", "granted"), ("star", "granted"),
        ("star", "proposed"),
    ]  # fmt: skip
    assert [len(voters(each, on=YESTERDAY)) for each in Award.objects.open()] == [3]
    free = Nomination.objects.published().filter(nominees__department__code="AA", awards=None)
    assert sum(not conflict(each, bob.employee) for each in free) > 3
    paid = sum(
        each.amount_minor for award in Award.objects.granted() for each in award.recipients.all()
    )
    [used] = {award.budget for award in Award.objects.granted() if award.budget}
    assert Account.objects.get(code=used.account_code).balance_minor == BUDGET - paid


def test_hr_has_a_report_and_a_pattern_to_look_at(loaded):
    found = FairPlayCase.objects.order_by("pk").values_list("kind", "state")
    # Of the real citations some say nearly the same.
    assert list(found) == [("reported", "held"), ("pair", "open"), ("copied", "open")]


def test_loading_again_loads_nothing_twice(loaded):
    praise_each_other(YESTERDAY + timedelta(days=1), by=loaded)
    assert Nomination.objects.count() == 424
    assert not Employee.objects.filter(user=None).exists()
    assert datetime.now(UTC) > Nomination.objects.first().published_at
