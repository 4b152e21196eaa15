"""What keeps a poll from being launched, all of it at once, each with the place to mend it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.models import Wave
from surveys.rules.burden import Span, days_apart, most_in_a_year
from surveys.rules.questionnaire import Kind
from surveys.services.holders import refusal_of_holder


class Mend(StrEnum):
    """Where a fault is mended."""

    ABOUT = "about"
    QUESTIONS = "questions"
    LIBRARY = "library"
    HOLDER = "holder"
    KEY = "key"
    NOWHERE = ""


@dataclass(frozen=True)
class Fault:
    text: str
    mend: Mend


def faults(wave: Wave, *, now: datetime) -> Iterator[Fault]:
    if wave.state != Wave.State.DRAFT:
        yield Fault(_("This poll was launched before."), Mend.NOWHERE)
    yield from _of_questions(wave)
    yield from _of_times(wave, now=now)
    yield from _of_keys(wave)


def _of_questions(wave: Wave) -> Iterator[Fault]:
    items = list(wave.items.select_related("wording__question"))
    if not items:
        yield Fault(_("It asks nothing yet: add questions."), Mend.QUESTIONS)
    if len(items) > settings.MOST_POLL_QUESTIONS:
        text = _("It asks %(count)s questions; at most %(most)s are allowed.")
        allowed = {"count": len(items), "most": settings.MOST_POLL_QUESTIONS}
        yield Fault(text % allowed, Mend.QUESTIONS)
    for item in items:
        if item.wording.question.kind == Kind.SCALE:
            text = _("Question %(number)s has the scale of another tool and can't be asked here.")
            yield Fault(text % {"number": item.number}, Mend.QUESTIONS)
    languages = [set(item.wording.texts) for item in items]
    for language in sorted(set().union(*languages)):
        missing = [item.number for item, known in zip(items, languages, strict=True)
                   if language not in known]  # fmt: skip
        if missing:
            text = _("Questions %(numbers)s have no text in “%(language)s” while others do.")
            said = {"numbers": ", ".join(map(str, missing)), "language": language}
            yield Fault(text % said, Mend.LIBRARY)


def _of_times(wave: Wave, *, now: datetime) -> Iterator[Fault]:
    """Also whether people are asked too often: everybody is invited to every poll."""
    if wave.opens_at is None or wave.closes_at is None:
        yield Fault(_("Say when it opens and when it closes."), Mend.ABOUT)
        return
    if not now < wave.closes_at > wave.opens_at:
        yield Fault(_("It closes before it opens, or has closed already."), Mend.ABOUT)
    poll = Span(wave.opens_at, wave.closes_at)
    others = list(_launched_here(wave))
    count = most_in_a_year(poll, others)
    if count > settings.POLLS_A_YEAR:
        text = _("It would be poll %(count)s within a year; at most %(most)s are allowed.")
        yield Fault(text % {"count": count, "most": settings.POLLS_A_YEAR}, Mend.ABOUT)
    apart = days_apart(poll, others)
    if apart is not None and apart < settings.DAYS_BETWEEN_POLLS:
        text = _("It is %(days)s days from another poll; at least %(least)s are needed.")
        yield Fault(text % {"days": apart, "least": settings.DAYS_BETWEEN_POLLS}, Mend.ABOUT)


def _launched_here(wave: Wave) -> Iterator[Span]:
    """Not those of other tools that were brought in: here nobody was asked in them."""
    others = Wave.objects.exclude(pk=wave.pk).exclude(state=Wave.State.DRAFT)
    for other in others.filter(answers_digest=""):
        if other.opens_at and other.closes_at:
            yield Span(other.opens_at, other.closes_at)


def _of_keys(wave: Wave) -> Iterator[Fault]:
    if wave.hr_key is None:
        yield Fault(_("HR has not taken its key yet."), Mend.KEY)
    if wave.staff_holder is None:
        text = _("Name the staff representative who keeps the second key.")
        yield Fault(text, Mend.HOLDER)
        return
    employee = getattr(wave.staff_holder, "employee", None)
    reason = refusal_of_holder(wave, employee) if employee else ""
    if reason:
        yield Fault(reason, Mend.HOLDER)
    elif wave.staff_key is None:
        text = _("%(name)s has not taken the second key yet.") % {
            "name": wave.staff_holder.display_name
        }
        yield Fault(text, Mend.NOWHERE)
