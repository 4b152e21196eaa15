"""Mails that were given up or of which nobody knows whether they went: people decide."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.lists import show_list
from people.models import OutgoingMail
from people.services import outbox
from people.tables import MailTable

may_decide = permission_required("people.decide_on_mails", raise_exception=True)


@login_required
@may_decide
def index(request):
    return show_list(
        request, MailTable, OutgoingMail.objects.stuck(timezone.now()),
        title=_("Mail not delivered"),
        lead=_("Given up by the mail server, or cut off while it was handed over."),
    )  # fmt: skip


@login_required
@may_decide
def show(request, pk: int):
    """What is known of one; never its text, as links in it open accounts."""
    mail = get_object_or_404(OutgoingMail.objects.stuck(timezone.now()), pk=pk)
    undecided = mail.state == OutgoingMail.State.SENDING
    context = {"mail": mail, "undecided": undecided, "has_text": bool(mail.body)}
    return render(request, "people/mail.html", context)


@login_required
@may_decide
@require_POST
def send_again(request, pk: int):
    return _decide(request, pk, outbox.send_again, _("It is sent again."))


@login_required
@may_decide
@require_POST
def drop(request, pk: int):
    return _decide(request, pk, outbox.drop, _("It is dropped."))


def _decide(request: HttpRequest, pk: int, act, done: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, pk=pk)
    try:
        act(mail, by=request.user, now=timezone.now())
    except outbox.MailRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("mails")
