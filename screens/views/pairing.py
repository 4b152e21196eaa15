"""A new device shows a code: look at what it is, then make it a screen, or refuse it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from people.forms.accounts import too_many
from people.services import security_log
from people.services.guessing import TooManyGuesses
from screens.forms import CodeForm, NewScreenForm, RepairForm
from screens.models import Pairing, Playlist, Screen
from screens.services import pairing
from screens.services.codes import CodeRefused, look_up, why_over
from screens.services.keeping import name_is_taken
from screens.views.keeping import may_keep

TOO_MANY = 429
NEW, REPAIR, REFUSE = "new", "repair", "refuse"


@login_required
@may_keep
def pair(request: HttpRequest) -> HttpResponse:
    """A link with the code fills it in and does no more: whoever follows one that was sent to them
    must hold it against the screen. Everything else is posted, the code with it."""
    if request.method != "POST":
        said = {name: request.GET.get(name, "")[:20] for name in ("code", "meant")}
        return _ask(request, CodeForm(initial=said), linked=bool(said["code"]))
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    address, now = security_log.address_of(request), timezone.now()
    try:
        found = look_up(form.cleaned_data["code"], by=request.user, address=address, now=now)
    except TooManyGuesses as error:
        form.add_error(None, too_many(error))
        return _ask(request, form, status=TOO_MANY)
    except CodeRefused as refused:
        return _refused(request, form, refused)
    return _act(request, found, form.cleaned_data["code"])


def _ask(
    request: HttpRequest, form: Form, *, linked: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "linked": linked}
    return render(request, "screens/pair_code.html", context, status=status)


def _refused(request: HttpRequest, form: Form, refused: CodeRefused) -> HttpResponse:
    mine = refused.pairing and refused.pairing.approved_by_id == request.user.pk
    if mine and refused.pairing.screen_id and request.POST.get("act") in (NEW, REPAIR):
        # A second click on the same button: what it asked for has been done.
        return redirect("office-screen", refused.pairing.screen_id)
    form.add_error("code", str(refused))
    return _ask(request, form)


def _act(request: HttpRequest, found: Pairing, code: str) -> HttpResponse:
    act = request.POST.get("act")
    first = Playlist.objects.filter(live=True).first()
    start = {"playlist": first, "orientation": _orientation(found), "screen": _meant(request)}
    said = request.POST
    new = NewScreenForm(said if act == NEW else None, initial=start)
    repair = RepairForm(said if act == REPAIR else None, initial=start)
    if act == REFUSE:
        return _refuse(request, found)
    if act == NEW and new.is_valid():
        screen = new.hanging.put_on(Screen())
        done = _approve(request, new, found, screen)
    elif act == REPAIR and repair.is_valid():
        done = _approve(request, repair, found, repair.cleaned_data["screen"])
    else:
        done = None
    context = {"pairing": found, "code": code, "new": new, "repair": repair, "act": act}
    context["repairs_first"] = act == REPAIR or bool(start["screen"])
    return done or render(request, "screens/pair.html", context)


def _approve(
    request: HttpRequest, form: Form, found: Pairing, screen: Screen
) -> HttpResponse | None:
    try:
        pairing.approve(found, screen, by=request.user, now=timezone.now())
    except pairing.PairingRefused as refused:
        # Somebody was faster by a moment: say who.
        found.refresh_from_db()
        form.add_error(None, why_over(found, now=timezone.now()) or str(refused))
        return None
    except IntegrityError:
        taken = name_is_taken()
        form.add_error(taken.field, str(taken))
        return None
    messages.success(request, _("%(name)s begins to show within seconds.") % {"name": screen.name})
    return redirect("office-screen", screen.pk)


def _refuse(request: HttpRequest, found: Pairing) -> HttpResponse:
    pairing.refuse(found, by=request.user, now=timezone.now())
    messages.success(request, _("It is refused; that device shows a new code."))
    return redirect("screens")


def _orientation(found: Pairing) -> str:
    upright = found.height > found.width
    return Screen.Orientation.PORTRAIT if upright else Screen.Orientation.LANDSCAPE


def _meant(request: HttpRequest) -> str:
    """The screen to be repaired, where somebody came from its page."""
    said = request.POST.get("meant", "")
    return said if said.isascii() and said.isdigit() and len(said) < 10 else ""
