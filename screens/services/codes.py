"""Somebody types the code that a new screen shows: found, or why not, and wrong ones counted."""

from datetime import datetime

from django.utils.translation import gettext as _

from people.dates import moment
from people.models import SignInAttempt, User
from people.services import guessing
from screens.models import Pairing
from screens.services.access import digest
from screens.services.pairing import LETTERS


class CodeRefused(Exception):
    """In words; `pairing` where the code was known and is over."""

    def __init__(self, why: str, *, pairing: Pairing | None = None):
        super().__init__(why)
        self.pairing = pairing


def look_up(code: str, *, by: User, address: str | None, now: datetime) -> Pairing:
    """The device that shows the code. Raises CodeRefused, and TooManyGuesses of people.services."""
    attempt = guessing.begin("", way=SignInAttempt.Way.SCREEN, address=address, user=by)
    found = _newest(code)
    if found is None:
        raise CodeRefused(_("No screen shows this code. Look at the screen and type it again."))
    # A code that was right a moment ago is no guess.
    guessing.succeeded(attempt)
    if why_over(found, now=now):
        raise CodeRefused(why_over(found, now=now), pairing=found)
    return found


def _newest(code: str) -> Pairing | None:
    typed = "".join(letter for letter in code.upper() if letter in LETTERS)
    known = Pairing.objects.filter(code_digest=digest(typed)).order_by("-made_at")
    return known.select_related("screen", "approved_by__employee").first()


def why_over(pairing: Pairing, *, now: datetime) -> str:
    """Why nobody can approve it any more; empty while somebody can."""
    if pairing.approved_at and pairing.approved_by:
        return _("%(who)s has approved this code for “%(screen)s”, %(at)s.") % {
            "who": pairing.approved_by.display_name, "screen": pairing.screen,
            "at": moment(pairing.approved_at),
        }  # fmt: skip
    if pairing.refused_at:
        return _("Somebody has refused this code, %(at)s.") % {"at": moment(pairing.refused_at)}
    if pairing.expires_at <= now:
        return _("This code is over. The screen shows a new one.")
    return ""
