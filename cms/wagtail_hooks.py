"""What this app adds to the editors' room."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.snippets.action_menu import ActionMenuItem, PublishMenuItem, UnpublishMenuItem
from wagtail.snippets.models import register_snippet

from cms.choosers import colleague_chooser
from cms.models import CustomerVoice, StoryPage
from cms.services.approving import is_approved_only
from cms.services.stories import missing_consents
from cms.views.approval import TAKE_DOWN, voices
from people.models import Employee

register_snippet(voices)
hooks.register("register_admin_viewset", lambda: colleague_chooser)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_whose_consent_is_missing(request: HttpRequest, page: Page) -> None:
    """Not while Wagtail saves by itself, twice a second, or the messages would pile up."""
    if not isinstance(page, StoryPage) or (
        request.accepts("application/json") and not (request.accepts("text/html"))
    ):
        return
    unnamed, unpictured = missing_consents(page)
    if unnamed:
        messages.warning(
            request,
            _(
                "Nobody reads this story yet: %(names)s did not agree to be named before all "
                "colleagues. They can, under “My name and photo”; or leave them out of it."
            )
            % {"names": _listed(unnamed)},
        )
    elif unpictured:
        messages.warning(
            request,
            _(
                "The picture is not shown yet: %(names)s did not agree to a photo before all "
                "colleagues."
            )
            % {"names": _listed(unpictured)},
        )


def _listed(people: list[Employee]) -> str:
    return ", ".join(each.name for each in people)


class TakeDownItem(ActionMenuItem):
    """Also for who is kept from changing it while it waits: an emergency ends now."""

    name = "action-unpublish"
    label = gettext_lazy("Take down now")
    icon_name = "download"
    order = 20

    def is_shown(self, context) -> bool:
        thing = context.get("instance")
        if context["view"] != "edit" or not thing.live:
            return False
        policy = thing.snippet_viewset.permission_policy
        return policy.user_has_permission(context["request"].user, TAKE_DOWN)

    def get_url(self, context) -> str:
        thing = context["instance"]
        return reverse(thing.snippet_viewset.get_url_name("unpublish"), args=[thing.pk])


@hooks.register("register_snippet_action_menu_item")
def take_down(model) -> TakeDownItem | None:
    return TakeDownItem() if is_approved_only(model) else None


@hooks.register("construct_snippet_action_menu")
def no_button_publishes(items: list, _request: HttpRequest, context: dict) -> None:
    """What needs a second person shows no button that only a superuser would find."""
    if is_approved_only(context["model"]):
        items[:] = [
            each for each in items if not isinstance(each, PublishMenuItem | UnpublishMenuItem)
        ]


@hooks.register("register_snippet_listing_buttons")
def take_back(snippet, _user, _next_url=None):
    if isinstance(snippet, CustomerVoice) and not snippet.withdrawn_on:
        address = reverse(voices.get_url_name("take_back"), args=[snippet.pk])
        yield Button(_("The customer took it back"), url=address, icon_name="cross", priority=15)
