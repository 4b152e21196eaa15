"""The pages of cases: one with what explains it, the lists, giving back and cancelling."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from empowerment.models import Case
from empowerment.rules.limits import Measure, Scope
from empowerment.services.asking import ask, decide, pass_on
from empowerment.services.giving_back import GivenBack, give_back
from empowerment.services.spending import spend
from people.models import Placement, Role
from tests.conftest import TUESDAY_NOON, make_department, make_person
from tests.empowerment.conftest import limited, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page(client, user, case) -> str:
    client.force_login(user)
    return text(client.get(f"/cases/{case.pk}/"))


@pytest.fixture
def spent(ann) -> Case:
    return spend(wanted(4_000, no_receipt="cash"), by=ann, now=TUESDAY_NOON)


@pytest.fixture
def asked(ann, bob) -> Case:
    return ask(wanted(20_000, reason="the party was spoilt"), by=ann, now=TUESDAY_NOON)


def test_a_case_says_why_it_was_within_the_limits(client, ann, spent):
    later = spend(wanted(5_000), by=ann, now=TUESDAY_NOON)
    found = page(client, ann, later)
    for said in (
        "It was within every limit, so it was approved the moment it was entered.",
        "Counts this case alone. GBP 150.00 GBP 0.00 GBP 50.00 GBP 100.00",
        "Counts what anybody spent on this customer from Mon 2 Feb 2026 through Tue 3 Mar 2026."
        " GBP 150.00 GBP 40.00 GBP 50.00 GBP 60.00",
        "Counts what Ann spent without asking on Tue 3 Mar 2026."
        " GBP 300.00 GBP 40.00 GBP 50.00 GBP 210.00",
        "Counts what Ann spent without asking in March 2026.",
        "Counts what all of Claims spent in March 2026.",
        "For everybody, from Mon 2 Mar 2026. as agreed",
    ):
        assert said in found


def test_a_case_above_says_which_limit_it_broke_and_by_how_much(client, bob, ann, system, asked):
    found = page(client, bob, asked)
    for said in (
        "It was above the limit per case, per customer, so a lead was asked.",
        "GBP 150.00 GBP 0.00 GBP 200.00 GBP 50.00 too much",
        "the party was spoilt",
        "The leads of Claims answer by 13:00.",
    ):
        assert said in found


def test_whose_limit_it_is_is_said(client, ann, system, claims, site):
    ann.employee.job_title = "Agent"
    ann.employee.save()
    for case_of, whom in (
        ({"scope": Scope.SITE, "site": site}, "For Head office"),
        ({"scope": Scope.DEPARTMENT, "department": claims}, "For Claims"),
        ({"scope": Scope.ROLE, "role": Role.EMPLOYEE}, "For everybody with the role employee"),
        ({"scope": Scope.GRADE, "grade": "Agent"}, "For everybody who works as Agent"),
        ({"scope": Scope.PERSON, "employee": ann.employee}, "For Ann"),
    ):
        limited(Measure.CASE, 10_000, by=system, **case_of)
        case = spend(wanted(100), by=ann, now=TUESDAY_NOON)
        assert f"{whom}, from Mon 2 Mar 2026." in page(client, ann, case)


def test_where_no_limit_was_set_the_page_says_so(client, ann, bob, system):
    limited(Measure.CASE, None, by=system)
    case = ask(wanted(100, reason="late"), by=ann, now=TUESDAY_NOON)
    assert "Nobody had set a limit per case, so nothing could be spent" in page(client, ann, case)


def test_what_was_set_since_changes_no_explanation(client, ann, system, spent):
    before = page(client, ann, spent)
    limited(Measure.CASE, 1, by=system, from_date=TUESDAY_NOON.date())
    assert page(client, ann, spent) == before


@pytest.mark.parametrize("who", ["ann", "bob", "fay", "max_auditor"])
def test_who_has_to_do_with_a_case_reads_it(client, request, who, spent):
    assert "Case" in page(client, request.getfixturevalue(who), spent)


@pytest.mark.parametrize("who", ["cas", "dee", "eve", "root"])
def test_for_anybody_else_a_case_is_not_there(client, request, bob, who, spent):
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"/cases/{spent.pk}/").status_code == 404


def test_executives_read_what_was_asked_of_them_also_when_it_is_decided(client, eve, ann):
    case = ask(wanted(20_000, reason="late"), by=ann, now=TUESDAY_NOON)
    assert "The executives answer by" in page(client, eve, case)
    decide(case, approve=True, reason="", by=eve, now=TUESDAY_NOON)
    assert "approved" in page(client, eve, case)


def test_a_case_tells_what_came_back(client, ann, spent):
    back = GivenBack(uuid4(), 1_000, "the parcel was found")
    give_back(spent, back, by=ann, now=TUESDAY_NOON)
    found = page(client, ann, spent)
    for said in ("Came back GBP 10.00", "Cost in the end GBP 30.00", "the parcel was found",
                 "No receipt because cash", "entered and approved at once"):  # fmt: skip
        assert said in found


def confirmed(client, address: str, **said):
    """The effects, then the act with their digest."""
    looked = client.post(address, said)
    return looked.context["effects"], client.post(address, {**said, "seen": looked.context["seen"]})


def test_money_is_given_back_once_the_effects_were_seen(client, ann, spent):
    client.force_login(ann)
    address = f"/cases/{spent.pk}/give-back/"
    said = {"key": uuid4(), "amount": "10.00", "reason": "the parcel was found"}
    assert "GBP 40.00 was spent on customer C-1." in text(client.get(address))
    effects, response = confirmed(client, address, **said)
    assert effects[0] == "GBP 10.00 go back to the budget of Claims for March 2026."
    assert response.url == f"/cases/{spent.pk}/"
    assert Case.objects.get().returned_minor == 1_000


def test_to_look_at_the_effects_gives_nothing_back(client, ann, spent):
    client.force_login(ann)
    client.post(
        f"/cases/{spent.pk}/give-back/", {"key": uuid4(), "amount": "10", "reason": "found"}
    )
    assert Case.objects.get().returned_minor == 0


def test_a_confirmation_sent_twice_gives_back_once(client, ann, spent):
    client.force_login(ann)
    address, said = f"/cases/{spent.pk}/give-back/", {"amount": "10", "reason": "found"}
    said |= {"key": uuid4(), "seen": client.post(address, said | {"key": uuid4()}).context["seen"]}
    for _tap in range(2):
        assert client.post(address, said).status_code == 302
    assert Case.objects.get().returned_minor == 1_000


def test_a_case_is_cancelled_in_red_and_stays_in_the_lists(client, ann, spent):
    client.force_login(ann)
    address = f"/cases/{spent.pk}/cancel/"
    _effects, response = confirmed(client, address, key=uuid4(), reason="typed twice")
    assert response.status_code == 302
    assert "cancelled" in text(client.get("/cases/mine/"))
    offered = client.get(f"/cases/{spent.pk}/").context["acts"]
    assert offered == []


@pytest.mark.parametrize(
    ("amount", "says"),
    [("", "This field is required"), ("0", "above 0"), ("-1", "above 0"), ("1e3", "digits"),
     ("40.01", "Between GBP 0.01 and GBP 40.00"), ("1.234", "decimals"), ("1" * 19, "too large"),
     ("１０", "plain digits"), ("1.000,00", "without")],
)  # fmt: skip
def test_an_amount_that_cannot_come_back_is_said_at_the_field(client, ann, spent, amount, says):
    client.force_login(ann)
    said = {"key": uuid4(), "amount": amount, "reason": "found"}
    form = client.post(f"/cases/{spent.pk}/give-back/", said).context["form"]
    assert says in " ".join(form.errors["amount"])
    assert Case.objects.get().returned_minor == 0


@pytest.mark.parametrize("act", ["give-back", "cancel"])
@pytest.mark.parametrize("who", ["bob", "cas", "dee", "eve", "max_auditor", "root"])
def test_nobody_else_takes_back_what_was_approved(client, request, spent, who, act):
    client.force_login(request.getfixturevalue(who))
    address = f"/cases/{spent.pk}/{act}/"
    assert client.get(address).status_code == 404
    said = {"key": uuid4(), "amount": "1", "reason": "no"}
    assert client.post(address, said).status_code == 404


def test_who_may_is_offered_to_give_back(client, ann, fay, bob, spent):
    def offered(user) -> list[str]:
        client.force_login(user)
        return [address for address, _text in client.get(f"/cases/{spent.pk}/").context["acts"]]

    both = [f"/cases/{spent.pk}/give-back/", f"/cases/{spent.pk}/cancel/"]
    assert (offered(ann), offered(fay), offered(bob)) == (both, both, [])


def test_leads_list_their_departments_and_finance_and_auditors_all(
    client, ann, cas, bob, fay, max_auditor
):
    for user in (ann, cas):
        spend(wanted(1_000), by=user, now=TUESDAY_NOON)

    def listed(user) -> list[str]:
        client.force_login(user)
        rows = client.get("/cases/").context["table"].page.object_list
        return [row.record.employee.name for row in rows]

    assert listed(bob) == ["Ann"]
    assert listed(fay) == listed(max_auditor) == ["Cas", "Ann"]


def test_cases_are_narrowed(client, ann, cas, bob, fay, spent, asked):
    other = spend(wanted(1_000, remedy="goods"), by=cas, now=TUESDAY_NOON)
    client.force_login(fay)

    def listed(query: str) -> set[int]:
        rows = client.get(f"/cases/?{query}").context["table"].page.object_list
        return {row.record.pk for row in rows}

    every = {spent.pk, asked.pk, other.pk}
    assert listed("state=asked") == {asked.pk}
    assert listed("department=BILLING") == listed("remedy=goods") == {other.pk}
    assert listed("moment=delay") == listed("first=2026-03-03&last=2026-03-03") == every
    assert listed("first=2026-03-04") == listed("last=2026-03-02") == set()


def test_what_waits_goes_into_a_file(client, bob, asked):
    client.force_login(bob)
    _head, row = client.get("/cases/asked/?export=csv").content.decode("utf-8-sig").splitlines()
    assert row == "2026-03-03 13:00:00,200.00,GBP,Ann,Claims,C-1,A delivery was late"


def test_a_lead_narrows_to_own_departments_alone(client, bob, billing, spent):
    client.force_login(bob)
    form = client.get("/cases/").context["filters"].form
    assert [str(each) for each in form.fields["department"].queryset] == ["Claims"]


def test_the_list_goes_into_a_file(client, fay, spent):
    client.force_login(fay)
    head, row = client.get("/cases/?export=csv").content.decode("utf-8-sig").splitlines()
    assert head == (
        "Entered,Entered by,Department,Customer,What for,Remedy,Amount,Came back,Currency,State,"
        "Case"
    )
    assert row == (
        "2026-03-03 12:00:00,Ann,Claims,C-1,A delivery was late,refund,40.00,0.00,GBP,approved,"
        f"{spent.pk}"
    )


@pytest.mark.parametrize("address", ["/cases/", "/cases/mine/", "/cases/asked/"])
def test_a_list_asks_the_database_as_often_for_1000_rows_as_for_1(
    client, bob, ann, asked, system, address
):
    client.force_login(ann if address == "/cases/mine/" else bob)
    client.get(address)

    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    counts = [asks()]
    for more in (9, 990):
        Case.objects.bulk_create(
            Case(
                **{
                    field.attname: getattr(asked, field.attname)
                    for field in Case._meta.concrete_fields
                    if field.name not in ("id", "key")
                },
                key=uuid4(),
            )
            for _n in range(more)
        )
        counts.append(asks())
    assert len(set(counts)) == 1


def test_what_waits_is_the_most_urgent_first_with_its_clock(client, bob, ann, asked):
    urgent = ask(wanted(30_000, reason="late"), by=ann, now=TUESDAY_NOON - timedelta(hours=2))
    client.force_login(bob)
    response = client.get("/cases/asked/")
    rows = [row.record.pk for row in response.context["table"].page.object_list]
    assert rows == [urgent.pk, asked.pk]
    assert "answer by 11:00 ✗ overdue" in text(response)
    assert "answer by 13:00 GBP 200.00" in text(response)


def test_a_lead_sees_what_waits_for_them_or_went_past_them_and_not_what_a_lead_below_is_asked(
    client, ann, site, claims, bob, eve, system
):
    house = make_department("HOUSE", site)
    Placement.objects.filter(department=claims).update(parent=house)
    una = make_person("una", house, (Role.LEAD, house), by=system)
    case = ask(wanted(20_000, reason="late"), by=ann, now=TUESDAY_NOON)

    def waits(user) -> list[int]:
        client.force_login(user)
        rows = client.get("/cases/asked/").context["table"].page.object_list
        return [row.record.pk for row in rows]

    assert (waits(bob), waits(una), waits(eve)) == ([case.pk], [], [])
    pass_on(now=TUESDAY_NOON + timedelta(hours=1), by=system)
    assert (waits(bob), waits(una), waits(eve)) == ([case.pk], [case.pk], [])
    pass_on(now=TUESDAY_NOON + timedelta(hours=2), by=system)
    assert (waits(bob), waits(una), waits(eve)) == ([case.pk], [case.pk], [case.pk])


def test_the_page_to_decide_on_says_what_a_lead_must_know(client, bob, asked):
    client.force_login(bob)
    found = text(client.get(f"/cases/{asked.pk}/decide/"))
    for said in (
        "Ann asks for GBP 200.00", "Answer by 13:00", "the party was spoilt", "C-1",
        "A delivery was late", "refund",
        "Above the limit per case by GBP 50.00: at most GBP 150.00, used before GBP 0.00.",
        "Left in the budget of Claims this month: GBP 5,000.00.",
    ):  # fmt: skip
        assert said in found


def answers(client, case, answer: str, reason: str = ""):
    return client.post(f"/cases/{case.pk}/decide/", {"answer": answer, "reason": reason})


def test_a_lead_approves_and_two_taps_are_one_decision(client, bob, asked):
    client.force_login(bob)
    for _tap in range(2):
        assert answers(client, asked, "approve").url == f"/cases/{asked.pk}/"
    assert [step.what for step in asked.steps.all()] == ["asked", "approved"]


def test_a_lead_declines_with_a_reason(client, bob, asked):
    client.force_login(bob)
    wrong = answers(client, asked, "decline")
    assert "Say why" in " ".join(wrong.context["form"].errors["reason"])
    assert answers(client, asked, "decline", "Offer goods").status_code == 302
    assert Case.objects.get().state == Case.State.DECLINED


def test_an_answer_that_is_none_decides_nothing(client, bob, asked):
    client.force_login(bob)
    for answer in ("", "maybe"):
        assert answers(client, asked, answer).status_code == 200
    assert Case.objects.get().state == Case.State.ASKED


def test_who_comes_second_reads_what_was_decided_and_by_whom(client, bob, claims, system, asked):
    zoe = make_person("zoe", claims, (Role.LEAD, claims), by=system)
    decide(asked, approve=False, reason="no", by=zoe, now=TUESDAY_NOON)
    client.force_login(bob)
    late = answers(client, asked, "approve")
    assert "Zoe has decided this case already: declined." in text(late)
    assert "Zoe decided this on 3 Mar 2026, 12:00. The case is declined." in text(late)
    assert Case.objects.get().decided_by == zoe


def test_nobody_decides_on_their_own(client, bob, eve):
    own = ask(wanted(20_000, reason="late"), by=bob, now=TUESDAY_NOON)
    client.force_login(bob)
    assert client.get(f"/cases/{own.pk}/decide/").status_code == 404
    assert answers(client, own, "approve").status_code == 404


@pytest.mark.parametrize("who", ["ann", "cas", "dee", "fay", "eve", "max_auditor", "root"])
def test_nobody_who_was_not_asked_decides(client, request, asked, who):
    client.force_login(request.getfixturevalue(who))
    assert answers(client, asked, "approve").status_code == 404


def test_to_approve_asks_for_the_second_factor_again_and_to_decline_does_not(
    client, settings, bob, asked
):
    client.force_login(bob, second_factor=False)
    settings.SECOND_FACTOR_REQUIRED = True
    assert answers(client, asked, "approve").url.startswith("/account/")
    assert Case.objects.get().state == Case.State.ASKED
    assert answers(client, asked, "decline", "Offer goods").status_code == 302
    assert Case.objects.get().state == Case.State.DECLINED


def test_a_request_is_taken_back(client, ann, asked):
    client.force_login(ann)
    address = f"/cases/{asked.pk}/withdraw/"
    assert "You asked for GBP 200.00." in text(client.get(address))
    assert client.post(address).url == f"/cases/{asked.pk}/"
    assert Case.objects.get().state == Case.State.WITHDRAWN
    assert "This case is withdrawn already." in text(client.get(address))


def test_what_was_decided_meanwhile_is_not_taken_back(client, ann, bob, asked):
    decide(asked, approve=True, reason="", by=bob, now=TUESDAY_NOON)
    client.force_login(ann)
    found = text(client.post(f"/cases/{asked.pk}/withdraw/"))
    assert "Bob has decided this case already: approved." in found


def test_the_first_page_tells_leads_what_waits_and_askers_what_was_decided(client, ann, bob, asked):
    client.force_login(bob)
    found = text(client.get("/"))
    assert "1 request above the limits waits for your answer" in found
    assert "Ann asks for GBP 200.00: answer by 13:00" in found
    decide(asked, approve=True, reason="", by=bob, now=TUESDAY_NOON)
    assert "waits for your answer" not in text(client.get("/"))
    client.force_login(ann)
    assert "GBP 200.00 for customer C-1: approved" in text(client.get("/"))
