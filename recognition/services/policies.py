"""How much praise one may give on a day, and setting that anew."""

from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people.models import User
from people.services import audit
from recognition.models import RecognitionPolicy
from recognition.rules.limits import Limits

MOST, MOST_MONTHS = 10_000, 120


class PolicyRefused(Exception):
    """Nothing was set; the message says why."""


@dataclass(frozen=True)
class Terms:
    """The limits of praise, and for how many months nobody wins the same award again."""

    limits: Limits = field(default_factory=Limits)
    repeat_months: int = 12


def terms_on(day: date) -> Terms:
    """What holds on a day; the product's own defaults before the first policy."""
    row = RecognitionPolicy.objects.filter(from_date__lte=day).order_by("-from_date").first()
    if row is None:
        return Terms()
    limits = Limits(
        giver=row.giver_limit, giver_days=row.giver_days, pair=row.pair_limit,
        pair_days=row.pair_days, nominees=row.most_nominees,
    )  # fmt: skip
    return Terms(limits, row.repeat_months)


@transaction.atomic
def set_recognition_policy(terms: Terms, *, from_date: date, reason: str, by: User) -> None:
    """New terms from a day on. Raises PolicyRefused."""
    limits = terms.limits
    if min(asdict(limits).values()) < 1:
        raise PolicyRefused(_("Each limit is at least 1."))
    if not reason.strip():
        raise PolicyRefused(_("Say why."))
    if not 0 <= terms.repeat_months <= MOST_MONTHS or max(asdict(limits).values()) > MOST:
        raise PolicyRefused(_("That is more than anybody needs: choose smaller numbers."))
    before = terms_on(from_date)
    try:
        with transaction.atomic():
            RecognitionPolicy.objects.create(
                from_date=from_date, giver_limit=limits.giver, giver_days=limits.giver_days,
                pair_limit=limits.pair, pair_days=limits.pair_days, most_nominees=limits.nominees,
                repeat_months=terms.repeat_months, reason=reason, made_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise PolicyRefused(
            _("A policy begins on that day already: choose the day after.")
        ) from None
    audit.record(
        "set_recognition_policy", by=by, subject=f"policy:recognition:{from_date}",
        before=asdict(before), after=asdict(terms), why=reason,
    )  # fmt: skip
