"""Other programs that are told of praise, and what became of each message."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people import second_factor
from people.lists import show_list
from recognition.filters import DeliveryFilter
from recognition.forms.webhooks import ChangeWebhookForm, NewWebhookForm
from recognition.models import Delivery, Webhook
from recognition.services import delivering, webhooks
from recognition.tables.outward import DeliveryTable, WebhookTable

may_keep = permission_required("recognition.keep_webhooks", raise_exception=True)


@login_required
@may_keep
def index(request):
    return show_list(
        request, WebhookTable, Webhook.objects.all(), title=_("Webhooks"),
        lead=_("Other programs that are told of new praise and awards: chats, or your own."),
        actions=[(reverse("add-webhook"), _("Add a webhook"))],
    )  # fmt: skip


@login_required
@may_keep
@sensitive_post_parameters("url")
@second_factor.shown_again
def add(request):
    form = NewWebhookForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        kind, now = Webhook.Kind(form.cleaned_data["kind"]), timezone.now()
        try:
            webhook, secret = webhooks.add_webhook(
                form.target(), kind=kind, by=request.user, now=now
            )
        except webhooks.WebhookRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            if webhook.kind == Webhook.Kind.SIGNED:
                return _with_secret(request, webhook, secret)
            messages.success(request, _("It is added. Send a test to see whether it arrives."))
            return redirect("webhook", webhook.pk)
    return _form(request, form, title=_("Add a webhook"))


@login_required
@may_keep
@sensitive_post_parameters("url")
@second_factor.shown_again
def change(request, pk: int):
    webhook = get_object_or_404(Webhook, pk=pk)
    known = {name: getattr(webhook, name) for name in ("name", "audience", "language")}
    form = ChangeWebhookForm(request.POST or None, initial=known)
    if form.is_valid():
        try:
            webhooks.change_webhook(webhook, form.target(), by=request.user)
        except webhooks.WebhookRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("It is changed."))
            return redirect("webhook", pk)
    return _form(request, form, title=webhook.name)


def _form(request: HttpRequest, form, *, title: str) -> HttpResponse:
    return render(request, "recognition/webhook_form.html", {"form": form, "title": title})


def _with_secret(request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
    """Shown with the answer itself: it is kept nowhere that it could be read from again."""
    context = {"webhook": webhook, "webhook_secret": secret}
    return render(request, "recognition/webhook_secret.html", context)


@login_required
@may_keep
def show(request, pk: int):
    webhook = get_object_or_404(Webhook, pk=pk)
    return show_list(
        request, DeliveryTable, webhook.deliveries.all(), title=webhook.name,
        filters=DeliveryFilter, template="recognition/webhook.html",
        shown={"webhook": webhook, "signed": webhook.kind == Webhook.Kind.SIGNED},
    )  # fmt: skip


@login_required
@may_keep
@require_POST
@second_factor.shown_again
def renew_secret(request, pk: int):
    webhook = get_object_or_404(Webhook, pk=pk, kind=Webhook.Kind.SIGNED)
    secret = webhooks.renew_secret(webhook, by=request.user, now=timezone.now())
    return _with_secret(request, webhook, secret)


@login_required
@may_keep
@require_POST
def test(request, pk: int):
    webhook = get_object_or_404(Webhook, pk=pk)
    delivering.queue_test(webhook, by=request.user, now=timezone.now())
    messages.success(request, _("A test is on its way; see below what becomes of it."))
    return redirect("webhook", pk)


@login_required
@may_keep
@require_POST
def pause(request, pk: int):
    webhook = get_object_or_404(Webhook, pk=pk)
    if webhooks.pause(webhook, because=_("by hand"), by=request.user):
        messages.success(request, _("Nothing is sent there for now; what waits is kept."))
    return redirect("webhook", pk)


@login_required
@may_keep
@require_POST
@second_factor.shown_again
def resume(request, pk: int):
    webhook = get_object_or_404(Webhook, pk=pk)
    if webhooks.resume(webhook, by=request.user):
        messages.success(request, _("Messages are sent again."))
    return redirect("webhook", pk)


@login_required
@may_keep
@require_POST
def send_again(request, pk: int):
    delivery = get_object_or_404(Delivery, pk=pk)
    try:
        delivering.send_again(delivery, by=request.user, now=timezone.now())
    except delivering.DeliveryRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is sent again."))
    return redirect("webhook", delivery.webhook_id)
