"""The pages of a bonus run: for finance, executives and auditors."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from incentives.models import BonusPayment, BonusRun, BonusShare
from incentives.services.bonus_runs import approve, draft
from incentives.services.payroll import export_payroll
from incentives.services.payroll_layouts import standard_layout
from incentives.services.run_reading import Group, Member, Range, grouped, spreads
from ledger.models import Account
from people.models import AuditEntry, Employee, SalaryLook
from people.second_factor import FRESH_SECONDS
from tests.conftest import make_person, show_second_factor
from tests.incentives.test_bonus_runs import NEW_YEAR, pool, proposed  # noqa: F401
from tests.incentives.test_day_view import queries_of
from tests.incentives.test_lists import csv_rows, xlsx_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def january(monkeypatch):
    """The clock stands still after the year's end."""
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR)


@pytest.fixture
def as_fay(client, fay):
    client.force_login(fay)
    return client


@pytest.fixture
def as_eve(client, eve):
    client.force_login(eve)
    return client


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def listed(response) -> list:
    return [row.record for row in response.context["table"].paginated_rows]


def test_finance_looks_at_what_would_be_shared_before_a_draft_is_made(as_fay, pool, ann, bob):
    looked = as_fay.post("/bonus/runs/draft/", {"year": "bonus:2026"})
    assert looked.context["effects"] == [
        "GBP 250.00 lie in the pool, from 1 hit days.",
        "GBP 250.00 are shared among 3 people.",
        "GBP 0.00 carry over into the next year.",
        "0 people are at their cap.",
        "Nothing is paid: a draft can be computed again or dropped.",
    ]
    assert not BonusRun.objects.exists()
    made = as_fay.post("/bonus/runs/draft/", {"year": "bonus:2026", "seen": looked.context["seen"]})
    run = BonusRun.objects.get()
    assert (made.status_code, made.url) == (302, f"/bonus/runs/{run.pk}/")
    assert (run.state, run.shared_minor, run.made_by.username) == ("draft", 25_000, "fay")


def test_a_draft_of_something_else_than_was_looked_at_is_not_made(as_fay, pool, ann, cas):
    looked = as_fay.post("/bonus/runs/draft/", {"year": "bonus:2026"})
    ann.employee.salaries.update(annual_minor=4_000_000)
    again = as_fay.post(
        "/bonus/runs/draft/", {"year": "bonus:2026", "seen": looked.context["seen"]}
    )
    assert "Something has changed meanwhile: please look again." in again.content.decode()
    assert not BonusRun.objects.exists()


def test_people_without_a_salary_are_counted_before_the_draft(as_fay, pool, ann):
    ann.employee.salaries.all().delete()
    looked = as_fay.post("/bonus/runs/draft/", {"year": "bonus:2026"})
    assert (
        "1 people have no salary on record and get nothing: ask HR first."
        in looked.context["effects"]
    )


@pytest.mark.parametrize("year", ["", "bonus:2025", "other:2026", "bonus", "x" * 9999])
def test_only_a_year_with_money_can_be_chosen(as_fay, pool, ann, year):
    answer = as_fay.post("/bonus/runs/draft/", {"year": year, "seen": "0"})
    assert answer.context["form"].errors["year"]
    assert not BonusRun.objects.exists()


def test_a_year_with_a_run_is_not_offered_again(as_fay, proposed):
    page = as_fay.get("/bonus/runs/draft/")
    assert page.context["form"].fields["year"].choices == []
    assert "No year has money in it" in page.content.decode()


def test_the_run_says_in_words_how_far_it_is_and_how_it_is_shared(as_eve, proposed):
    page = as_eve.get(f"/bonus/runs/{proposed.pk}/")
    assert [(s.name, s.reached, s.now) for s in page.context["steps"]] == [
        ("draft", True, False), ("proposed", True, True), ("approved", False, False),
        ("paid", False, False),
    ]  # fmt: skip
    text = page.content.decode()
    assert "Proposed: somebody else approves the bonus of 2026, or sends it back." in text
    assert "Nobody gets more than 20% of the salary" in text
    assert "GBP 250.00" in text


def test_the_run_says_what_stands_in_its_way_and_leads_there(
    as_fay, pool, ann, fay, goals, monkeypatch
):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    in_december = datetime(2026, 12, 30, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: in_december)
    page = as_fay.get(f"/bonus/runs/{run.pk}/").content.decode()
    assert "The year 2026 runs until 2026-12-31; share it out when it is over." in page
    assert "/propose/" not in page
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR)
    goals[0].until_date = date(2026, 3, 3)
    goals[0].save()
    page = as_fay.get(f"/bonus/runs/{run.pk}/").content.decode()
    assert '<a href="/days/2026-03-03/">Open the day</a>' in page


