"""When it is asked what became of a customer, and what a fact of the customer system answers.

Days are counted from the day a case was spent on. Source: rules.md 13 and docs/decisions/0022.
"""

from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ASKED_AFTER = (30, 90)
ASKED_FOR = 30
"""Days after the first on which an answer is still taken, the last one included."""
TOO_LATE = ASKED_AFTER[-1] + ASKED_FOR


class Outcome(TextChoices):
    UNKNOWN = "unknown", _("unknown")
    STAYED = "stayed", _("stayed")
    LEFT = "left", _("left")


def days_asked(after_days: int, *, today: date) -> tuple[date, date]:
    """The first and last day of cases of which it is asked today, so many days after them."""
    return today - timedelta(days=after_days + ASKED_FOR), today - timedelta(days=after_days)


def question_due(spent_on: date, *, today: date) -> int | None:
    """After how many days it is asked today, 30 or 90; None: it is not asked."""
    for after_days in ASKED_AFTER:
        first, last = days_asked(after_days, today=today)
        if first <= spent_on <= last:
            return after_days
    return None


def question_answered(outcome: Outcome, *, spent_on: date, day: date) -> int | None:
    """Which question of a case a fact of a day answers; None where it tells nothing about it.

    Who was there after 12 days may still have left by the thirtieth; who left after 200 days was
    there at 90 and is not lost to the case.
    """
    age = (day - spent_on).days
    first, second = ASKED_AFTER
    if outcome == Outcome.LEFT:
        if not 0 <= age <= TOO_LATE:
            return None
        return first if age <= first + ASKED_FOR else second
    if age < first or (outcome == Outcome.UNKNOWN and age > TOO_LATE):
        return None
    return first if age < second else second
