"""Attacks on the money and the rights of empowerment. HOLE: fails today; the others are refused."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from empowerment.models import Case, CaseReturn, Customer, Limit, Review
from empowerment.rules.limits import Measure, Scope
from empowerment.services.allowances import SpendingRefused
from empowerment.services.asking import ask, decide
from empowerment.services.drawing import draw_reviews
from empowerment.services.giving_back import GivenBack, cancel, give_back
from empowerment.services.limits import LimitRefused, NewLimit, set_limit
from empowerment.services.spending import BeyondLimits, spend
from ledger.models import Account
from ledger.services.checking import check_ledger
from people.models import Employee, Membership, Placement, Role, RoleAssignment, Site
from people.services.erasing import erase
from people.services.policies import set_policy
from tests.conftest import MONDAY, TUESDAY_NOON, make_department, make_person
from tests.empowerment.conftest import limited, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]
WEDNESDAY = TUESDAY_NOON + timedelta(days=1)


def spends(user, amount_minor, *, now=TUESDAY_NOON, **more) -> Case:
    return spend(wanted(amount_minor, **more), by=user, now=now)


def back(amount_minor=0, key=None) -> GivenBack:
    return GivenBack(key or uuid4(), amount_minor, "it was found")


# --- HOLES -------------------------------------------------------------------------------------


def test_who_says_again_and_again_that_money_came_back_is_seen_by_somebody(ann, bob, system):
    # Harm: every limit is reset by one's own word. Ann pays 150 to one customer, says that it came
    # back, and pays again, twelve times: 1,800 went out under a day's limit of 300, a customer's of
    # 150 and a month's of 1,000; the ledger says 0; no signal counts a case whose net is 0.
    set_policy("review_percent", "0", from_date=MONDAY, reason="no lots here", by=system)
    for n in range(12):
        case = spends(ann, 15_000, now=TUESDAY_NOON + timedelta(minutes=n))
        give_back(case, back(15_000), by=ann, now=TUESDAY_NOON + timedelta(minutes=n))
    draw_reviews(by=system, now=WEDNESDAY)
    assert Review.objects.exists()


@pytest.mark.parametrize(
    "typed",
    ["C-1\u3164", "C-1\uffa0", "C-1\u02bc", "C-1\u0640", "\u0421-1", "C-\u0661"],
    ids=["hangul-filler", "halfwidth-filler", "apostrophe-letter", "tatweel", "cyrillic", "arabic"],
)
def test_letters_nobody_sees_make_no_other_customer(ann, typed):
    # Harm: the limit per customer is beaten as often as one likes, under a reference that looks the
    # same in every list, and splits and same_customers group by it, so no lead is told.
    spends(ann, 15_000)
    with pytest.raises((BeyondLimits, SpendingRefused)):
        spends(ann, 1, reference=typed)
    assert Customer.objects.count() == 1


def test_the_form_has_the_brake_of_the_allowance(client, ann, cas):
    # Harm: /cases/allowance/ is braked at 60 a minute so that nobody tries out references; the form
    # itself says the same to ?customer= without any brake, and to a POST that is too large even the
    # exact sum that other departments spent on this customer; neither leaves a trace.
    spend(wanted(4_000, reference="C-77"), by=cas, now=timezone.now())
    client.force_login(ann)
    for n in range(60):
        client.get("/cases/allowance/", {"customer": f"C-{n}"})
    assert client.get("/cases/allowance/", {"customer": "C-77"}).status_code == 429
    told = client.get("/cases/new/", {"customer": "C-77"})
    assert told.status_code == 429 or "110.00" not in told.content.decode()


def test_a_limits_page_does_not_tell_what_one_person_elsewhere_spent(client, bob, cas, system):
    # Harm: leads and executives see cases of their own departments alone, but any of them reads on
    # the page of a grade's, role's, site's or department's limit what its people spent, to the
    # penny, also where that is one person elsewhere (reviews_by_department hides fewer than five).
    Employee.objects.filter(user=cas).update(job_title="Clerk")
    day = timezone.now() - timedelta(days=3)
    limit = Limit.objects.create(
        measure="case", scope="grade", grade="Clerk", amount_minor=15_000, currency="GBP",
        from_date=day.date(), reason="as agreed", made_by=system, made_at=day,
    )  # fmt: skip
    spend(wanted(4_321), by=cas, now=day + timedelta(days=1))
    client.force_login(bob)
    page = client.get(f"/empowerment/limits/{limit.pk}/")
    assert page.status_code == 404 or "43.21" not in page.content.decode()


def test_the_words_of_a_return_go_when_somebody_is_erased(ann, dee):
    # Harm: the step's copy of the words is emptied, the return's own stays, for good (append only).
    case = spends(ann, 4_000)
    give_back(case, GivenBack(uuid4(), 1_000, "Mrs Smith rang me at home"), by=ann,
              now=TUESDAY_NOON)  # fmt: skip
    Employee.objects.filter(user=ann).update(left_on=timezone.localdate() - timedelta(days=1))
    erase(Employee.objects.get(user=ann), why="asked for it", by=dee, now=timezone.now())
    assert "Smith" not in CaseReturn.objects.get().reason


@pytest.mark.parametrize(
    "trace",
    [
        {"checks": []},
        {"entered_at": TUESDAY_NOON - timedelta(days=20)},
        {"decided_at": None, "decided_by": None},
    ],
    ids=lambda trace: next(iter(trace)),
)
def test_the_database_keeps_a_case_as_it_was_entered(ann, bob, trace):
    # Harm: 0020 says "the case is its own log ... the database keeps it": an approved case has no
    # entry in the audit log, and still what was counted, when, and who approved can be rewritten.
    case = ask(wanted(40_000, reason="two weeks"), by=ann, now=TUESDAY_NOON)
    case = decide(case, approve=True, reason="", by=bob, now=TUESDAY_NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**trace)


def test_cancelling_under_a_key_that_was_used_is_refused_in_words(ann):
    # Harm: an IntegrityError, so error 500 and an alarm, by anybody who likes.
    key = uuid4()
    give_back(spends(ann, 1_000), back(500, key), by=ann, now=TUESDAY_NOON)
    other = spends(ann, 1_000)
    with pytest.raises(SpendingRefused):
        cancel(other, back(key=key), by=ann, now=TUESDAY_NOON)


def test_hr_does_not_raise_only_its_own_limit_in_two_steps(billing, dee, system):
    # Harm: "nobody sets that themselves" looks at each step alone. For the grade (both change),
    # then for the colleague back to the old amount: Dee alone may spend 9,000 at once.
    hal = make_person("hal", billing, by=system)
    Employee.objects.filter(user__in=(dee, hal)).update(job_title="HR adviser")
    said = {"currency": "GBP", "from_date": TUESDAY_NOON.date(), "reason": "as agreed"}
    with pytest.raises(LimitRefused):
        set_limit(
            NewLimit(Measure.CASE, Scope.GRADE, 900_000, grade="HR adviser", **said), by=dee,
            now=TUESDAY_NOON,
        )  # fmt: skip
        set_limit(
            NewLimit(Measure.CASE, Scope.PERSON, 15_000, employee=hal.employee, **said), by=dee,
            now=TUESDAY_NOON,
        )  # fmt: skip


def test_a_lead_is_not_answered_by_somebody_they_lead(bob, claims, site, system, eve):
    # Harm: Bob leads Claims and works in a team of it: what he asks for goes to the team's lead,
    # who reports to him, and never to anybody above.
    team = make_department("TEAM", site, claims)
    make_person("tim", team, (Role.LEAD, team), by=system)
    Membership.objects.filter(employee__user=bob).update(department=team)
    case = ask(wanted(40_000, reason="two weeks"), by=bob, now=TUESDAY_NOON)
    assert case.asked_of != team


def test_an_approval_is_held_to_the_budget_of_where_the_department_is(ann, bob, claims, system):
    # Harm: "the department's budget holds", but decide() asks with the site of the day the
    # case was entered: a department that has moved spends
    # by its old site's budget, forty times its own here.
    case = ask(wanted(40_000, reason="two weeks"), by=ann, now=TUESDAY_NOON)
    other = Site.objects.create(code="there", name="There", time_zone="Europe/London")
    limited(Measure.DEPARTMENT, 1_000, by=system, scope=Scope.SITE, site=other)
    Placement.objects.filter(department=claims).update(site=other)
    with pytest.raises(BeyondLimits):
        spends(ann, 1_001, now=WEDNESDAY)
    with pytest.raises(SpendingRefused):
        decide(case, approve=True, reason="", by=bob, now=WEDNESDAY)


# --- RIGHTLY REFUSED ---------------------------------------------------------------------------


def test_a_key_of_another_case_gives_nothing_back(ann):
    first, second, key = spends(ann, 1_000), spends(ann, 1_000), uuid4()
    give_back(first, back(1_000, key), by=ann, now=TUESDAY_NOON)
    with pytest.raises(SpendingRefused, match="another content"):
        give_back(second, back(1_000, key), by=ann, now=TUESDAY_NOON)
    assert check_ledger().problems == []


def test_a_late_return_under_a_lowered_limit_makes_no_money(ann, claims, system):
    case = spends(ann, 15_000)
    limited(
        Measure.DEPARTMENT, 1_000, by=system, scope=Scope.DEPARTMENT, department=claims,
        from_date=WEDNESDAY.date(), now=WEDNESDAY,
    )  # fmt: skip
    with pytest.raises(BeyondLimits):
        spends(ann, 1, reference="C-2", now=WEDNESDAY)
    give_back(case, back(15_000), by=ann, now=WEDNESDAY)
    spends(ann, 1_000, reference="C-2", now=WEDNESDAY)
    with pytest.raises(BeyondLimits):
        spends(ann, 1, reference="C-3", now=WEDNESDAY)
    assert Account.objects.get(code__endswith="2026-03").balance_minor == 0
    april = TUESDAY_NOON + timedelta(days=31)
    give_back(Case.objects.get(customer__folded="c2"), back(1_000), by=ann, now=april)
    assert Account.objects.get(code__endswith="2026-03").balance_minor == 1_000
    spends(ann, 1_000, reference="C-3", now=april)
    with pytest.raises(BeyondLimits):
        spends(ann, 1, reference="C-4", now=april)
    assert check_ledger().problems == []


def test_a_lead_answers_neither_for_themselves_nor_as_executive(client, bob, system, eve):
    RoleAssignment.objects.create(
        user=bob, role=Role.EXECUTIVE, from_date=date(2020, 1, 1), made_by=system
    )
    case = ask(wanted(40_000, reason="two weeks"), by=bob, now=timezone.now())
    assert case.asked_of is None
    client.force_login(bob)
    sent = client.post(f"/cases/{case.pk}/decide/", {"answer": "approve", "reason": ""})
    assert sent.status_code == 404
    case.refresh_from_db()
    assert case.state == Case.State.ASKED


@pytest.mark.parametrize("who", ["cas", "dee", "fay", "eve", "max_auditor", "root"])
def test_nobody_else_answers_or_reads_the_receipt(client, request, ann, bob, who):
    case = ask(wanted(40_000, reason="two weeks"), by=ann, now=timezone.now())
    client.force_login(request.getfixturevalue(who))
    for page in ("decide", "withdraw", "review", "comment", "cancel", "give-back"):
        found = client.post(f"/cases/{case.pk}/{page}/", {"answer": "approve", "reason": "x"})
        allowed = who == "fay" and page in ("cancel", "give-back")
        assert found.status_code == (200 if allowed else 404), page
    if who in ("cas", "dee", "eve", "root"):
        assert client.get(f"/cases/{case.pk}/").status_code == 404
        for page in ("receipt/", "receipt/photo/"):
            assert client.get(f"/cases/{case.pk}/{page}").status_code == 404
    case.refresh_from_db()
    assert case.state == Case.State.ASKED


def test_a_formula_as_reference_is_text_in_a_spreadsheet(client, ann):
    spend(wanted(1_000, reference='=HYPERLINK("http://x","C1")'), by=ann, now=timezone.now())
    client.force_login(ann)
    for name in ("csv", "xlsx"):
        got = client.get("/cases/mine/", {"export": name})
        assert got.status_code == 200
        if name == "csv":
            assert b"'=HYPERLINK" in got.getvalue()
