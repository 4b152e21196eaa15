"""The wall as a feed, and the page on which one gets its address.

The address holds the secret, as readers of feeds send nothing else: it is shown once, logged
nowhere, and asks neither for a session nor for a cookie.
"""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people.services.guessing import TooManyGuesses
from people.services.languages import language_of
from people.services.security_log import address_of
from recognition.services import feeds

may_read = permission_required("recognition.see_wall", raise_exception=True)
WRITERS = {"wall-feed": feeds.as_atom, "wall-feed-json": feeds.as_json}


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    return answer_with(request, secret, WRITERS[request.resolver_match.url_name])


def answer_with(
    request: HttpRequest, secret: str, write: Callable[[], feeds.Written]
) -> HttpResponse:
    """What `write` makes in the language of whoever the secret belongs to."""
    try:
        user = feeds.reader_of_feed(secret, address=address_of(request), now=timezone.now())
    except TooManyGuesses as refused:
        wait = {"Retry-After": str(refused.minutes * 60)}
        return HttpResponse(status=429, content_type="text/plain", headers=wait)
    if user is None:
        return HttpResponseNotFound(_("There is no such feed, or it has ended."))
    with translation.override(language_of(getattr(user, "employee", None))):
        written = write()
    response = HttpResponse(
        written.body, content_type=written.content_type,
        headers={"ETag": written.tag, "Cache-Control": "private, no-cache"},
    )  # fmt: skip
    return get_conditional_response(request, etag=written.tag, response=response)


@login_required
@may_read
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "recognition/feeds.html", {"feed": feeds.open_feed(request.user)})


@login_required
@may_read
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    secret = feeds.make_feed(request.user, now=timezone.now())
    addresses = feeds.addresses_of(secret)
    context = {"feed": feeds.open_feed(request.user), "addresses": addresses}
    return render(request, "recognition/feeds.html", context)


@login_required
@may_read
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    if feeds.revoke_feed(request.user, now=timezone.now()):
        messages.success(request, _("The feed has ended: its address shows nothing any more."))
    return redirect("feeds")