def test_the_leads_who_stand_by_their_shares_are_named(as_eve, proposed, bob, claims):
    proposed.lead_proposals.create(department=claims, made_by=bob)
    page = as_eve.get(f"/bonus/runs/{proposed.pk}/").content.decode()
    assert "The leads of 1 of 2 departments stand by the shares." in page
    assert "Claims: Bob" in page


def test_a_run_goes_from_draft_to_approved_by_two_on_its_page(client, pool, ann, fay, eve):
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    client.force_login(fay)
    answer = client.post(f"/bonus/runs/{run.pk}/propose/", follow=True)
    assert said(answer) == ["Proposed. Somebody else approves it now."]
    client.force_login(eve)
    page = client.get(f"/bonus/runs/{run.pk}/")
    assert "Your own share is part of this run." in page.content.decode()
    seen = {"seen_sha256": page.context["run"].content_sha256}
    assert f'value="{seen["seen_sha256"]}"' in page.content.decode()
    answer = client.post(f"/bonus/runs/{run.pk}/approve/", seen, follow=True)
    assert said(answer) == ["Approved. Everybody finds the own statement now."]
    assert Account.objects.get(code="payout:bonus:2026").balance() == 25_000
    twice = client.post(f"/bonus/runs/{run.pk}/approve/", seen, follow=True)
    assert said(twice) == [
        "The bonus run bonus 2026 is approved; this can't be done any more, or not yet."
    ]


def test_who_proposed_is_told_that_somebody_else_approves(as_fay, proposed):
    page = as_fay.get(f"/bonus/runs/{proposed.pk}/").content.decode()
    assert "Who proposes does not approve: somebody else has to." in page
    assert "/approve/" not in page
    seen = {"seen_sha256": proposed.content_sha256}
    answer = as_fay.post(f"/bonus/runs/{proposed.pk}/approve/", seen, follow=True)
    assert said(answer) == ["Who proposes does not approve: somebody else has to."]


@pytest.mark.parametrize("act", ["propose", "approve", "send-back", "void"])
def test_each_act_on_money_needs_the_second_factor_again(client, proposed, fay, eve, act):
    user = fay if act in ("propose", "void") else eve
    client.force_login(user)
    session = client.session
    show_second_factor(session, user, seconds_ago=FRESH_SECONDS + 1)
    session.save()
    posted = {
        "seen_sha256": proposed.content_sha256, "seen": "proposed", "reason": "x",
        "back-reason": "x",
    }  # fmt: skip
    answer = client.post(f"/bonus/runs/{proposed.pk}/{act}/", posted)
    assert answer.url.startswith(reverse("mfa_index"))
    assert BonusRun.objects.get().state == "proposed"


def test_changed_content_is_listed_with_the_way_on(as_eve, proposed, ann):
    ann.employee.salaries.update(annual_minor=4_000_000)
    seen = {"seen_sha256": proposed.content_sha256}
    answer = as_eve.post(f"/bonus/runs/{proposed.pk}/approve/", seen)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "people count otherwise, among them ann" in page
    assert "Send it back; finance computes it anew" in page
    assert BonusRun.objects.get().state == "proposed"


def test_content_that_was_not_looked_at_is_not_approved(as_eve, proposed):
    for posted in ({}, {"seen_sha256": "x" * 5000}):
        answer = as_eve.post(f"/bonus/runs/{proposed.pk}/approve/", posted, follow=True)
        assert said(answer) == ["This is not what you have looked at; look again, then decide."]


def test_sent_back_with_a_reason_a_run_is_a_draft_and_computed_again(client, proposed, eve, fay):
    client.force_login(eve)
    path = f"/bonus/runs/{proposed.pk}/"
    without = client.post(f"{path}send-back/", {"back-reason": "  "})
    assert without.context["send_back_form"].errors
    answer = client.post(f"{path}send-back/", {"back-reason": "check the leavers"}, follow=True)
    assert said(answer) == ["Sent back: it is a draft again."]
    client.force_login(fay)
    answer = client.post(f"{path}compute/", follow=True)
    assert said(answer) == ["Computed again: nothing is different."]
    assert AuditEntry.objects.filter(action="send_back_bonus", why="check the leavers").exists()


def test_what_is_proposed_is_not_computed_again(as_fay, proposed):
    answer = as_fay.post(f"/bonus/runs/{proposed.pk}/compute/", follow=True)
    assert said(answer) == [
        "The bonus run bonus 2026 is proposed; this can't be done any more, or not yet."
    ]


