"""The public face, for a company that switched it on."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cms.services.public import as_html, is_on, public_face, tag_of

FRESH = "public, max-age=60"
"""As long as a withdrawn consent may take."""


@require_safe
def public(request):
    today = timezone.localdate()
    if not is_on(on=today):
        raise Http404
    face = public_face(language=get_language(), on=today)
    tag = tag_of(face)
    response = get_conditional_response(request, etag=f'"{tag}"') or HttpResponse(
        as_html(face, tag)
    )
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = FRESH
    return response
