"""Empowerment money in the demo company: a year of cases that put customers right.

Made up from a fixed seed, entered through the services on the days they happened, so that limits,
budgets and the ledger are what they would have been. To be found in it: the limit that was raised
in mid-year, somebody who splits, a customer again and again, somebody far from colleagues, and a
request that waits for Bob.
"""

import hashlib
import io
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from empowerment.models import Case, MomentOfTruth, Outcome, Receipt, Remedy
from empowerment.rules.limits import Measure, Scope
from empowerment.services.asking import ask, decide
from empowerment.services.giving_back import GivenBack, give_back
from empowerment.services.limits import NewLimit, set_limit
from empowerment.services.outcomes import answer
from empowerment.services.spending import Spend
from people.models import Department, Membership, User
from people.services.policies import set_policy

DAYS = 364
RAISED_AFTER = 190
"""Days from the first case to the higher limit."""
CASES = 230
CURRENCY = "USD"
FIRST = {
    Measure.CASE: 25_00, Measure.CUSTOMER: 50_00, Measure.DAY: 300_00, Measure.MONTH: 1_000_00,
    Measure.DEPARTMENT: 6_000_00,
}  # fmt: skip
RAISED = {Measure.CASE: 150_00, Measure.CUSTOMER: 150_00}
MOMENTS = [
    ("late", "A flight was late", "航班延误"),
    ("bag", "A bag did not come", "行李未到"),
    ("seat", "A family was seated apart", "家人座位分开"),
    ("missed", "A connection was missed", "错过转机"),
    ("rude", "We were not kind", "服务态度不佳"),
]
REASONS = [
    "Waited four hours with two children", "Slept at the airport", "Promised twice and not kept",
    "Paid for a taxi because of us", "Third time this year",
]  # fmt: skip
ANSWERS = ([Outcome.STAYED] * 7) + ([Outcome.LEFT] * 2) + [Outcome.UNKNOWN]


@dataclass(frozen=True)
class Wanted:
    """Days from the first, hour of the day, and what is spent on whom; minor units."""

    day: int
    hour: int
    who: User
    reference: str
    amount_minor: int


@transaction.atomic
def put_customers_right(yesterday: date) -> None:
    """A year of cases that ends yesterday; nothing when there is any."""
    if Case.objects.exists():
        return
    first = yesterday - timedelta(days=DAYS)
    chance = random.Random(97)  # noqa: S311
    moments = [
        MomentOfTruth.objects.create(
            code=code, name=name, names={"zh-hans": chinese}, position=place
        )
        for place, (code, name, chinese) in enumerate(MOMENTS)
    ]
    _set_limits(FIRST, _at(first, 0, 8), reason="A first step: trust with a small sum")
    wanted = sorted(_wanted(chance, first), key=lambda each: (each.day, each.hour))
    raised = False
    for number, each in enumerate(wanted):
        now = _at(first, each.day, each.hour, minute=number % 60)
        if each.day >= RAISED_AFTER and not raised:
            _set_limits(RAISED, _at(first, RAISED_AFTER, 0), reason="Solved at once costs less")
            raised = True
        case = _enter(each, number, chance.choice(moments), chance, now=now)
        _afterwards(case, number, chance, until=_at(yesterday, 0, 20))
    _ask_bob(moments[0])


def _at(first: date, day: int, hour: int, *, minute: int = 0) -> datetime:
    # New York's working day, in UTC.
    return datetime.combine(first + timedelta(days=day), time(hour, minute), tzinfo=UTC) + (
        timedelta(hours=4)
    )


def _set_limits(amounts: dict[Measure, int], now: datetime, *, reason: str) -> None:
    for measure, amount in amounts.items():
        by = _user("fay") if measure == Measure.DEPARTMENT else _user("dee")
        new = NewLimit(
            measure, Scope.EVERYBODY, amount, CURRENCY, now.date(), reason,
            days=30 if measure == Measure.CUSTOMER else None,
        )  # fmt: skip
        set_limit(new, by=by, now=now)


def _wanted(chance: random.Random, first: date) -> list[Wanted]:
    """More of them from month to month; one in eleven above what may be spent."""
    staff = _front_line(first)
    found = []
    for number in range(CASES):
        day = min(DAYS - 1, round(DAYS * (number / CASES) ** 0.85))
        usual = chance.lognormvariate(2.6, 0.5) if day < RAISED_AFTER else (
            chance.lognormvariate(3.9, 0.5)
        )  # fmt: skip
        most = FIRST[Measure.CASE] if day < RAISED_AFTER else RAISED[Measure.CASE]
        amount = min(most, max(5_00, round(usual * 2) * 50))
        if number % 11 == 7:
            amount = most + chance.choice([20_00, 60_00, 130_00])
        who = chance.choices(staff, weights=[9 - place % 7 for place in range(len(staff))])[0]
        reference = f"PNR-{chance.randrange(36**5):06X}"
        found.append(Wanted(day, chance.randrange(9, 19), who, reference, amount))
    return [*found, *_patterns(staff)]


