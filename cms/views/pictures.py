"""Pictures that editors have uploaded: to colleagues, and to everybody where that is agreed."""

import mimetypes

import rules
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from cms.services.pictures import ORIGINALS, RENDITIONS, picture_for
from people.models import ShownTo

FRESH = "max-age=60"
"""As long as a withdrawn consent may take."""


@require_safe
def picture(request, path: str):
    writes = rules.has_perm("people.edit_content", request.user)
    if not (writes and path.startswith((RENDITIONS, ORIGINALS))):
        audience = ShownTo.STAFF if request.user.is_authenticated else ShownTo.PUBLIC
        if not path.startswith(RENDITIONS) or picture_for(path, audience=audience) is None:
            raise Http404
    kind = mimetypes.guess_type(path)[0] or ""
    if not kind.startswith("image/") or "svg" in kind or not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path), content_type=kind)
    response["Cache-Control"] = f"private, {FRESH}"
    return response