def test_a_run_is_void_after_a_look_at_what_that_does_and_a_reason(as_fay, proposed, eve):
    approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    path = f"/bonus/runs/{proposed.pk}/void/"
    assert as_fay.get(path).context["effects"] == [
        "The bonus of 2026 is void for good; the year can be shared out anew.",
        "GBP 250.00 go back from the payout account to the pool.",
        "5 people are told that their statement does not hold any more.",
    ]
    assert as_fay.post(path, {"seen": "approved", "reason": ""}).context["form"].errors
    other = as_fay.post(path, {"seen": "proposed", "reason": "wrong leaver"})
    assert "Something has changed meanwhile" in other.content.decode()
    answer = as_fay.post(path, {"seen": "approved", "reason": "wrong leaver"}, follow=True)
    assert said(answer) == ["The run is void."]
    assert "by Fay: wrong leaver" in answer.content.decode()
    assert Account.objects.get(code="payout:bonus:2026").balance() == 0


def test_nobody_but_finance_sees_people(client, proposed, eve, max_auditor, bob, dee):
    for user in (eve, max_auditor, bob, dee):
        client.force_login(user)
        for path in ("people/", "people/ann/"):
            assert client.get(f"/bonus/runs/{proposed.pk}/{path}").status_code == 403
    assert not SalaryLook.objects.exists()


def test_who_is_shown_on_the_page_is_logged_as_looked_at(as_fay, proposed):
    page = as_fay.get(f"/bonus/runs/{proposed.pk}/people/", {"search": "ann"})
    assert "GBP 50.00" in page.content.decode()
    assert [(look.by.username, look.employee.number, look.where)
            for look in SalaryLook.objects.all()] == [("fay", "ann", "bonus run")]  # fmt: skip


def test_everybody_in_the_file_is_logged_as_looked_at(as_fay, proposed):
    path = f"/bonus/runs/{proposed.pk}/people/"
    rows = csv_rows(as_fay.get(path, {"export": "csv"}))
    assert rows[:2] == [
        ["Name", "Number", "Department", "Hit days", "Earned", "Cap", "Share",
         "Currency", "At the cap"],
        ["Ann", "ann", "Claims", "1", "50.00", "6000.00", "50.00", "GBP", ""],
    ]  # fmt: skip
    assert SalaryLook.objects.count() == len(rows) - 1 == 5
    assert len(xlsx_rows(as_fay.get(path, {"export": "xlsx"}))) == 6


def test_the_people_are_narrowed_by_department_and_share(as_fay, proposed):
    BonusShare.objects.filter(employee__number="cas").update(share_minor=0)
    BonusShare.objects.filter(employee__number="bob").update(cap_minor=5000)

    def found(**asked) -> list[str]:
        page = as_fay.get(f"/bonus/runs/{proposed.pk}/people/", asked)
        return [row.record.employee.number for row in page.context["table"].paginated_rows]

    assert found() == ["ann", "bob", "cas", "eve", "fay"]
    assert found(department="CLAIMS") == ["ann", "bob"]
    assert found(share="capped") == ["bob"]
    assert found(share="nothing") == ["cas"]
    assert found(search="nobody") == []


def test_a_person_of_the_run_is_shown_and_the_look_logged(as_fay, proposed):
    page = as_fay.get(f"/bonus/runs/{proposed.pk}/people/ann/").content.decode()
    assert "GBP 50.00" in page
    assert "GBP 6,000.00" in page
    assert [look.employee.number for look in SalaryLook.objects.all()] == ["ann"]
    assert as_fay.get(f"/bonus/runs/{proposed.pk}/people/dee/").status_code == 404


def test_an_estimate_and_a_run_that_is_none_are_not_found(as_fay, proposed):
    BonusRun.objects.filter(pk=proposed.pk).update(state="estimate")
    for pk in (proposed.pk, 10**30):
        for path in ("", "people/", "people/ann/", "void/"):
            assert as_fay.get(f"/bonus/runs/{pk}/{path}").status_code == 404
    assert listed(as_fay.get("/bonus/runs/")) == []


def test_the_list_shows_each_run_with_its_state(as_eve, proposed):
    page = as_eve.get("/bonus/runs/")
    assert csv_rows(as_eve.get("/bonus/runs/", {"export": "csv"}))[1][:9] == [
        "2026", "bonus", "proposed", "250.00", "250.00", "0.00", "GBP", "5", "0",
    ]  # fmt: skip
    assert "Share a year out" not in page.content.decode()
    assert listed(page) == [proposed]
    assert listed(as_eve.get("/bonus/runs/?state=void")) == []


def staff(count: int, department, *, by) -> None:
    for n in range(count):
        make_person(f"p{Employee.objects.count()}-{n}", department, by=by)


