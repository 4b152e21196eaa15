"""What the shell says itself; everything else on a screen is a slide's."""

from django.utils import translation
from django.utils.translation import gettext as _


def words_in(language: str) -> dict[str, str]:
    """`{time}` and the like are filled in on the screen."""
    with translation.override(language):
        return {
            "stale": _("Not updated since {time}"),
            "no_contact": _("No contact with the server"),
        }
