"""Playlists and emergencies in the editors' room."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.views.approval import ApprovedSnippets
from screens.models import Emergency, Playlist
from screens.models.previewed import Previewed
from screens.services.glance import glance_warnings
from screens.views import previews

Previewed.previews = previews


class PlaylistViewSet(SnippetViewSet):
    model = Playlist
    icon = "media"
    menu_label = _("Playlists of screens")
    menu_order = 260
    add_to_admin_menu = True
    list_display = ("name", "status_string")


class EmergencyViewSet(ApprovedSnippets):
    model = Emergency
    icon = "warning"
    menu_label = _("Emergency")
    menu_order = 270
    list_display = ("title", "ends_at", "status_string")


register_snippet(PlaylistViewSet())
register_snippet(EmergencyViewSet())


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def say_what_nobody_can_read(request: HttpRequest, instance: Any) -> None:
    """Not while Wagtail saves by itself, or the messages would pile up."""
    by_itself = request.accepts("application/json") and not request.accepts("text/html")
    if isinstance(instance, Playlist) and not by_itself:
        for warning in glance_warnings(instance.get_latest_revision_as_object().slides):
            messages.warning(request, warning)
