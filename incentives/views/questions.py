"""Questions about statements, for finance: what waits, and answering it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.filters import QuestionFilter
from incentives.forms.questions import AnswerForm
from incentives.models import StatementQuestion
from incentives.services import questions
from incentives.services.questions import QuestionRefused
from incentives.tables import QuestionTable
from people.lists import show_list

WITH_NAMES = ("share__employee__user", "share__run__pool", "answered_by__employee")


@login_required
@permission_required("incentives.see_bonus_of_people", raise_exception=True)
def index(request):
    found = StatementQuestion.objects.select_related(*WITH_NAMES)
    return show_list(
        request, QuestionTable, found.defer("share__working", "share__run__days"),
        title=_("Questions about statements"), filters=QuestionFilter,
    )  # fmt: skip


@login_required
@permission_required("incentives.see_bonus_of_people", raise_exception=True)
def answer(request, pk: int):
    question = get_object_or_404(StatementQuestion.objects.select_related(*WITH_NAMES), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            questions.answer(
                question, form.cleaned_data["text"], by=request.user, now=timezone.now()
            )
        except QuestionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The answer is on its way."))
            return redirect("bonus-questions")
    context = {
        "question": question,
        "form": form,
        "overdue": question.is_overdue(on=timezone.localdate()),
        "own": question.share.employee.user_id == request.user.pk,
    }
    return render(request, "incentives/question.html", context)
