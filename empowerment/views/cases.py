"""Cases: one with what explains it, the own ones, and those of departments."""

import rules
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from empowerment.models import Case
from empowerment.services.explaining import explained


@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, and why it was within the limits or not."""
    found = case_for(request, pk, "empowerment.see_case")
    context = {
        "case": found, "explanation": explained(found),
        "steps": found.steps.select_related("made_by__employee"),
    }  # fmt: skip
    return render(request, "empowerment/case.html", context)


def case_for(request: HttpRequest, pk: int, permission: str) -> Case:
    """One with which this person may do what the permission says; Http404 for any other."""
    found = get_object_or_404(Case.objects.for_page(), pk=pk)
    if not rules.has_perm(permission, request.user, found):
        raise Http404
    return found
