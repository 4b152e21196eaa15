"""What people are told when somebody writes about a case: that it was, and not the words."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from empowerment.models import Case, CaseStep
from people.models import NoticeChoice, User
from people.services.notices import Kind, News, register, tell_all

What = CaseStep.What

COMMENTED = Kind(
    "case-commented", gettext_lazy("Somebody wrote about a case of yours"),
    lambda _facts: _("Somebody wrote about a case of yours. The case stays approved."),
    way=NoticeChoice.Way.AT_ONCE,
)  # fmt: skip
ANSWERED = Kind(
    "case-answered", gettext_lazy("An answer to what you wrote about a case"),
    lambda _facts: _("There is an answer to what you wrote about a case."),
    way=NoticeChoice.Way.DIGEST,
)  # fmt: skip
register(COMMENTED, ANSWERED)


def tell_comment(step: CaseStep, case: Case) -> None:
    """Whoever spent the money."""
    if case.employee.user:
        tell_all(COMMENTED, [_news(case.employee.user, step)])


def tell_answer(step: CaseStep, case: Case) -> None:
    """Those who wrote about it before."""
    said = case.steps.filter(what__in=(What.REVIEWED, What.COMMENTED)).exclude(text="")
    writers = User.objects.filter(pk__in=said.values("made_by")).exclude(pk=step.made_by_id)
    tell_all(ANSWERED, [_news(user, step) for user in writers.order_by("pk")])


def _news(user: User, step: CaseStep) -> News:
    return News(user, f"case-step:{step.pk}", {}, reverse("case", args=[step.case_id]))
