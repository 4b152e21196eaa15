"""The feed of results and stories: as the wall's, it asks neither for a session nor a cookie."""

from django.views.decorators.http import require_safe

from cms.services.feeds import as_atom
from recognition.views.feeds import answer_with


@require_safe
def news(request, secret: str):
    return answer_with(request, secret, as_atom)
