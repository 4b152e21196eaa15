"""What this app adds to the editors' room."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from cms.choosers import colleague_chooser
from cms.models import StoryPage
from cms.services.stories import missing_consents
from people.models import Employee

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
