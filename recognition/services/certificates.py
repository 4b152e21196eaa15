"""A person's certificate of an award as a page of A4, in the person's language and any script."""

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from people.models import Employee, ShownTo
from people.services.binding import pdf_of
from people.services.consents import consents_of
from people.services.languages import language_of
from people.services.typesetting import A4, About, Colour, Sheet
from recognition.models import Award
from recognition.rules.stories import without_names

MIDDLE = A4[0] / 2
WIDE = A4[0] - 2 * 84
INK: Colour = (0.09, 0.125, 0.2)
SOFT: Colour = (0.33, 0.376, 0.455)
BRAND: Colour = (0.078, 0.259, 0.545)
TINT: Colour = (0.894, 0.933, 0.984)
LONGEST_STORY, SMALLEST = 700, 5.0
LINE = 1.4
"""From one line to the next, in sizes of their letters."""
FOOT = 142.0
"""Where the story ends at the latest."""
PICTURES = re.compile(
    "[\U0001f000-\U0001fbff\ufe0e\ufe0f\u20e3]+"
    "(?:\u200d[\U0001f000-\U0001fbff\u2600-\u27bf\ufe0f]+)*"
)
"""Emoji, which no font for print has: stories are full of them, and say the same without."""


@dataclass(frozen=True)
class Certificate:
    """What stands on it; `language` is the person's."""

    name: str
    level: str
    behaviour: str
    story: str
    granted_on: date
    giver: str
    raised_by: str
    company: str
    language: str


def certificate_pdf(award: Award, employee: Employee) -> bytes:
    """The same bytes whenever it is made. Raises fonts.MissingCharacters, naming what can't be
    printed."""
    return pdf_of(
        set_certificate(certificate_of(award, employee)),
        made_at=award.decided_at or award.raised_at,
    )


def certificate_of(award: Award, employee: Employee) -> Certificate:
    """Of somebody who won a granted award. It hangs on walls: colleagues who do not agree to be
    named to all stay unnamed in its story."""
    language, nomination = language_of(employee), award.nomination
    with translation.override(language):
        return Certificate(
            name=employee.name, level=str(award.level), behaviour=str(nomination.behaviour),
            story=_story(award, employee), granted_on=timezone.localdate(award.decided_at),
            giver=nomination.giver.name, raised_by=award.raised_by.display_name,
            company=settings.WAGTAIL_SITE_NAME, language=language,
        )  # fmt: skip


def _story(award: Award, employee: Employee) -> str:
    others = Employee.objects.filter(awards__award=award).exclude(pk=employee.pk)
    named = {each.pk: each for each in others}
    agreed = consents_of(named)
    hidden = [each for pk, each in named.items() if agreed[pk].names < ShownTo.STAFF]
    words = [word for each in hidden for word in (each.name, each.known_as)]
    story = without_names(PICTURES.sub("", award.nomination.story), words)
    return Truncator(story).chars(LONGEST_STORY)


def set_certificate(certificate: Certificate) -> Sheet:
    """Ready to be drawn. Raises fonts.MissingCharacters."""
    with translation.override(certificate.language):
        title = _("%(level)s: %(name)s") % {
            "level": certificate.level, "name": certificate.name,
        }  # fmt: skip
        sheet = Sheet(About(title, certificate.company, certificate.language))
        _frame(sheet)
        _draw(sheet, certificate)
    return sheet


def _frame(sheet: Sheet) -> None:
    wide, high = A4
    sheet.box(0, high - 14, wide, 14, BRAND)
    sheet.box(0, 0, wide, 14, BRAND)
    for inset, thickness in ((34, 1.4), (40, 0.5)):
        corners = [
            (inset, inset), (wide - inset, inset), (wide - inset, high - inset),
            (inset, high - inset), (inset, inset),
        ]  # fmt: skip
        sheet.line(corners, BRAND, thickness)


def _draw(sheet: Sheet, certificate: Certificate) -> None:
    y = _centred(sheet, A4[1] - 92, certificate.company, 13, colour=SOFT)
    y = _centred(sheet, y - 44, certificate.level, 30, colour=BRAND, bold=True, room=84)
    y = _centred(sheet, y - 26, _("awarded to"), 12, colour=SOFT)
    y = _centred(sheet, y - 18, certificate.name, 34, colour=INK, bold=True, room=96)
    y = _centred(sheet, y - 22, certificate.behaviour, 16, colour=BRAND, room=46)
    sheet.line([(MIDDLE - 40, y - 14), (MIDDLE + 40, y - 14)], BRAND, 1.4)
    _centred(sheet, y - 30, certificate.story, 12.5, colour=INK, room=y - 30 - FOOT)
    _signed(sheet, certificate)


def _signed(sheet: Sheet, certificate: Certificate) -> None:
    # Translators: Django's date format of a day without its weekday: 22 November 2026
    day = formats.date_format(certificate.granted_on, _("j F Y"))
    told = _("Told by %(name)s") % {"name": certificate.giver}
    raised = _("Raised by %(name)s") % {"name": certificate.raised_by}
    y = FOOT - 12
    for text, colour in ((day, INK), (told, SOFT), (raised, SOFT)):
        y = _centred(sheet, y, text, 11, colour=colour)


def _centred(
    sheet: Sheet, y: float, text: str, size: float, *, colour: Colour, bold: bool = False,
    room: float = 0,
) -> float:  # fmt: skip
    """Below `y`, in letters so small that it takes no more height than `room`, by default that of
    one line; returns where it ends."""
    room = room or size * LINE
    lines = sheet.lines(text, size, within=WIDE, bold=bold)
    while len(lines) * size * LINE > room and size > SMALLEST:
        size *= 0.94
        lines = sheet.lines(text, size, within=WIDE, bold=bold)
    for line in lines:
        y -= size * LINE
        sheet.text(MIDDLE, y, line, size, colour=colour, bold=bold, align=0.5)
    return y
