"""Card lines and cases find each other: by themselves where nothing else is possible, else by
finance. One line is one case's, and a line below zero is what came back of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.models import CardLine, CardMatch, CardMismatch, Case, CaseReturn, Remedy
from empowerment.models.cases import Cases
from empowerment.rules.matching import DAYS_AFTER, DAYS_BEFORE, Item, Pair, certain
from people.models import User
from people.services import audit

PORTION = 2000
ON_A_CARD = (Remedy.GOODS, Remedy.GESTURE)
"""Remedies that somebody has bought; a refund or a waiver goes through billing."""


class MatchRefused(Exception):
    """Nothing was matched or taken apart; `field` of the form is at fault, "" when none is."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Counterpart:
    """What a line may be: a case, or money that came back of one. `days` from it to the line."""

    case: Case
    returned: CaseReturn | None
    amount_minor: int
    days: int

    @property
    def name(self) -> str:
        """As a form names it."""
        return f"return-{self.returned.pk}" if self.returned else f"case-{self.case.pk}"


def open_cases() -> Cases:
    """Spent, and no card line is known to be theirs."""
    matched = CardMatch.objects.filter(case=OuterRef("pk"), returned=None)
    return Case.objects.spent().exclude(Exists(matched))


def open_returns() -> QuerySet[CaseReturn]:
    return CaseReturn.objects.filter(card_match=None).select_related("case__site")


def cases_without_line() -> Cases:
    """What should be on a card and is not: not what was cancelled, which may never have been
    bought."""
    return open_cases().filter(state=Case.State.APPROVED, remedy__in=ON_A_CARD)


def match_lines(*, by: User, now: datetime) -> int:
    """Match what can't be otherwise; returns how many pairs are new."""
    bought = _certain(CardLine.Kind.PURCHASE, _cases_as_items(), _apart(returned=False))
    returns = {each.pk: each for each in open_returns()}
    came_back = _certain(
        CardLine.Kind.REFUND, map(_return_as_item, returns.values()), _apart(returned=True)
    )
    matches = [_match(line, case, None, by=by, now=now) for line, case in bought]
    matches += [
        _match(line, returns[back].case_id, back, by=by, now=now) for line, back in came_back
    ]
    return _keep(matches, by=by)


@transaction.atomic
def _keep(matches: list[CardMatch], *, by: User) -> int:
    # What finance matches at this moment stays theirs.
    lines = [match.line_id for match in matches]
    known = set(CardMatch.objects.filter(line__in=lines).values_list("pk", flat=True))
    CardMatch.objects.bulk_create(matches, batch_size=PORTION, ignore_conflicts=True)
    new = CardMatch.objects.filter(line__in=lines).exclude(pk__in=known)
    pairs = [list(pair) for pair in new.order_by("line").values_list("line", "case")]
    if pairs:
        audit.record("match_card_lines", by=by, subject="card-lines", after={"pairs": pairs})
    return len(pairs)


def _match(line: int, case: int, returned: int | None, *, by: User, now: datetime) -> CardMatch:
    return CardMatch(
        line_id=line, case_id=case, returned_id=returned, found=True, made_by=by, made_at=now
    )


def _certain(kind: str, others: Iterable[Item], apart: frozenset[Pair]) -> list[Pair]:
    lines = CardLine.objects.unmatched().filter(kind=kind).order_by("pk")
    said = lines.values_list("pk", "date", "amount_minor", "currency")
    items = [Item(pk, day, abs(amount), currency) for pk, day, amount, currency in said]
    return certain(items, others, apart)


def _cases_as_items() -> Iterable[Item]:
    """Those near an open line; years of refunds through billing are not looked at each time."""
    reach = _reach_of_open_lines()
    if reach is None:
        return []
    near = open_cases().filter(spent_on__range=reach).order_by("pk")
    rows = near.values_list("pk", "spent_on", "amount_minor", "currency")
    return [Item(pk, day, amount, currency) for pk, day, amount, currency in rows if day]


def _reach_of_open_lines() -> tuple[date, date] | None:
    days = CardLine.objects.unmatched().order_by("date").values_list("date", flat=True)
    first, last = days.first(), days.last()
    if first is None or last is None:
        return None
    return first - timedelta(days=DAYS_AFTER), last + timedelta(days=DAYS_BEFORE)


def _return_as_item(back: CaseReturn) -> Item:
    return Item(back.pk, day_of(back), back.amount_minor, back.case.currency)


def day_of(back: CaseReturn) -> date:
    """When the money came back, by the clock of the case's site."""
    return timezone.localdate(back.made_at, ZoneInfo(back.case.site.time_zone))


def _apart(*, returned: bool) -> frozenset[Pair]:
    rows = CardMismatch.objects.filter(returned__isnull=not returned)
    return frozenset(rows.values_list("line", "returned" if returned else "case"))


