"""What I was told, and how I want to be told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.forms.notices import ChoicesForm
from people.lists import show_list
from people.models import Notice
from people.permissions import roles_of
from people.services import notices
from people.tables import NoticeTable


@login_required
def index(request):
    actions = [(reverse("notice-choices"), _("How I am told"))]
    return show_list(
        request, NoticeTable, Notice.objects.filter(user=request.user), title=_("Notices"),
        actions=actions, template="people/notices.html",
    )  # fmt: skip


@login_required
def follow(request, pk: int):
    """Where a notice leads; it is read then."""
    notice = get_object_or_404(Notice, pk=pk, user=request.user)
    notices.read(Notice.objects.filter(pk=notice.pk), now=timezone.now())
    return redirect(notice.path or "notices")


@login_required
@require_POST
def read_all(request):
    notices.read(Notice.objects.filter(user=request.user), now=timezone.now())
    return redirect("notices")


@login_required
def choices(request):
    kinds = notices.kinds_for(roles_of(request.user))
    # Without an address there is nothing to choose: everything is told here.
    open_ones = [kind for kind in kinds if not kind.fixed] if request.user.email else []
    held = dict(request.user.notice_choices.values_list("kind", "way"))
    form = ChoicesForm(request.POST or None, kinds=open_ones, held=held)
    if request.method == "POST" and form.is_valid():
        notices.choose(request.user, form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("notice-choices")
    context = {"form": form, "fixed": [kind for kind in kinds if kind.fixed]}
    return render(request, "people/notice_choices.html", context)
