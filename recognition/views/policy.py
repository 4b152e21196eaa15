"""The limits of praise: what held, what holds, and new ones from a day on."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.views.keeping import keep
from recognition.forms.policies import PolicyForm
from recognition.models import RecognitionPolicy
from recognition.services.policies import PolicyRefused, set_recognition_policy, terms_on


@login_required
@permission_required("recognition.see_rules", raise_exception=True)
def show(request: HttpRequest) -> HttpResponse:
    """Every policy, the newest first, with who, when and why."""
    history = RecognitionPolicy.objects.select_related("made_by__employee").order_by("-from_date")
    context = {
        "history": history, "terms": terms_on(timezone.localdate()),
        "may_set": request.user.has_perm("recognition.set_policy"),
    }  # fmt: skip
    return render(request, "recognition/policy.html", context)


@login_required
@permission_required("recognition.set_policy", raise_exception=True)
def set_policy(request: HttpRequest) -> HttpResponse:
    begun = PolicyForm.showing(terms_on(timezone.localdate()))
    form = PolicyForm(request.POST or None, initial=begun)
    return keep(
        request, form,
        lambda: set_recognition_policy(
            form.terms, from_date=form.cleaned_data["from_date"],
            reason=form.cleaned_data["reason"], by=request.user,
        ),
        title=_("New limits"), button=_("Set the limits"), back=reverse("recognition-policy"),
        back_text=_("Limits of praise"), done=_("The limits are kept."), refusals=(PolicyRefused,),
        lead=_("They hold from a day on for everybody."),
    )  # fmt: skip
