"""A page for one act: what is asked, what would happen, and then it happens."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.services.employment import EmploymentRefused
from people.services.places import PlacesRefused
from people.services.previews import Effects, Looked, act_once_seen


def asked(request: HttpRequest, form_class: type[Form], **initial) -> Form:
    """The form as posted; on the way back from the effects, with what was said."""
    if request.method == "POST":
        return form_class(request.POST)
    said = {name: request.GET.getlist(name) for name in request.GET}
    again = {name: values if len(values) > 1 else values[0] for name, values in said.items()}
    return form_class(initial={**initial, **again})


def look_then_act(
    request: HttpRequest,
    form: Form,
    act: Callable[..., Effects],
    *,
    title: str,
    button: str,
    back: str,
    back_text: str,
    lead: str = "",
    private: bool = False,
    danger: bool = False,
    refusals: tuple[type[Exception], ...] = (PlacesRefused, EmploymentRefused),
) -> HttpResponse:
    """Show the form, then the effects of `act(**cleaned)`, then act and go `back`. What is private
    never stands in an address, which servers write down: on the way back it is posted. With
    `danger` what does not come back is taken away, and the page says so in red. `refusals` are what
    the act raises with a message."""
    asked_again = "again" in request.POST
    looked = None
    if form.is_valid() and not asked_again:
        looked = _looked(request, form, act, refusals)
    if looked and looked.done:
        messages.success(request, " ".join(looked.effects))
        return redirect(back)
    if looked and "seen" in request.POST:
        messages.warning(request, _("Something has changed meanwhile: please look again."))
    entered = urlencode({field.name: field.value() or "" for field in form}, doseq=True)
    context = {
        "title": title, "lead": lead, "button": button, "form": form, "back": back,
        "back_text": back_text, "again": entered and f"?{entered}", "private": private,
        "danger": danger,
        "effects": looked and looked.effects, "seen": looked and looked.digest,
    }  # fmt: skip
    return render(request, "people/act.html", context)


def _looked(
    request: HttpRequest,
    form: Form,
    act: Callable[..., Effects],
    refusals: tuple[type[Exception], ...],
) -> Looked | None:
    try:
        return act_once_seen(lambda: act(**form.cleaned_data), seen=request.POST.get("seen", ""))
    except refusals as refused:
        field = getattr(refused, "field", "")
        form.add_error(field if field in form.fields else None, str(refused))
        return None
