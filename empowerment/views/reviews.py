"""Looking at cases after the fact, and what is said about them."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.filters.reviews import ReviewFilter
from empowerment.forms.reviews import CommentForm, ReviewForm
from empowerment.services import reviewing
from empowerment.services.reviewing import ReviewRefused, reviews_of
from empowerment.tables.reviews import ReviewTable
from empowerment.views.cases import case_for
from people.lists import show_list


@login_required
@permission_required("empowerment.review_cases", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    found = reviews_of(request.user, on=timezone.localdate()).select_related(
        "case__employee", "reviewed_by__employee"
    )
    return show_list(
        request, ReviewTable, found, title=_("Cases to look at"), filters=ReviewFilter,
        lead=_(
            "Some cases are drawn by lot, some because something was noticed. None of it is an"
            " accusation, and no case is refused afterwards: say what helps next time."
        ),
        counted=False,
    )  # fmt: skip


@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What was noticed, and the look itself, with a comment or without."""
    case = case_for(request, pk, "empowerment.review_case")
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, lambda text: reviewing.review(
        case, text=text, by=request.user, now=timezone.now()
    )):  # fmt: skip
        messages.success(request, _("Thank you. The case stays approved."))
        return redirect("reviews")
    return render(request, "empowerment/review.html", {"case": case, "form": form})


@login_required
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment by who looks at the case, or the answer of whoever spent it."""
    case = case_for(request, pk, "empowerment.comment_case")
    form = CommentForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, lambda text: reviewing.comment(
        case, text=text, by=request.user, now=timezone.now()
    )):  # fmt: skip
        messages.success(request, _("Your words stand with the case."))
        return redirect("case", case.pk)
    return render(request, "empowerment/comment.html", {"case": case, "form": form})


def _done(form: CommentForm, act: Callable[[str], object]) -> bool:
    try:
        act(form.cleaned_data["text"])
    except ReviewRefused as refused:
        form.add_error(refused.field or None, str(refused))
        return False
    return True
