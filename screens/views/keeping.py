"""The screens of the house: how each is, where it hangs, and taking one away."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from people.lists import show_list
from screens.forms import ChangeScreenForm
from screens.models import Emergency, Screen
from screens.rules.states import State
from screens.services import access, keeping
from screens.services.emergencies import end_emergency, live_emergencies
from screens.services.overview import Seen, how_they_are, known_screens
from screens.tables import ScreenTable

may_see = permission_required("screens.see_screens", raise_exception=True)
may_keep = permission_required("screens.keep_screens", raise_exception=True)


def keeps(request: HttpRequest) -> bool:
    return request.user.has_perm("screens.keep_screens")


def one(pk: int) -> Screen:
    return get_object_or_404(known_screens(), pk=pk)


@login_required
@may_see
def index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    rows = how_they_are(known_screens(), now=now)
    rows.sort(key=lambda each: (each.state.urgency, each.screen.name))
    actions = [(reverse("pair-screen"), _("Pair a screen"))] if keeps(request) else []
    return show_list(
        request, ScreenTable, rows, title=_("Office screens"), lead=_lead(rows), actions=actions,
        template="screens/list.html",
        shown={"emergencies": live_emergencies(now=now), "may_keep": keeps(request)},
    )  # fmt: skip


def _lead(rows: list[Seen]) -> str:
    """How many live, and how many need somebody."""
    live = sum(each.state == State.LIVE for each in rows)
    troubled = sum(each.state in (State.OFFLINE, State.STALE) for each in rows)
    if not rows:
        return ""
    said = ngettext("%(n)s screen is live.", "%(n)s screens are live.", live) % {"n": live}
    if not troubled:
        return said
    need = ngettext(
        "%(n)s needs somebody to look at it.", "%(n)s need somebody to look at them.", troubled
    )
    return f"{said} {need % {'n': troubled}}"


@login_required
@may_keep
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """In one click: an alarm that was false must not stand longer than it takes to press this."""
    if end_emergency(get_object_or_404(Emergency, pk=pk), by=request.user):
        messages.success(request, _("The emergency is ended; screens follow within a minute."))
    else:
        messages.info(request, _("It was ended before."))
    return redirect("screens")


@login_required
@may_see
def show(request: HttpRequest, pk: int) -> HttpResponse:
    [seen] = how_they_are([one(pk)], now=timezone.now())
    context = {
        "seen": seen, "screen": seen.screen, "may_keep": keeps(request),
        "may_revoke": access.can_be_revoked(seen.screen, now=timezone.now()),
    }  # fmt: skip
    return render(request, "screens/screen.html", context)


@login_required
@may_keep
def change(request: HttpRequest, pk: int) -> HttpResponse:
    screen = one(pk)
    form = ChangeScreenForm(request.POST or None, screen=screen)
    if form.is_valid():
        try:
            changed = keeping.change_screen(screen, form.hanging, by=request.user)
        except keeping.KeepingRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            if changed:
                messages.success(request, _("It is changed; the screen follows within a minute."))
            return redirect("office-screen", pk)
    return render(request, "screens/change.html", {"form": form, "screen": screen})


@login_required
@may_keep
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    screen = one(pk)
    if not access.can_be_revoked(screen, now=timezone.now()):
        messages.info(request, _("No device shows this screen, so there is nothing to revoke."))
        return redirect("office-screen", pk)
    if request.POST.get("confirmed"):
        access.revoke(screen, by=request.user, now=timezone.now())
        messages.success(request, _("It is revoked; the device shows a code within a minute."))
        return redirect("office-screen", pk)
    effects = [
        _("The device wipes what it keeps and shows a code, within a minute once it has network."),
        _("The screen stays in the list; another device, or the same, can be paired with it."),
    ]
    return _confirm(request, screen, effects, title=_("Revoke %(name)s"), button=_("Revoke it"))


@login_required
@may_keep
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    screen = one(pk)
    if request.POST.get("confirmed"):
        try:
            keeping.remove_screen(screen, by=request.user)
        except keeping.KeepingRefused as refused:
            messages.error(request, str(refused))
            return redirect("office-screen", pk)
        messages.success(request, _("It is removed."))
        return redirect("screens")
    effects = [_("The screen goes from the list. No device ever showed it.")]
    confirm = partial(_confirm, title=_("Remove %(name)s"), button=_("Remove it"))
    if screen.paired_at:
        messages.error(request, _("A device was this screen, so it stays known."))
        return redirect("office-screen", pk)
    return confirm(request, screen, effects)


def _confirm(
    request: HttpRequest, screen: Screen, effects: list[str], *, title: str, button: str
) -> HttpResponse:
    context = {
        "screen": screen, "effects": effects, "title": title % {"name": screen.name},
        "button": button,
    }  # fmt: skip
    return render(request, "screens/confirm.html", context)