@pytest.mark.parametrize("path", ["", "people/", "people/fay/"])
def test_a_page_of_a_run_costs_the_same_queries_with_1_10_and_1000_people(
    as_fay, pool, fay, claims, system, path, monkeypatch
):
    spent = []
    for count in (1, 10, 1000):
        staff(count, claims, by=system)
        run = draft(pool, 2026, by=fay, now=NEW_YEAR)
        as_fay.get(f"/bonus/runs/{run.pk}/{path}")
        spent.append(queries_of(as_fay, f"/bonus/runs/{run.pk}/{path}"))
    assert len(set(spent)) == 1, spent


def test_the_list_of_runs_costs_the_same_queries_with_1_10_and_1000(as_fay, proposed):
    spent = []
    for count in (1, 10, 1000):
        void = {"state": "void", "void_reason": "test", "pk": None}
        for _n in range(count):
            row = BonusRun.objects.get(pk=proposed.pk)
            vars(row).update(void)
            row._state.adding = True
            row.save()
        as_fay.get("/bonus/runs/")
        spent.append(queries_of(as_fay, "/bonus/runs/"))
    assert len(set(spent)) == 1, spent


def member(department: str, share: int = 100, **more) -> Member:
    return Member(**{
        "department": department, "job_title": "", "years": 1, "full_time": True,
        "share_minor": share, "of_salary_bp": share, "factor_bp": None, "is_capped": False, **more,
    })  # fmt: skip


def by_department(people: list[Member]) -> list[tuple[str, int]]:
    return [(g.name, g.people) for g in grouped(people, lambda m: m.department)]


def test_a_group_of_five_is_shown_with_mean_and_range():
    people = [member("A", share, factor_bp=9000 + share) for share in (1, 2, 3, 4, 91)]
    assert grouped(people, lambda m: m.department) == [
        Group("A", 5, 101, 0, Range(20, 1, 91), Range(9020, 9001, 9091))
    ]


def test_fewer_than_five_are_never_shown_by_themselves():
    assert by_department([member("A")] * 4) == []
    assert by_department([member("A")] * 6 + [member("B")] * 3 + [member("C")] * 2) == [
        ("A", 6), ("others", 5),
    ]  # fmt: skip


def test_what_is_missing_from_the_sum_does_not_tell_of_fewer_than_five_either():
    people = [member("A")] * 9 + [member("B")] * 6 + [member("C")]
    assert by_department(people) == [("A", 9), ("others", 7)]
    assert by_department([member("A")] * 9 + [member("C")]) == [("others", 10)]


def test_sums_of_money_stand_by_department_alone(as_eve, pool, ann, fay, claims, system):
    """Of six in a department five are all the clerks there are: the sixth's share is the rest."""
    staff(5, claims, by=system)
    Employee.objects.filter(number__startswith="p").update(job_title="Clerk")
    run = draft(pool, 2026, by=fay, now=NEW_YEAR)
    page = as_eve.get(f"/bonus/runs/{run.pk}/")
    assert {"Clerk", "others"} & {g.name for s in page.context["spreads"] for g in s.groups}
    assert page.content.decode().count(">Shared</th>") == 1


def test_of_four_with_a_factor_in_a_group_none_is_told():
    people = [member("A", factor_bp=11_000)] * 4 + [member("A")] * 4
    assert grouped(people, lambda m: m.department)[0].factors is None


def test_people_are_spread_by_title_tenure_and_working_time():
    people = [member("A", years=years, full_time=years > 3, job_title="Clerk")
              for years in (0, 1, 2, 3, 12) * 5]  # fmt: skip
    assert [(s.title, [(g.name, g.people) for g in s.groups]) for s in spreads(people)] == [
        ("By job title", [("Clerk", 25)]),
        ("By years in the company", [("0", 5), ("1–2", 10), ("3–5", 5), ("11+", 5)]),
        ("By working time", [("full-time", 5), ("part-time", 20)]),
    ]


def test_before_a_run_is_void_it_is_said_that_payroll_has_its_file(as_fay, proposed, fay, eve):
    run = approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    path = f"/bonus/runs/{run.pk}/void/"
    assert "Payroll has a file of it" not in as_fay.get(path).content.decode()
    export_payroll(run, layout=standard_layout(), form="csv", unconfirmed=False, by=fay)
    assert "Payroll has a file of it" in as_fay.get(path).content.decode()


def test_a_run_of_which_somebody_is_paid_does_not_offer_to_become_void(as_fay, proposed, fay, eve):
    run = approve(proposed, seen_sha256=proposed.content_sha256, by=eve, now=NEW_YEAR)
    address, offer = f"/bonus/runs/{run.pk}/", f"/bonus/runs/{run.pk}/void/"
    assert offer in as_fay.get(address).content.decode()
    BonusPayment.objects.create(
        share=run.shares.get(employee__number="ann"), amount_minor=1, paid_on=NEW_YEAR.date(),
        made_by=fay,
    )  # fmt: skip
    assert offer not in as_fay.get(address).content.decode()
