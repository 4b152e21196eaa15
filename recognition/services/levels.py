"""HR keeps the levels of awards: what each is worth, who decides, how payroll taxes it.

Who sets an amount does not pay it: money comes only from budgets that finance funds, and an award
keeps the amount that its level had when it was raised.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people.models import User
from people.services import audit
from recognition.models import Award, AwardLevel

CURRENCY_LETTERS = 3
MOST_MONTHS = 120


class LevelRefused(Exception):
    """Nothing was kept; the message says why, `field` of the form is at fault, "" when none is."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class LevelTerms:
    """What a level is: `amount_minor` is for each who is named, `repeat_months` is None where the
    policy's hold, `names` are by language."""

    name: str
    decides: str = AwardLevel.Decides.LEAD
    quorum: int = 0
    amount_minor: int = 0
    currency: str = ""
    tax_class: str = ""
    repeat_months: int | None = None
    position: int = 0
    names: Mapping[str, str] = field(default_factory=dict)


def terms_of(level: AwardLevel) -> LevelTerms:
    return LevelTerms(
        name=level.name, decides=level.decides, quorum=level.quorum,
        amount_minor=level.amount_minor, currency=level.currency, tax_class=level.tax_class,
        repeat_months=level.repeat_months, position=level.position, names=level.names,
    )  # fmt: skip


@transaction.atomic
def add_level(code: str, terms: LevelTerms, *, by: User) -> AwardLevel:
    """A new level; its code stays for good. Raises LevelRefused."""
    _refuse(terms)
    try:
        with transaction.atomic():
            level = AwardLevel.objects.create(code=code, **asdict(terms))
    except IntegrityError:
        raise LevelRefused(
            _("There is a level with the code %(code)s.") % {"code": code}, "code"
        ) from None
    _record("add_award_level", level, by=by, after=asdict(terms))
    return level


@transaction.atomic
def change_level(level: AwardLevel, terms: LevelTerms, *, by: User) -> AwardLevel:
    """Awards that were raised before keep their amount and tax class. Raises LevelRefused, also
    for another panel or quorum while one votes."""
    level = AwardLevel.objects.select_for_update().get(pk=level.pk)
    before = terms_of(level)
    if before == terms:
        return level
    _refuse(terms)
    if (before.decides, before.quorum) != (terms.decides, terms.quorum):
        _refuse_while_voted(level)
    for name, value in asdict(terms).items():
        setattr(level, name, value)
    level.save()
    _record("change_award_level", level, by=by, before=asdict(before), after=asdict(terms))
    return level


@transaction.atomic
def retire_level(level: AwardLevel, *, by: User, on: date) -> AwardLevel:
    """From this day on nothing is raised to it; what is before its panel is decided."""
    return _retire(level, on, action="retire_award_level", by=by)


@transaction.atomic
def revive_level(level: AwardLevel, *, by: User) -> AwardLevel:
    """It is given again."""
    return _retire(level, None, action="revive_award_level", by=by)


def _retire(level: AwardLevel, on: date | None, *, action: str, by: User) -> AwardLevel:
    level = AwardLevel.objects.select_for_update().get(pk=level.pk)
    if bool(level.retired_on) == bool(on):
        return level
    level.retired_on = on
    level.save(update_fields=["retired_on"])
    _record(action, level, by=by, after={"retired_on": on and on.isoformat()})
    return level


def _refuse(terms: LevelTerms) -> None:
    if not terms.name.strip():
        raise LevelRefused(_("A level has a name."), "name")
    if terms.amount_minor < 0:
        raise LevelRefused(_("An award is worth something or nothing, never less."), "amount")
    if terms.amount_minor and len(terms.currency) != CURRENCY_LETTERS:
        raise LevelRefused(_("Say in which currency: three letters, for example GBP."), "currency")
    if terms.amount_minor and not terms.tax_class.strip():
        raise LevelRefused(_("Say how payroll taxes it."), "tax_class")
    if terms.decides == AwardLevel.Decides.PANEL and terms.quorum < 1:
        raise LevelRefused(_("Of a panel at least one votes."), "quorum")
    if terms.repeat_months is not None and not 0 <= terms.repeat_months <= MOST_MONTHS:
        raise LevelRefused(
            _("Between 0 and %(most)s months.") % {"most": MOST_MONTHS}, "repeat_months"
        )


def _refuse_while_voted(level: AwardLevel) -> None:
    voted = Award.objects.open().filter(level=level).count()
    if voted:
        raise LevelRefused(
            _("Awards before the panel: %(count)s. Who decides changes when they are decided.")
            % {"count": voted},
            "decides",
        )


def _record(
    action: str, level: AwardLevel, *, by: User, before: object = None, after: object = None
) -> None:
    audit.record(action, by=by, subject=f"award-level:{level.code}", before=before, after=after)