def counterparts(line: CardLine) -> list[Counterpart]:
    """What a line may be, nearest first: of its amount and near its day."""
    if line.kind == CardLine.Kind.REFUND:
        found = [_as_returned(back, line) for back in _returns_of_amount(line)]
    else:
        found = [_as_case(case, line) for case in _cases_of_amount(line)]
    return sorted(found, key=lambda each: (abs(each.days), each.case.pk))


def named(line: CardLine, name: str, number: int | None) -> Counterpart:
    """What somebody says a line is: one of its counterparts by name, or a case by its number; of a
    line below zero what came back of that case. Raises MatchRefused."""
    if number is None:
        found = [each for each in counterparts(line) if each.name == name]
    elif line.kind == CardLine.Kind.REFUND:
        backs = open_returns().filter(case=number).order_by("pk")
        alike = backs.filter(amount_minor=-line.amount_minor)
        found = [_as_returned(back, line) for back in (alike or backs)[:1]]
    else:
        found = [_as_case(case, line) for case in open_cases().filter(pk=number)]
    if not found:
        raise MatchRefused(_("Choose a case on which money was spent and that has no line yet."))
    return found[0]


def _cases_of_amount(line: CardLine) -> QuerySet[Case]:
    return open_cases().for_list().filter(
        currency=line.currency, amount_minor=line.amount_minor,
        spent_on__range=(
            line.date - timedelta(days=DAYS_AFTER), line.date + timedelta(days=DAYS_BEFORE)
        ),
    )  # fmt: skip


def _returns_of_amount(line: CardLine) -> list[CaseReturn]:
    alike = open_returns().filter(case__currency=line.currency, amount_minor=-line.amount_minor)
    alike = alike.select_related("case__customer", "case__employee", "case__department")
    return [
        back for back in alike.select_related("case__site", "case__customer", "case__employee")
        if -DAYS_BEFORE <= (line.date - day_of(back)).days <= DAYS_AFTER
    ]  # fmt: skip


def _as_case(case: Case, line: CardLine) -> Counterpart:
    assert case.spent_on
    return Counterpart(case, None, case.amount_minor, (line.date - case.spent_on).days)


def _as_returned(back: CaseReturn, line: CardLine) -> Counterpart:
    return Counterpart(back.case, back, back.amount_minor, (line.date - day_of(back)).days)


@transaction.atomic
def match(
    line: CardLine,
    *,
    case: Case,
    returned: CaseReturn | None = None,
    why: str = "",
    by: User,
    now: datetime,
) -> CardMatch:
    """Say that a line is this case's, or what came back of it. Where the amounts differ it takes a
    reason. Raises MatchRefused."""
    _refuse(line, case, returned, why)
    try:
        with transaction.atomic():
            made = CardMatch.objects.create(
                line=line, case=case, returned=returned, found=False, made_by=by, made_at=now
            )
    except IntegrityError:
        raise MatchRefused(_("The line or the case is matched already.")) from None
    CardMismatch.objects.filter(line=line, case=case, returned=returned).delete()
    audit.record(
        "match_card_line", by=by, subject=f"card-line:{line.pk}", after=_said(made), why=why.strip()
    )
    return made


def _refuse(line: CardLine, case: Case, returned: CaseReturn | None, why: str) -> None:
    wanted = CardLine.Kind.REFUND if returned else CardLine.Kind.PURCHASE
    if line.kind != wanted:
        raise MatchRefused(
            _("A purchase is matched with a case, money that came back with what came back of one.")
        )
    if case.spent_on is None:
        raise MatchRefused(_("Nothing was spent on this case."), "case")
    if line.currency != case.currency:
        raise MatchRefused(_("The line and the case are in different currencies."), "case")
    amount = returned.amount_minor if returned else case.amount_minor
    if abs(line.amount_minor) != amount and not why.strip():
        raise MatchRefused(_("The amounts differ: say why this is the same."), "why")


@transaction.atomic
def take_apart(made: CardMatch, *, why: str, by: User, now: datetime) -> None:
    """The line is not this case's: both are left again. Raises MatchRefused."""
    if not why.strip():
        raise MatchRefused(_("Say why."), "why")
    found = CardMatch.objects.select_for_update(of=("self",)).filter(pk=made.pk).first()
    if found is None:
        raise MatchRefused(_("Somebody else has taken them apart already."))
    CardMismatch.objects.create(
        line_id=found.line_id, case_id=found.case_id, returned_id=found.returned_id, made_by=by,
        made_at=now,
    )  # fmt: skip
    audit.record(
        "take_card_line_apart", by=by, subject=f"card-line:{found.line_id}", before=_said(found),
        why=why.strip(),
    )  # fmt: skip
    found.delete()


def _said(made: CardMatch) -> dict[str, int | None]:
    return {"case": made.case_id, "returned": made.returned_id}
