"""Trying targets on the past: nothing is saved."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incentives.models import Target
from tests.conftest import MONDAY
from tests.incentives.test_closing import report_all
from tests.scene import wednesday  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

HEADER = "department,metric,unit,direction,decimals,value,effective_from\n"
CLAIMS_80 = HEADER + "CLAIMS,answered,percent,at_least,2,80,2026-01-01\n"
TWO = CLAIMS_80 + "BILLING,answered,percent,at_least,2,81,2026-01-01\n"


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


@pytest.fixture
def past(goals, system):
    """A working week in which every figure was on target except the last day's."""
    for offset in range(5):
        day = MONDAY - timedelta(days=7 - offset)
        report_all(goals, system, day=day, met=0 if offset == 4 else 4)


def upload(client, content: str, *, name="targets.csv", **more):
    file = SimpleUploadedFile(name, content.encode())
    return client.post("/back-test/", {"file": file, "unreported": "missed", **more})


def test_it_counts_the_days_each_target_and_the_company_would_have_hit(as_dee, past):
    response = upload(as_dee, CLAIMS_80, ignore_dates="on")
    test = response.context["test"]
    assert (test.days, test.hits[95]) == (5, 4)
    [(target, days, met)] = test.targets
    assert (target.department.code, days, met) == ("CLAIMS", 5, 4)
    assert "On 5 days" in response.content.decode()


def test_two_targets_of_which_one_is_out_of_reach_never_hit(as_dee, past):
    test = upload(as_dee, TWO, ignore_dates="on").context["test"]
    assert (test.hits[50], test.hits[95]) == (4, 0)


def test_nothing_is_saved(as_dee, past):
    before = list(Target.objects.values_list("pk", "value_scaled", "until_date"))
    upload(as_dee, TWO, ignore_dates="on")
    assert list(Target.objects.values_list("pk", "value_scaled", "until_date")) == before


def test_a_span_narrows_the_days(as_dee, past):
    test = upload(as_dee, CLAIMS_80, first="2026-02-23", last="2026-02-24").context["test"]
    assert (test.days, test.hits[95]) == (2, 2)


def test_targets_in_force_later_are_due_on_no_day_unless_dates_are_left_aside(as_dee, past):
    later = CLAIMS_80.replace("2026-01-01", "2027-01-01")
    assert upload(as_dee, later).context["test"].days == 0
    assert upload(as_dee, later, ignore_dates="on").context["test"].days == 5


def test_without_past_figures_it_says_so(as_dee, goals):
    response = upload(as_dee, CLAIMS_80)
    assert response.context["test"] is None
    assert b"there are no past figures for these targets" in response.content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("hello\nworld\n", "no header line found"),
        (HEADER + "NOPE,answered,percent,at_least,2,80,2026-01-01\n", "is not a department"),
        (HEADER + "CLAIMS,answered,percent,at_least,2,much,2026-01-01\n", "line 2"),
        (HEADER + "CLAIMS,answered,percent,at_least,2,80,soon\n", "line 2"),
        (CLAIMS_80.replace("answered", "a\x00b"), ""),
    ],
)
def test_a_wrong_file_is_named_beside_its_field(as_dee, past, content, words):
    response = upload(as_dee, content)
    assert response.status_code == 200
    assert response.context["test"] is None
    assert words in " ".join(response.context["form"].errors["file"])


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ({"first": "2026-03-02", "last": "2026-02-02"}, "last"),
        ({"last": "9999-12-31"}, "last"),
        ({"first": "0001-01-01"}, "first"),
        ({"first": "soon"}, "first"),
        ({"unreported": "guess"}, "unreported"),
    ],
)
def test_a_span_that_is_none_is_named_beside_its_field(as_dee, past, span, field):
    response = upload(as_dee, CLAIMS_80, **span)
    assert response.context["test"] is None
    assert list(response.context["form"].errors) == [field]


def test_no_file_is_named(as_dee):
    posted = as_dee.post("/back-test/", {"unreported": "missed"})
    assert list(posted.context["form"].errors) == ["file"]


@pytest.mark.parametrize("name", ["ann", "bob", "max_auditor"])
def test_who_may_not(client, past, name, request):
    client.force_login(request.getfixturevalue(name))
    assert upload(client, CLAIMS_80).status_code == 403
