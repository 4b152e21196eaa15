"""A form for one thing that is kept: asked, done, and back where one came from."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def keep(
    request: HttpRequest,
    form: Form,
    act: Callable[[], object],
    *,
    title: str,
    button: str,
    back: str,
    back_text: str,
    done: str,
    refusals: tuple[type[Exception], ...],
    lead: str = "",
    template: str = "people/act.html",
    shown: Mapping[str, object] | None = None,
) -> HttpResponse:
    """`shown` goes to the template; `refusals` are what the act raises with a message, at will with
    the `field` at fault."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except refusals as refused:
            field = getattr(refused, "field", "")
            form.add_error(field if field in form.fields else None, str(refused))
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        **(shown or {}),
        "title": title, "lead": lead, "form": form, "button": button, "back": back,
        "back_text": back_text,
    }  # fmt: skip
    return render(request, template, context)
