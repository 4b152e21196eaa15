"""Questions about the own statement: who asks what until when, and who answers."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from incentives.models import StatementQuestion
from incentives.services.questions import QuestionRefused, answer, ask
from people.models import AuditEntry, Notice, OutgoingMail, Role, RoleAssignment
from people.services.erasing import erase
from people.services.notices import text_of as notice_text
from people.services.personal import everything_about
from tests.incentives.test_bonus_runs import NEW_YEAR
from tests.incentives.test_day_view import queries_of
from tests.incentives.test_own_bonus import (  # noqa: F401
    STATEMENT,
    decided,
    half_time,
    text_of,
)
from tests.scene import pool  # noqa: F401

pytestmark = pytest.mark.django_db

TODAY = NEW_YEAR.date()
DAY = timedelta(days=1)
WHY = "Why is my share so small?"


@pytest.fixture
def anns(decided, ann):
    return decided.shares.get(employee=ann.employee)


@pytest.fixture
def asked(anns, ann):
    return ask(anns, WHY, by=ann, now=NEW_YEAR)


def test_a_question_is_asked_on_the_page_and_answered_there(anns, ann, fay, client):
    client.force_login(ann)
    assert "Ask here until Wed 3 Feb 2027" in text_of(client.get(STATEMENT))
    response = client.post(f"{STATEMENT}ask/", {"text": WHY}, follow=True)
    assert "Your question is with finance." in text_of(response)
    assert f"{WHY} answer by Mon 18 Jan 2027" in text_of(response)
    [question] = StatementQuestion.objects.all()
    client.force_login(fay)
    assert "1 question about a statement waits" in text_of(client.get("/"))
    answered = client.post(f"/bonus/questions/{question.pk}/", {"text": "Five share one day."})
    assert answered.status_code == 302
    assert "question about a statement" not in text_of(client.get("/"))
    client.force_login(ann)
    assert "Five share one day." in text_of(client.get(STATEMENT))


def test_finance_and_the_person_are_told_without_the_words(asked, ann, fay):
    of_questions = Notice.objects.filter(kind__in=("statement-asked", "statement-answered"))
    told = {n.user.username: (notice_text(n), n.path) for n in of_questions}
    assert told == {
        "fay": ("Somebody asks about their statement of bonus 2026; answer by Monday 18 January"
                " 2027.", f"/bonus/questions/{asked.pk}/")
    }  # fmt: skip
    answer(asked, "Because.", by=fay, now=NEW_YEAR)
    [notice] = of_questions.filter(user=ann)
    assert notice_text(notice) == "Your question about your statement of bonus 2026 is answered."
    assert notice.path == f"{STATEMENT}#questions"
    assert not any(
        WHY in mail.body or "Because" in mail.body for mail in OutgoingMail.objects.all()
    )
    entries = AuditEntry.objects.filter(action__contains="about_statement")
    assert entries.count() == 2
    assert not any(WHY in str(entry.after) for entry in entries)


def test_nobody_asks_about_somebody_elses_statement(anns, cas):
    with pytest.raises(QuestionRefused, match="own statement"):
        ask(anns, WHY, by=cas, now=NEW_YEAR)


def test_after_the_last_day_nothing_is_asked(anns, ann, client, monkeypatch):
    ask(anns, WHY, by=ann, now=NEW_YEAR + 30 * DAY)
    with pytest.raises(QuestionRefused, match="is over"):
        ask(anns, WHY, by=ann, now=NEW_YEAR + 31 * DAY)
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR + 31 * DAY)
    client.force_login(ann)
    assert "The time for questions here is over." in text_of(client.get(STATEMENT))
    assert b'name="text"' not in client.get(STATEMENT).content
    response = client.post(f"{STATEMENT}ask/", {"text": WHY})
    assert response.context["form"].errors
    assert StatementQuestion.objects.count() == 1


def test_an_estimate_takes_no_questions(pool, goals, ann, system):
    from incentives.services.estimates import estimate

    share = estimate(pool, 2026, by=system, now=NEW_YEAR).shares.get(employee=ann.employee)
    with pytest.raises(QuestionRefused, match="is over"):
        ask(share, WHY, by=ann, now=NEW_YEAR)


def test_five_questions_are_open_at_most(anns, ann, fay):
    made = [ask(anns, WHY, by=ann, now=NEW_YEAR) for _each in range(5)]
    with pytest.raises(QuestionRefused, match="5 questions open"):
        ask(anns, WHY, by=ann, now=NEW_YEAR)
    answer(made[0], "Because.", by=fay, now=NEW_YEAR)
    ask(anns, WHY, by=ann, now=NEW_YEAR)


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\x00b"])
def test_bad_words_get_a_message(anns, ann, fay, client, text):
    client.force_login(ann)
    response = client.post(f"{STATEMENT}ask/", {"text": text})
    assert response.status_code == 200
    assert response.context["form"].errors
    asked = ask(anns, WHY, by=ann, now=NEW_YEAR)
    client.force_login(fay)
    response = client.post(f"/bonus/questions/{asked.pk}/", {"text": text})
    assert response.context["form"].errors
    with pytest.raises(QuestionRefused):
        ask(anns, "  ", by=ann, now=NEW_YEAR)
    with pytest.raises(QuestionRefused):
        answer(asked, "  ", by=fay, now=NEW_YEAR)


def test_what_is_answered_is_not_answered_again(asked, fay, eve):
    answer(asked, "Because.", by=fay, now=NEW_YEAR)
    with pytest.raises(QuestionRefused, match="answered already"):
        answer(asked, "Or so.", by=eve, now=NEW_YEAR)
    asked.refresh_from_db()
    assert asked.answer == "Because."


def test_nobody_answers_the_own_question(asked, ann, system, client):
    RoleAssignment.objects.create(
        user=ann, role=Role.FINANCE, from_date=date(2026, 1, 1), made_by=system
    )
    with pytest.raises(QuestionRefused, match="own question"):
        answer(asked, "Because.", by=ann, now=NEW_YEAR)
    client.force_login(ann)
    page = client.get(f"/bonus/questions/{asked.pk}/")
    assert "somebody else answers it" in text_of(page)


def test_what_is_late_is_marked_and_found(asked, fay, client, monkeypatch):
    client.force_login(fay)
    assert "overdue" not in text_of(client.get("/bonus/questions/?state=open")).split("Ann")[-1]
    assert (
        "Ann" not in text_of(client.get("/bonus/questions/?state=overdue")).split("Answer by")[-1]
    )
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR + 15 * DAY)
    client.force_login(fay)
    assert "1 of them is overdue." in text_of(client.get("/"))
    assert "overdue" in text_of(client.get("/bonus/questions/?state=overdue")).split("Ann")[-1]
    assert "overdue" in text_of(client.get(f"/bonus/questions/{asked.pk}/"))
    answer(asked, "Because.", by=fay, now=NEW_YEAR + 15 * DAY)
    assert "answered" in text_of(client.get("/bonus/questions/?state=answered")).split("Ann")[-1]


def test_only_finance_reads_questions(asked, client, ann, bob, dee, eve, max_auditor, root):
    for user in (ann, bob, dee, eve, max_auditor, root):
        client.force_login(user)
        for path in ("/bonus/questions/", f"/bonus/questions/{asked.pk}/"):
            assert client.get(path).status_code == 403


def test_the_list_costs_the_same_queries_with_one_and_a_thousand(asked, anns, fay, client):
    client.force_login(fay)
    queries_of(client, "/bonus/questions/")
    one = queries_of(client, "/bonus/questions/")
    for more in (9, 990):
        StatementQuestion.objects.bulk_create(
            StatementQuestion(share=anns, text=WHY, answer_by=TODAY) for _each in range(more)
        )
        assert queries_of(client, "/bonus/questions/") == one


def test_the_file_has_no_words_of_the_question(asked, fay, client):
    client.force_login(fay)
    content = client.get("/bonus/questions/?export=csv").content.decode()
    assert "Ann" in content
    assert WHY not in content


def test_who_is_erased_leaves_no_words_behind(asked, anns, ann, dee, fay):
    ask(anns, "And Monday?", by=ann, now=NEW_YEAR)
    answer(asked, "Dear Ann, because.", by=fay, now=NEW_YEAR)
    ann.employee.left_on = TODAY - DAY
    ann.employee.save()
    erase(ann.employee, why="asked for it", by=dee, now=NEW_YEAR)
    [left] = StatementQuestion.objects.all()
    assert (left.text, left.answer, left.answered_by) == ("–", "–", fay)


def test_what_is_kept_of_a_person_has_the_own_questions_and_that_one_answered(asked, ann, fay):
    answer(asked, "Because.", by=fay, now=NEW_YEAR)
    [row] = everything_about(ann.employee)["statement-questions"]
    assert (row["text"], row["answer"]) == (WHY, "Because.")
    assert everything_about(fay.employee)["statement-answers"] == [
        {"answered_at": NEW_YEAR.isoformat()}
    ]