def _front_line(first: date) -> list[User]:
    """Ann, and three of each of six departments who were here from the first day."""
    places = Membership.objects.filter(until_date=None, employee__hired_on__lte=first)
    found = [_user("ann")] if _user("ann").employee.hired_on <= first else []
    for department in Department.objects.order_by("code")[:6]:
        here = places.filter(department=department).exclude(
            employee__user__email__endswith="@demo.example"
        )
        rows = here.select_related("employee__user").order_by("employee__number")[:3]
        found += [row.employee.user for row in rows]
    return found


def _patterns(staff: list[User]) -> list[Wanted]:
    """One who splits, one customer again and again, and one far from what colleagues spend."""
    splits, kind, far = staff[1], staff[2], staff[3]
    return [
        *(Wanted(DAYS - 20, 10 + n, splits, "PNR-SPLIT1", 45_00) for n in range(3)),
        *(Wanted(DAYS - 160 + 31 * n, 11, kind, "PNR-AGAIN1", 120_00) for n in range(5)),
        *(Wanted(DAYS - 60 + 4 * n, 15, far, f"PNR-FAR{n}", 145_00) for n in range(10)),
    ]


def _enter(
    each: Wanted, number: int, moment: MomentOfTruth, chance: random.Random, *, now: datetime
) -> Case:
    """Within the limits at once; above them Bob or Eve answers, mostly with yes."""
    spend = Spend(
        UUID(int=(95 << 64) + number), each.reference, moment, each.amount_minor, CURRENCY,
        chance.choice(list(Remedy)), reason=chance.choice(REASONS),
        no_receipt="" if number % 3 == 0 else "Credited in the booking system",
    )  # fmt: skip
    case = ask(spend, by=each.who, now=now)
    if case.state == Case.State.ASKED:
        approve = chance.random() < 0.7
        reason = "" if approve else "More than the ticket; offer a voucher instead."
        by = _user("bob") if case.department.code == "AA" else _user("eve")
        later = now + timedelta(minutes=chance.randrange(2, 40))
        case = decide(case, approve=approve, reason=reason, by=by, now=later)
    return case


def _afterwards(case: Case, number: int, chance: random.Random, *, until: datetime) -> None:
    if case.spent_on is None:
        return
    by, entered = case.employee.user, case.entered_at
    if not case.no_receipt:
        _add_receipt(case)
    if number % 14 == 5 and entered + timedelta(days=3) < until:
        back = GivenBack(UUID(int=(96 << 64) + number), case.amount_minor // 2, "The bag was found")
        give_back(case, back, by=by, now=entered + timedelta(days=3))
    for days in (31, 91):
        asked = entered + timedelta(days=days)
        if asked < until and chance.random() < 0.75:
            answer(case, chance.choice(ANSWERS), by=by, now=asked)


def _add_receipt(case: Case) -> None:
    """A small picture that says what was paid."""
    image = Image.new("L", (240, 120), 255)
    draw = ImageDraw.Draw(image)
    draw.text((12, 12), f"RECEIPT {case.customer.reference}", fill=0)
    draw.text((12, 60), f"{case.amount_minor / 100:.2f} {case.currency}", fill=0)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=40)
    content = out.getvalue()
    Receipt.objects.create(
        case=case, image=content, sha256=hashlib.sha256(content).hexdigest(),
        added_at=case.entered_at,
    )  # fmt: skip


def _ask_bob(moment: MomentOfTruth) -> None:
    """Asked as the demo is loaded, with a day to answer: nobody finds it passed on already."""
    set_policy(
        "answer_minutes", "1440", from_date=timezone.localdate(), reason="A day in the demo.",
        by=User.objects.system(),
    )  # fmt: skip
    spend = Spend(
        UUID(int=97 << 64), "PNR-WAITS1", moment, 240_00, CURRENCY, Remedy.REFUND,
        reason="Missed a wedding; wants the fare of one way back",
    )  # fmt: skip
    ask(spend, by=_user("ann"), now=timezone.now())


def _user(name: str) -> User:
    return User.objects.get(username=name)
