"""Leave: entered, ended and taken back by HR alone; and how somebody left."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import AuditEntry, Employee, Leave, Membership
from people.services import employment, leaves
from people.services.audit import opened
from people.services.employment import EmploymentRefused
from people.services.leaves import Stint, stints

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("claims", "billing")]
FIRST, LAST = date(2099, 3, 2), date(2099, 3, 6)
SICK = {"kind": "sickness", "from_date": str(FIRST), "until_date": str(LAST)}
NOBODY_ELSE = ["ann", "bob", "cas", "fay", "eve", "max_auditor", "root"]


@pytest.fixture
def as_dee(client, dee):
    client.force_login(dee)
    return client


@pytest.fixture
def employee(ann):
    return ann.employee


@pytest.fixture
def sick(employee):
    return make_leave(employee, FIRST, LAST)


def make_leave(employee, first: date, last: date | None, kind: str = "sickness") -> Leave:
    return Leave.objects.create(employee=employee, kind=kind, from_date=first, until_date=last)


def entered() -> list[tuple]:
    return list(Leave.objects.order_by("from_date").values_list("kind", "from_date", "until_date"))


def logged() -> tuple:
    [entry] = opened([AuditEntry.objects.order_by("pk").last()])
    return entry.entry.action, entry.before, entry.after, entry.why


def looked(client, address: str, said: dict):
    return client.post(f"/people/{address}/", said)


def done(client, address: str, said: dict):
    """Look, then say yes to exactly what was shown."""
    seen = looked(client, address, said).context["seen"]
    return looked(client, address, said | {"confirmed": "yes", "seen": seen})


def errors(response) -> dict:
    assert response.status_code == 200
    assert not response.context["effects"]
    return response.context["form"].errors


def test_hr_enters_leave_and_sees_first_what_it_is(as_dee, employee):
    response = looked(as_dee, "ann/leaves/new", SICK)
    shown = response.content.decode()
    assert "Ann is on leave: sickness, Mon 2 Mar 2099 – Fri 6 Mar 2099." in shown
    assert not Leave.objects.exists()
    assert done(as_dee, "ann/leaves/new", SICK).url == "/people/ann/"
    assert entered() == [("sickness", FIRST, LAST)]
    after = {"kind": "sickness", "from": str(FIRST), "until": str(LAST)}
    assert logged() == ("take_leave", None, after, "")
    assert AuditEntry.objects.latest("pk").person == employee


def test_leave_stays_open_while_nobody_knows_its_end(as_dee, employee):
    done(as_dee, "ann/leaves/new", SICK | {"until_date": "", "kind": "parental"})
    assert entered() == [("parental", FIRST, None)]
    assert "Mon 2 Mar 2099 –" in as_dee.get("/people/ann/").content.decode()


def test_what_was_entered_is_changed_without_standing_in_an_address(as_dee, employee):
    assert "kind=" not in looked(as_dee, "ann/leaves/new", SICK).content.decode()
    again = looked(as_dee, "ann/leaves/new", SICK | {"again": ""})
    assert errors(again) == {}
    assert {name: again.context["form"][name].value() for name in SICK} == SICK
    assert not Leave.objects.exists()


def test_leave_in_the_past_says_what_final_days_keep(as_dee, employee):
    said = SICK | {"from_date": "2026-01-05", "until_date": "2026-01-06"}
    assert "final days keep" in looked(as_dee, "ann/leaves/new", said).content.decode()


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"kind": "holiday"}, "kind", "valid choice"),
        ({"kind": ""}, "kind", "required"),
        ({"from_date": ""}, "from_date", "required"),
        ({"from_date": "2099-02-30"}, "from_date", "valid date"),
        ({"until_date": "9999-12-31"}, "until_date", "less than or equal"),
        ({"until_date": str(FIRST - timedelta(days=1))}, "until_date", "before the first day"),
        ({"from_date": "2019-12-31"}, "from_date", "does not work here on 2019-12-31"),
        ({"from_date": "2099-03-20", "until_date": "2099-03-20"}, "from_date",
         "is on leave from 2099-03-20 on already"),
        ({"from_date": "2099-03-10", "until_date": "2099-03-20"}, "from_date",
         "is on leave from 2099-03-09 through 2099-03-10 already"),
        ({"until_date": ""}, "from_date", "is on leave from 2099-03-09 through"),
    ],
)  # fmt: skip
def test_leave_that_cannot_be_is_refused(as_dee, employee, said, field, words):
    make_leave(employee, date(2099, 3, 9), date(2099, 3, 10))
    make_leave(employee, date(2099, 3, 20), None)
    before = entered()
    found = errors(looked(as_dee, "ann/leaves/new", SICK | said))
    assert list(found) == [field]
    assert words in found[field][0]
    assert entered() == before


@pytest.mark.parametrize("until", [str(LAST), ""])
def test_leave_does_not_reach_past_the_last_day(as_dee, employee, until):
    last_day = LAST - timedelta(days=1)
    employment.set_last_day(employee, last_day, by=employee.user)
    found = errors(looked(as_dee, "ann/leaves/new", SICK | {"until_date": until}))
    assert found == {"until_date": [f"works here until {last_day}: the leave ends then at the"
                                    " latest"]}  # fmt: skip


def test_leave_does_not_reach_into_a_gap(as_dee, employee, claims, system):
    employment.set_last_day(employee, date(2025, 5, 5), by=system)
    Employee.objects.filter(pk=employee.pk).update(left_on=None)
    Membership.objects.create(employee=employee, department=claims, from_date=date(2026, 1, 5))
    said = SICK | {"from_date": "2025-06-01", "until_date": "2026-02-01"}
    assert list(errors(looked(as_dee, "ann/leaves/new", said))) == ["from_date"]
    said |= {"from_date": "2025-05-01"}
    assert list(errors(looked(as_dee, "ann/leaves/new", said))) == ["until_date"]
    said |= {"from_date": "2026-01-05"}
    assert looked(as_dee, "ann/leaves/new", said).context["effects"]


def test_departments_that_follow_each_other_are_one_stint():
    spans = [
        (date(2026, 3, 1), None), (date(2024, 1, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
    ]  # fmt: skip
    assert stints(spans) == [
        Stint(date(2024, 1, 1), date(2026, 1, 31)), Stint(date(2026, 3, 1), None),
    ]  # fmt: skip


@pytest.mark.parametrize("last_day", ["2099-03-04", "2099-03-12"])
def test_leave_ends_sooner_or_later(as_dee, sick, last_day):
    done(as_dee, f"ann/leaves/{sick.pk}/end", {"last_day": last_day})
    assert entered() == [("sickness", FIRST, date.fromisoformat(last_day))]
    action, before, after, _why = logged()
    assert (action, before["until"], after["until"]) == ("end_leave", str(LAST), last_day)


@pytest.mark.parametrize(
    ("last_day", "words"),
    [
        ("", "required"),
        (str(LAST), "ends on that day already"),
        ("2099-03-01", "is before the first day"),
        ("2099-03-20", "is on leave from 2099-03-20 on already"),
    ],
)
def test_leave_does_not_end_just_anywhere(as_dee, employee, sick, last_day, words):
    make_leave(employee, date(2099, 3, 20), None)
    found = errors(looked(as_dee, f"ann/leaves/{sick.pk}/end", {"last_day": last_day}))
    assert list(found) == ["last_day"]
    assert words in found["last_day"][0]


def test_a_wrong_entry_is_taken_back_with_a_reason(as_dee, sick):
    address = f"ann/leaves/{sick.pk}/take-back"
    assert errors(looked(as_dee, address, {"why": " "}))
    done(as_dee, address, {"why": "wrong colleague"})
    assert entered() == []
    before = {"kind": "sickness", "from": str(FIRST), "until": str(LAST)}
    assert logged() == ("take_back_leave", before, None, "wrong colleague")


def test_what_somebody_else_took_back_meanwhile_is_refused(dee, sick):
    stale = Leave.objects.get()
    sick.delete()
    with pytest.raises(EmploymentRefused, match="meanwhile"):
        leaves.end_leave(stale, last_day=FIRST, today=FIRST, by=dee)


def test_a_leave_of_somebody_else_is_not_found(as_dee, sick, bob):
    for what in ("end", "take-back"):
        assert as_dee.get(f"/people/bob/leaves/{sick.pk}/{what}/").status_code == 404
        assert as_dee.get(f"/people/ann/leaves/{sick.pk + 1}/{what}/").status_code == 404


@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_nobody_but_hr_sees_or_enters_leave(client, sick, request, who):
    client.force_login(request.getfixturevalue(who))
    page = client.get("/people/ann/").content.decode()
    assert "sickness" not in page
    assert "/leaves/" not in page
    for address, said in (
        ("ann/leaves/new", SICK), (f"ann/leaves/{sick.pk}/end", {"last_day": str(FIRST)}),
        (f"ann/leaves/{sick.pk}/take-back", {"why": "x"}),
        ("ann/leaver", {"good_leaver": "yes", "why": "x"}),
    ):  # fmt: skip
        assert client.get(f"/people/{address}/").status_code == 403
        assert looked(client, address, said).status_code == 403
    assert entered() == [("sickness", FIRST, LAST)]


@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_the_services_ask_for_hr_themselves(employee, sick, request, who):
    by = request.getfixturevalue(who)
    said = {"today": FIRST, "by": by}
    with pytest.raises(EmploymentRefused, match="entered by HR"):
        leaves.take_leave(employee, kind="care", from_date=FIRST, until_date=LAST, **said)
    with pytest.raises(EmploymentRefused, match="entered by HR"):
        leaves.end_leave(sick, last_day=FIRST, **said)
    with pytest.raises(EmploymentRefused, match="entered by HR"):
        leaves.take_back_leave(sick, why="x", **said)
    with pytest.raises(EmploymentRefused, match="HR says"):
        employment.mark_leaver(employee, good=True, why="x", by=by)


def test_nobody_enters_the_own_leave(as_dee, dee):
    own = make_leave(dee.employee, FIRST, LAST)
    for what in ("leaves/new", f"leaves/{own.pk}/end", f"leaves/{own.pk}/take-back", "leaver"):
        assert as_dee.get(f"/people/dee/{what}/").status_code == 403
    assert "/leaves/" not in as_dee.get("/people/dee/").content.decode()
    with pytest.raises(EmploymentRefused, match="the own employment"):
        leaves.end_leave(own, last_day=FIRST, today=FIRST, by=dee)


def test_leave_ends_with_the_employment(as_dee, employee, sick):
    make_leave(employee, date(2099, 4, 1), None)
    last_day = FIRST + timedelta(days=1)
    address, said = "ann/leave", {"last_day": str(last_day)}
    assert "Leave ends with the last day" in looked(as_dee, address, said).content.decode()
    looked(as_dee, address, said | {"confirmed": "yes"})
    assert entered() == [("sickness", FIRST, last_day)]
    cut = opened(AuditEntry.objects.filter(action="cut_leave").order_by("pk"))
    assert [each.after and each.after["until"] for each in cut] == [str(last_day), None]
    for later in ("", str(last_day + timedelta(days=1))):
        shown = looked(as_dee, address, {"last_day": later}).content.decode()
        assert "Leave that ended with the former last day stays ended" in shown


def test_the_list_of_leave_costs_the_same_queries_with_one_and_with_many(as_dee, employee):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert as_dee.get("/people/ann/").status_code == 200
        return len(asked)

    make_leave(employee, FIRST, FIRST)
    few = queries()
    Leave.objects.bulk_create(
        Leave(employee=employee, kind="care", from_date=day, until_date=day)
        for day in (FIRST + timedelta(days=n) for n in range(1, 1000))
    )
    assert queries() == few


# How somebody left


def leaver(employee) -> Employee:
    employee.left_on = timezone.localdate() - timedelta(days=5)
    employee.save()
    return employee


@pytest.mark.parametrize(
    ("said", "good", "words"),
    [
        ("yes", True, "Ann keeps what was earned on the days worked."),
        ("no", False, "counts as never eligible: each of those days belongs to the others."),
    ],
)
def test_hr_marks_a_leaver_and_sees_first_what_it_means(as_dee, employee, said, good, words):
    leaver(employee)
    answer = {"good_leaver": said, "why": "retired"}
    assert words in looked(as_dee, "ann/leaver", answer).content.decode()
    assert Employee.objects.get(number="ann").good_leaver is None
    done(as_dee, "ann/leaver", answer)
    assert Employee.objects.get(number="ann").good_leaver is good
    action, before, after, why = logged()
    assert (action, before["good_leaver"], after["good_leaver"], why) == (
        "mark_leaver", None, good, "retired",
    )  # fmt: skip


def test_a_mark_is_changed_and_taken_back(as_dee, employee):
    leaver(employee)
    for said, good in (("yes", True), ("no", False), ("", None)):
        done(as_dee, "ann/leaver", {"good_leaver": said, "why": "said anew"})
        assert Employee.objects.get(number="ann").good_leaver is good


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"good_leaver": "perhaps", "why": "x"}, "good_leaver"),
        ({"good_leaver": "yes"}, "why"),
        ({"good_leaver": "yes", "why": "x" * 501}, "why"),
        ({"good_leaver": "", "why": "x"}, "good_leaver"),
    ],
)
def test_a_wrong_mark_is_refused(as_dee, employee, said, field):
    leaver(employee)
    assert list(errors(looked(as_dee, "ann/leaver", said))) == [field]
    assert Employee.objects.get(number="ann").good_leaver is None


def test_whoever_stays_is_not_marked(as_dee, employee):
    said = {"good_leaver": "yes", "why": "x"}
    assert "has no last day" in errors(looked(as_dee, "ann/leaver", said))["good_leaver"][0]


def test_hr_marks_with_the_last_day_and_an_administrator_is_not_asked(client, employee, dee, root):
    said = {"last_day": "2099-03-06", "good_leaver": "yes", "confirmed": "yes"}
    client.force_login(root)
    assert "good_leaver" not in client.get("/people/ann/leave/").content.decode()
    looked(client, "ann/leave", said)
    assert Employee.objects.get(number="ann").good_leaver is None
    client.force_login(dee)
    looked(client, "ann/leave", said)
    assert Employee.objects.get(number="ann").good_leaver is True
    # What was said is changed with a reason, on its own page.
    assert "good_leaver" not in client.get("/people/ann/leave/").content.decode()
    client.force_login(root)
    looked(client, "ann/leave", {"last_day": "2099-03-08", "confirmed": "yes"})
    assert Employee.objects.get(number="ann").good_leaver is True


def test_leaving_tells_hr_what_the_mark_means(as_dee, employee):
    said = {"last_day": "2099-03-06", "good_leaver": "no"}
    assert "counts as never eligible" in looked(as_dee, "ann/leave", said).content.decode()
    said = {"last_day": "", "good_leaver": "no"}
    assert "counts as never eligible" not in looked(as_dee, "ann/leave", said).content.decode()


def test_whoever_stays_after_all_or_comes_back_is_marked_no_more(as_dee, employee, dee):
    looked(as_dee, "ann/leave", {"last_day": "2099-03-06", "good_leaver": "yes",
                                 "confirmed": "yes"})  # fmt: skip
    looked(as_dee, "ann/leave", {"last_day": "", "confirmed": "yes"})
    assert Employee.objects.get(number="ann").good_leaver is None
    looked(as_dee, "ann/leave", {"last_day": "2025-05-05", "good_leaver": "no",
                                 "confirmed": "yes"})  # fmt: skip
    back = {"department": "CLAIMS", "fte": "100", "from_date": "2026-01-05"}
    assert "is forgotten" in looked(as_dee, "ann/come-back", back).content.decode()
    looked(as_dee, "ann/come-back", back | {"confirmed": "yes"})
    ann = Employee.objects.get(number="ann")
    assert (ann.left_on, ann.good_leaver) == (None, None)


def test_the_page_says_to_hr_alone_how_somebody_left(client, employee, dee, root, max_auditor):
    leaver(employee)
    for good, words in (
        (None, "Not said yet"), (True, "Good leaver: keeps"), (False, "No good leaver"),
    ):  # fmt: skip
        Employee.objects.filter(pk=employee.pk).update(good_leaver=good)
        for user, sees in ((dee, True), (root, False), (max_auditor, False)):
            client.force_login(user)
            page = client.get("/people/ann/").content.decode()
            assert (words in page, "/leaver/" in page) == (sees, sees)


# Who is not marked yet


@pytest.fixture
def leavers(claims):
    """Days ago, mark: who counts as not marked yet are the first two."""
    found = {}
    for number, ago, good in (
        ("new", 1, None), ("old", 365, None), ("older", 366, None), ("said", 2, False),
        ("last-day-today", 0, None),
    ):  # fmt: skip
        left_on = timezone.localdate() - timedelta(days=ago)
        found[number] = Employee.objects.create(
            number=number, name=number, hired_on=date(2020, 1, 1), left_on=left_on,
            good_leaver=good,
        )  # fmt: skip
    Employee.objects.create(
        number="erased", name="erased", hired_on=date(2020, 1, 1), left_on=found["new"].left_on,
        erased_at=timezone.now(),
    )  # fmt: skip
    return found


def test_a_card_and_a_list_lead_hr_to_leavers_that_are_not_marked(as_dee, leavers):
    assert "2 leavers of the last 12 months are not marked yet" in as_dee.get("/").content.decode()
    page = as_dee.get("/people/?state=left-not-marked")
    names = {row.record.name for row in page.context["table"].paginated_rows}
    assert names == {"new", "old"}
    Employee.objects.filter(number__in=("new", "old")).update(good_leaver=True)
    assert "not marked yet" not in as_dee.get("/").content.decode()


@pytest.mark.parametrize("who", ["root", "max_auditor", "bob"])
def test_nobody_else_is_led_there(client, leavers, request, who):
    client.force_login(request.getfixturevalue(who))
    assert "not marked yet" not in client.get("/").content.decode()
    assert "left-not-marked" not in client.get("/people/").content.decode()
    page = client.get("/people/?state=left-not-marked")
    assert {"new", "old"} != {row.record.name for row in page.context["table"].paginated_rows}
