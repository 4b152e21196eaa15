"""Questions about the own statement: asked by its person while it is time, answered by finance.

Neither a question nor its answer stands in the log or in a mail: what people write about their
pay is read where it was written.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import BonusShare, StatementQuestion
from incentives.services.notices import tell_of_answer, tell_of_question
from incentives.services.statements import questions_until
from people.models import Employee, User
from people.services import audit
from people.services.retrying import retried

ANSWERED_WITHIN = timedelta(days=14)
MOST_OPEN = 5
EMPTIED = "–"
"""An answer stays an answer when its text is forgotten."""


class QuestionRefused(Exception):
    """Nothing was asked or answered; the message says why."""


def may_ask(share: BonusShare, *, on: date) -> bool:
    """Whether questions about a statement are taken on a day."""
    until = questions_until(share.run) if share.run.is_decided() else None
    return until is not None and on <= until


@retried
@transaction.atomic
def ask(share: BonusShare, text: str, *, by: User, now: datetime) -> StatementQuestion:
    """Ask about the own statement, to be answered within 14 days. Raises QuestionRefused."""
    share = BonusShare.objects.select_for_update(of=("self",)).get(pk=share.pk)
    if share.employee.user_id != by.pk:
        raise QuestionRefused(_("Only the own statement can be asked about."))
    today = timezone.localdate(now)
    if not may_ask(share, on=today):
        raise QuestionRefused(_("The time for questions about this statement is over."))
    if waiting(share.questions.all()).count() >= MOST_OPEN:
        raise QuestionRefused(
            _("You have %(count)s questions open already: wait for an answer first.")
            % {"count": MOST_OPEN}
        )
    if not text.strip():
        raise QuestionRefused(_("Write what you want to know."))
    asked = StatementQuestion.objects.create(
        share=share, text=text, answer_by=today + ANSWERED_WITHIN
    )
    _log("ask_about_statement", asked, by=by)
    tell_of_question(asked, by=by)
    return asked


@retried
@transaction.atomic
def answer(question: StatementQuestion, text: str, *, by: User, now: datetime) -> StatementQuestion:
    """Answer somebody's question, once. Raises QuestionRefused."""
    question = StatementQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.answered_at:
        raise QuestionRefused(_("This question is answered already."))
    if question.share.employee.user_id == by.pk:
        raise QuestionRefused(_("Nobody answers the own question: somebody else has to."))
    if not text.strip():
        raise QuestionRefused(_("Write the answer."))
    question.answer, question.answered_by, question.answered_at = text, by, now
    question.save()
    _log("answer_about_statement", question, by=by)
    tell_of_answer(question)
    return question


def _log(action: str, question: StatementQuestion, *, by: User) -> None:
    employee = question.share.employee
    audit.record(
        action, by=by, subject=f"employee:{employee.pk}", person=employee,
        after={"run": str(question.share.run), "question": question.pk},
    )  # fmt: skip


def waiting(questions: QuerySet[StatementQuestion]) -> QuerySet[StatementQuestion]:
    """Those without an answer."""
    return questions.filter(answered_at=None)


def overdue(questions: QuerySet[StatementQuestion], *, on: date) -> QuerySet[StatementQuestion]:
    """Those that should have been answered before a day and are not."""
    return waiting(questions).filter(answer_by__lt=on)


def forget(employee: Employee, _called: tuple[str, ...]) -> None:
    """What an erased person wrote, and what was answered; that something was asked stays."""
    own = StatementQuestion.objects.filter(share__employee=employee)
    waiting(own).delete()
    own.update(text=EMPTIED, answer=EMPTIED)
