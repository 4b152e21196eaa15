"""Snippets that go out only when a second person has approved them, in the editors' room.

Another app registers its own by a viewset below ApprovedSnippets, beside
cms.services.approving.needs_approval.
"""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import LiveStatusTagColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import (
    RevisionsUnscheduleView,
    SnippetViewSet,
    UnpublishView,
)

from cms.models import CustomerVoice
from cms.services.voices import withdraw

TAKE_DOWN = "unpublish"


class BySecondPerson(ModelPermissionPolicy):
    """Nobody publishes, not even a superuser; whoever may change it may take it down."""

    def user_has_permission(self, user, action):
        if action == "publish":
            return False
        return super().user_has_permission(user, "change" if action == TAKE_DOWN else action)


class TakeDown(UnpublishView):
    permission_required = TAKE_DOWN


class TakeOffSchedule(RevisionsUnscheduleView):
    permission_required = TAKE_DOWN


class ApprovedSnippets(SnippetViewSet):
    unpublish_view_class = TakeDown
    revisions_unschedule_view_class = TakeOffSchedule
    copy_view_enabled = False
    add_to_admin_menu = True

    @cached_property
    def permission_policy(self):
        return BySecondPerson(self.model)


class TakeBack(TakeDown):
    """The customer withdrew the consent."""

    page_title = _("The customer took it back")
    template_name = "cms/take_back.html"

    def get_unpublish_url(self):
        return reverse(voices.get_url_name("take_back"), args=[self.object.pk])

    def post(self, request, *args, **kwargs):
        if withdraw(self.object, by=request.user, now=timezone.now()):
            messages.success(request, _("These words are shown nowhere any more."))
        return redirect(self.get_next_url())


class VoiceViewSet(ApprovedSnippets):
    model = CustomerVoice
    icon = "openquote"
    menu_label = _("Customers' words")
    menu_order = 250
    list_display = ("quote", "said_by", "agreed_until", "shown_to", LiveStatusTagColumn())
    list_filter = ("shown_to", "language")

    @property
    def take_back_view(self):
        return self.construct_view(TakeBack)

    def get_urlpatterns(self):
        take_back = path("take-back/<str:pk>/", self.take_back_view, name="take_back")
        return [*super().get_urlpatterns(), take_back]


voices = VoiceViewSet()
