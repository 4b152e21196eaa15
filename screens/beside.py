"""What this app says on a day's results page."""

from collections.abc import Iterator
from datetime import date

import rules
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from cms.beside import Line
from people.models import User
from screens.services.painting import Share, painted_share


def lines_beside(user: User, day: date) -> Iterator[Line]:
    """ "Painted on 14 of 15 screens by 08:02", for those who see how screens are."""
    if rules.has_perm("screens.see_screens", user):
        share = painted_share(day)
        if share.of:
            yield Line(_said(share), reverse("screens"))


def _said(share: Share) -> str:
    said = {"painted": share.painted, "of": share.of}
    if share.by is None:
        return ngettext(
            "Not yet on the office screen.", "On none of %(of)s office screens yet.", share.of
        ) % {"of": share.of}
    said["at"] = timezone.localtime(share.by).strftime("%H:%M")
    return ngettext(
        "Painted on %(painted)s of %(of)s screen by %(at)s.",
        "Painted on %(painted)s of %(of)s screens by %(at)s.",
        share.of,
    ) % said  # fmt: skip
