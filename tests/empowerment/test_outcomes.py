"""What became of customers: whom it is asked of and when, and what an answer changes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from empowerment.models import Case, FollowUp, Outcome
from empowerment.rules.outcomes import question_answered, question_due
from empowerment.services.asking_outcomes import ask_for_outcomes
from empowerment.services.giving_back import cancel
from empowerment.services.outcomes import OutcomeRefused, answer, count_questions, questions
from people.models import AuditEntry, Notice
from people.services.audit import opened
from people.services.notices import text_of
from tests.conftest import TUESDAY_NOON, make_person
from tests.empowerment.test_spending import back, spends

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]

DAY = TUESDAY_NOON.date()
STAYED, LEFT, UNKNOWN = Outcome.STAYED, Outcome.LEFT, Outcome.UNKNOWN


def after(days: int):
    return TUESDAY_NOON + timedelta(days=days)


def asked(user, days: int) -> list[str]:
    return [each.case.customer.reference for each in questions(user, now=after(days))]


def answers(case: Case) -> list[tuple[int, str]]:
    return list(case.follow_ups.order_by("pk").values_list("after_days", "answer"))


def outcome(case: Case) -> str:
    case.refresh_from_db()
    return case.outcome


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, None), (29, None), (30, 30), (60, 30), (61, None), (89, None), (90, 90), (120, 90),
     (121, None)],
)  # fmt: skip
def test_it_is_asked_after_30_and_90_days_for_a_month_each(ann, days, due):
    spends(ann, 1_000)
    assert question_due(DAY, today=DAY + timedelta(days=days)) == due
    assert asked(ann, days) == (["C-1"] if due else [])
    assert count_questions(ann, now=after(days)) == (1 if due else 0)


@pytest.mark.parametrize(
    ("said", "age", "question"),
    [
        (LEFT, -1, None), (LEFT, 0, 30), (LEFT, 60, 30), (LEFT, 61, 90), (LEFT, 120, 90),
        # Whoever left much later had stayed for the money.
        (LEFT, 121, None),
        # Still there after two weeks says nothing about the thirtieth day.
        (STAYED, 29, None), (STAYED, 30, 30), (STAYED, 89, 30), (STAYED, 90, 90),
        (STAYED, 400, 90), (UNKNOWN, 29, None), (UNKNOWN, 120, 90), (UNKNOWN, 121, None),
    ],
)  # fmt: skip
def test_a_fact_answers_the_question_that_its_day_can(said, age, question):
    day = DAY + timedelta(days=age)
    assert question_answered(said, spent_on=DAY, day=day) == question


def test_an_answer_is_kept_and_logged_and_the_question_is_over(ann):
    case = spends(ann, 1_000)
    [kept] = answer(case, STAYED, by=ann, now=after(30))
    assert (kept.after_days, kept.answer, kept.source, kept.made_by) == (30, STAYED, "staff", ann)
    assert (outcome(case), asked(ann, 31)) == (STAYED, [])
    [entry] = opened(AuditEntry.objects.filter(action="note_outcome"))
    assert (entry.entry.subject, entry.before, entry.after) == (
        f"case:{case.pk}", UNKNOWN, STAYED,
    )  # fmt: skip
    assert entry.entry.person == ann.employee


def test_the_same_tap_twice_changes_nothing(ann):
    case = spends(ann, 1_000)
    answer(case, STAYED, by=ann, now=after(30))
    assert answer(case, STAYED, by=ann, now=after(30)) == []
    assert FollowUp.objects.count() == 1


def test_the_last_answer_counts(ann):
    case = spends(ann, 1_000)
    answer(case, LEFT, by=ann, now=after(30))
    answer(case, STAYED, by=ann, now=after(31))
    assert (answers(case), outcome(case)) == ([(30, LEFT), (30, STAYED)], STAYED)


def test_a_customer_who_left_and_came_back_is_kept(ann):
    case = spends(ann, 1_000)
    answer(case, LEFT, by=ann, now=after(40))
    assert asked(ann, 90) == ["C-1"]
    answer(case, STAYED, by=ann, now=after(90))
    assert (answers(case), outcome(case)) == ([(30, LEFT), (90, STAYED)], STAYED)


def test_one_answer_holds_for_all_cases_of_the_customer_that_are_asked_of(ann, cas):
    first = spends(ann, 1_000)
    second = spends(cas, 1_000, now=after(3))
    third = spends(ann, 1_000, now=after(62))
    young = spends(ann, 1_000, now=after(80))
    [question] = questions(ann, now=after(93))
    assert (question.case, question.cases) == (third, 2)
    answer(third, STAYED, by=ann, now=after(93))
    assert [answers(each) for each in (first, second, third, young)] == [
        [(90, STAYED)], [(90, STAYED)], [(30, STAYED)], [],
    ]  # fmt: skip
    assert asked(cas, 93) == asked(ann, 93) == []
    assert outcome(young) == UNKNOWN


def test_it_is_not_asked_of_what_was_cancelled(ann):
    case = spends(ann, 1_000)
    cancel(case, back(1_000), by=ann, now=after(1))
    assert asked(ann, 30) == []
    case.refresh_from_db()
    with pytest.raises(OutcomeRefused, match="spent nothing"):
        answer(case, STAYED, by=ann, now=after(30))


@pytest.mark.parametrize("days", [29, 61, 121])
def test_an_answer_out_of_time_is_refused(ann, days):
    case = spends(ann, 1_000)
    with pytest.raises(OutcomeRefused, match="from day 30 to day 60"):
        answer(case, STAYED, by=ann, now=after(days))
    assert not FollowUp.objects.exists()


def test_nobody_answers_for_a_colleague_who_is_here(ann, bob, cas):
    case = spends(ann, 1_000)
    for other in (bob, cas):
        assert asked(other, 30) == []
        with pytest.raises(OutcomeRefused, match="Only who entered"):
            answer(case, STAYED, by=other, now=after(30))


def test_leads_are_asked_for_those_who_have_left(ann, bob, cas):
    case = spends(ann, 1_000)
    ann.employee.left_on = DAY + timedelta(days=29)
    ann.employee.save()
    case = Case.objects.get()
    assert (asked(bob, 30), asked(cas, 30)) == (["C-1"], [])
    answer(case, LEFT, by=bob, now=after(30))
    assert outcome(case) == LEFT


def test_somebody_is_told_once_of_what_became_due(ann, cas, system):
    spends(ann, 1_000)
    spends(ann, 1_000, reference="C-2")
    spends(cas, 1_000, reference="C-3", now=after(1))
    assert ask_for_outcomes(by=system, now=after(29)) == 0
    assert ask_for_outcomes(by=system, now=after(30)) == 1
    assert ask_for_outcomes(by=system, now=after(30)) == 0
    assert ask_for_outcomes(by=system, now=after(31)) == 1
    [anns, cas_] = Notice.objects.order_by("pk")
    assert (anns.user, text_of(anns), anns.path) == (
        ann, "Did 2 customers stay? One tap each says what the money kept.", "/cases/outcomes/",
    )  # fmt: skip
    assert cas_.user == cas
    assert ask_for_outcomes(by=system, now=after(90)) == 1


def test_a_day_on_which_nothing_ran_is_made_up_for(ann, system):
    spends(ann, 1_000)
    assert ask_for_outcomes(by=system, now=after(34)) == 1
    assert ask_for_outcomes(by=system, now=after(35)) == 0


def test_who_has_answered_is_not_told(ann, system):
    case = spends(ann, 1_000)
    answer(case, STAYED, by=ann, now=after(30))
    assert ask_for_outcomes(by=system, now=after(30)) == 0


def test_leads_are_told_of_those_who_have_left(ann, bob, system):
    spends(ann, 1_000)
    ann.employee.left_on = DAY
    ann.employee.save()
    assert ask_for_outcomes(by=system, now=after(30)) == 1
    assert Notice.objects.get().user == bob


# The page.


@pytest.fixture
def clock(monkeypatch):
    def at(days: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: after(days))

    return at


def test_the_page_takes_an_answer_and_lets_it_be_corrected(client, ann, clock):
    case = spends(ann, 1_000)
    clock(30)
    client.force_login(ann)
    assert b"C-1" in client.get("/cases/outcomes/").content
    address = reverse("case-outcome", args=[case.pk])
    told = client.post(address, {"outcome": "left"}, follow=True)
    assert "C-1: left. Thank you." in told.content.decode()
    assert "Told already" in told.content.decode()
    client.post(address, {"outcome": "stayed"})
    assert (answers(case), outcome(case)) == ([(30, "left"), (30, "stayed")], "stayed")


@pytest.mark.parametrize("posted", [{}, {"outcome": ""}, {"outcome": "gone"}])
def test_a_wrong_answer_says_so_and_changes_nothing(client, ann, clock, posted):
    case = spends(ann, 1_000)
    clock(30)
    client.force_login(ann)
    page = client.post(reverse("case-outcome", args=[case.pk]), posted, follow=True)
    assert "choice" in page.content.decode() or "Choose one" in page.content.decode()
    assert not FollowUp.objects.exists()


def test_an_answer_that_comes_too_late_is_refused_on_the_page(client, ann, clock):
    case = spends(ann, 1_000)
    clock(61)
    client.force_login(ann)
    page = client.post(reverse("case-outcome", args=[case.pk]), {"outcome": "stayed"}, follow=True)
    assert "from day 30 to day 60" in page.content.decode()


def test_a_colleagues_case_is_not_found(client, ann, bob, clock):
    case = spends(ann, 1_000)
    clock(30)
    client.force_login(bob)
    address = reverse("case-outcome", args=[case.pk])
    assert client.post(address, {"outcome": "stayed"}).status_code == 404


def test_the_first_page_says_how_many_wait(client, ann, clock):
    spends(ann, 1_000)
    spends(ann, 1_000, reference="C-2")
    clock(30)
    client.force_login(ann)
    assert "Did 2 customers stay?" in client.get("/").content.decode()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_the_page_asks_the_database_as_often_for_many(
    client, ann, system, clock, count, django_assert_num_queries
):
    first = spends(ann, 100)
    copies = []
    for n in range(count - 1):
        copy = Case.objects.get(pk=first.pk)
        copy.pk, copy.key = None, f"00000000-0000-0000-0000-{n:012}"
        copies.append(copy)
    Case.objects.bulk_create(copies)
    clock(30)
    client.force_login(ann)
    client.get("/cases/outcomes/")
    with django_assert_num_queries(QUERIES):
        client.get("/cases/outcomes/")


QUERIES = 6


def test_somebody_new_is_asked_nothing(client, claims, system, clock):
    client.force_login(make_person("new", claims, by=system))
    clock(30)
    assert "Nobody to ask about now" in client.get("/cases/outcomes/").content.decode()
