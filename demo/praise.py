"""Praise in the demo company: 424 real citations as stories, told among its people.

Who praises whom is made up from a fixed seed, so that every demo is the same but for its dates.
Two colleagues praise nobody but each other: the pattern that fair play notices.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction

from demo.company import _rows
from people.models import Consent, Department, Employee, Membership, ShownTo, User
from people.rules import BEGINNING
from people.services import audit
from people.services.policies import set_policy
from recognition.models import (
    Award,
    AwardLevel,
    Behaviour,
    Cheer,
    Nomination,
    PanelMember,
    Reply,
    Vote,
)
from recognition.services.awards import raise_to, vote
from recognition.services.fair_play import report
from recognition.services.nominating import NominationRefused, Praise, nominate
from recognition.services.noticing import notice_patterns
from recognition.services.rewards import Funding, fund

REASON = "demo: made up"
DAYS = 425
"""Fourteen months, in which praise grows more frequent."""
BEHAVIOURS = [
    ("promise", "Kept a promise", "信守承诺"),
    ("listened", "Listened", "用心倾听"),
    ("further", "Went further than asked", "多走一步"),
    ("together", "Solved it together", "携手解决"),
    ("better", "Found a better way", "找到更好的办法"),
]
LEVELS = [
    ("card", "Thank-you card", "感谢卡", AwardLevel.Decides.LEAD, 0),
    ("spot", "Spot award", "即时奖", AwardLevel.Decides.LEAD, 100_00),
    ("star", "Star of the quarter", "季度之星", AwardLevel.Decides.PANEL, 500_00),
]
PANEL = ("eve", "kim", "root")
BUDGET = 20_000_00
REPLIES = [
    "Well deserved!", "I was there: every word is true.", "So good to read this.",
    "The customer still talks about it.", "做得好！", "Bravo, Félicitations !",
]  # fmt: skip
THANKS = ["Thank you, that means a lot.", "Thanks! It was a pleasure.", "谢谢大家！"]


@dataclass(frozen=True)
class Citation:
    """What was done, and by how many together."""

    text: str
    laureates: tuple[str, ...]


def citations() -> list[Citation]:
    return [
        Citation(row["citation"], tuple(row["laureates"].split("; ")))
        for row in _rows("citations/citations.csv")
    ]


@transaction.atomic
def praise_each_other(yesterday: date, *, by: User) -> None:
    """Fourteen months of praise that end yesterday; nothing when there is any."""
    if Nomination.objects.exists():
        return
    now = datetime.combine(yesterday, time(18), tzinfo=UTC)
    set_policy("names_shown", "staff", from_date=BEGINNING, reason=REASON, by=by)
    _give_accounts()
    _agree(now, by=by)
    told = list(_tell(yesterday))
    # They knew then; nobody is told of it now.
    Nomination.objects.update(told_at=now)
    _cheer_and_reply(told)
    _award(told, yesterday, now=now)
    doubted = next(each for each in reversed(told) if not _names(each) & _logins().keys())
    report(doubted, reason="Somebody else did this; I was there.", by=_user("kim"), now=now)
    notice_patterns(by=by, now=now)


def _give_accounts() -> None:
    """Whoever praises needs one; without a password nobody signs in with it."""
    without = list(Employee.objects.filter(user=None))
    users = User.objects.bulk_create(
        User(username=each.number, password=make_password(None)) for each in without
    )
    for employee, user in zip(without, users, strict=True):
        employee.user = user
    Employee.objects.bulk_update(without, ["user"])


def _agree(now: datetime, *, by: User) -> None:
    """The company names everybody to all colleagues; some have said otherwise."""
    said = []
    for place, employee in enumerate(Employee.objects.order_by("number")):
        names = _agreed(place)
        if names is not None:
            said.append(Consent(employee=employee, names=names, given_at=now))
    Consent.objects.bulk_create(said)
    audit.record("load_demo", by=by, subject="consents", after={"count": len(said)}, why=REASON)


def _agreed(place: int) -> ShownTo | None:
    if place < len(PANEL) or place % 11 == 0:
        return ShownTo.PUBLIC
    if place % 13 == 0:
        return ShownTo.NOBODY
    return ShownTo.TEAM if place % 7 == 0 else None


def _tell(yesterday: date) -> Iterator[Nomination]:
    behaviours = [
        Behaviour.objects.get_or_create(
            code=code, defaults={"name": name, "names": {"zh-hans": chinese}, "position": place}
        )[0]
        for place, (code, name, chinese) in enumerate(BEHAVIOURS)
    ]
    chance = random.Random(95)  # noqa: S311
    told = citations()
    people = Colleagues(chance)
    for place, each in enumerate(told):
        ago = round((DAYS - 1) * (1 - place / (len(told) - 1)) ** 1.2)
        day = yesterday - timedelta(days=ago)
        audience = chance.choices([ShownTo.TEAM, ShownTo.STAFF, ShownTo.PUBLIC], weights=[1, 8, 1])[
            0
        ]
        praise = Praise(
            uuid4(), (), each.text[0].upper() + each.text[1:], chance.choice(behaviours),
            happened_on=day - timedelta(days=chance.randrange(3)), audience=audience,
        )  # fmt: skip
        # Of one day in the order of the file, so that no two are told at the same moment.
        at = datetime.combine(day, time(8), tzinfo=UTC) + timedelta(minutes=place)
        ways = (people.who(place, count=len(each.laureates), on=day) for _try in range(50))
        yield _first_within_limits(praise, ways, now=at)


def _first_within_limits(
    praise: Praise, ways: Iterator[tuple[Employee, list[Employee]]], *, now: datetime
) -> Nomination:
    """On some dates chance would have somebody praise more than the limits let through."""
    for giver, nominees in ways:
        try:
            return nominate(replace(praise, nominees=tuple(nominees)), by=giver.user, now=now)
        except NominationRefused as refused:
            last = refused
    raise last


class Colleagues:
    """Who might praise whom: mostly the own department, some people far more than others."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        places = Membership.objects.filter(until_date=None).select_related("employee__user")
        rows = list(places.order_by("employee__number"))
        self.department = {row.employee: row.department_id for row in rows}
        people = list(self.department)
        home = people[0]
        away = Counter(self.department.values())
        away.pop(self.department[home])
        apart = [each for each in people if self.department[each] == away.most_common(1)[0][0]][:2]
        self.pair = (apart[0], apart[1])
        self.others = [each for each in people if each not in self.pair]
        self.liking = {each: min(chance.paretovariate(1.2), 8) for each in self.others}

    def who(self, place: int, *, count: int, on: date) -> tuple[Employee, list[Employee]]:
        if place % 17 == 3 and count == 1:
            first, second = self.pair if place % 2 else self.pair[::-1]
            return first, [second]
        here = [each for each in self.others if each.hired_on <= on]
        giver = self.chance.choices(here, [self.liking[each] for each in here])[0]
        if place % 29 == 5:
            # The company's first: whoever signs in to look finds praise of their own.
            giver, first = self._other_than(here, here[0]), here[0]
            return giver, [first, *self._choose(here, giver, count - 1, without={first})]
        return giver, self._choose(here, giver, count, without=set())

    def _other_than(self, here: list[Employee], one: Employee) -> Employee:
        return self.chance.choice([each for each in here if each != one])

    def _choose(
        self, here: list[Employee], giver: Employee, count: int, *, without: set[Employee]
    ) -> list[Employee]:
        near = [each for each in here if self.department[each] == self.department[giver]]
        chosen: list[Employee] = []
        while len(chosen) < count:
            each = self.chance.choice(near if self.chance.random() < 0.65 else here)
            if each != giver and each not in chosen and each not in without:
                chosen.append(each)
        return chosen


def _cheer_and_reply(told: list[Nomination]) -> None:
    chance = random.Random(96)  # noqa: S311
    staff = list(Employee.objects.here(told[-1].published_on).order_by("number"))
    cheers, replies = [], []
    for nomination in told:
        if nomination.shown_to < ShownTo.STAFF:
            continue
        later = nomination.published_at + timedelta(hours=2)
        who = chance.sample(staff, chance.randrange(9))
        cheers += [Cheer(nomination=nomination, employee=each, made_at=later) for each in who]
        named = [each.employee for each in nomination.nominees.select_related("employee")]
        answers = [(named[0], chance.choice(THANKS))] if chance.random() < 0.4 else []
        answers += [(each, chance.choice(REPLIES)) for each in who[:2] if each not in named]
        replies += [
            Reply(nomination=nomination, employee=each, text=text, thanks=each in named,
                  key=uuid4(), made_at=later)
            for each, text in answers
        ]  # fmt: skip
    Cheer.objects.bulk_create(cheers)
    Reply.objects.bulk_create(replies)


def _award(told: list[Nomination], yesterday: date, *, now: datetime) -> None:
    """Bob has raised some of his department's: two cards, a spot award, one star that the panel
    has granted and one on which it votes now; more wait for him."""
    for year in {(yesterday - timedelta(days=200)).year, yesterday.year}:
        funding = Funding(uuid4(), None, year, "USD", BUDGET, REASON)
        fund(funding, by=_user("fay"), now=now)
    card, spot, star = _levels(told[0].published_on)
    bob, panel = _user("bob"), [_user(name) for name in PANEL]
    home = Department.objects.get(code="AA")
    ready = [
        each
        for each in told
        if not _names(each) & {"bob", *PANEL} and each.giver.user not in (bob, *panel)
        and all(row.department_id == home.pk for row in each.nominees.all())
    ]  # fmt: skip
    winners: set[int] = set()
    for level in (card, spot, card, star, star):
        nomination = next(each for each in reversed(ready) if not _keys(each) & winners)
        winners |= _keys(nomination)
        award = raise_to(nomination, level, reason="Our customers noticed.", by=bob, now=now)
        if level is star and not Award.objects.filter(level=star, state="granted").exists():
            for member in panel[:2]:
                vote(award, Vote.Says.YES, by=member, now=now)


def _levels(first: date) -> list[AwardLevel]:
    levels = []
    for place, (code, name, chinese, decides, amount) in enumerate(LEVELS):
        level, _made = AwardLevel.objects.get_or_create(
            code=code,
            defaults={
                "name": name, "names": {"zh-hans": chinese}, "position": place,
                "decides": decides, "quorum": 2 if decides == "panel" else 0,
                "amount_minor": amount, "currency": "USD" if amount else "",
                "tax_class": "cash award" if amount else "",
            },
        )  # fmt: skip
        levels.append(level)
    for name in PANEL:
        member = _user(name).employee
        PanelMember.objects.create(level=levels[-1], employee=member, from_date=first)
    return levels


def _names(nomination: Nomination) -> set[str]:
    return set(nomination.nominees.values_list("employee__user__username", flat=True))


def _keys(nomination: Nomination) -> set[int]:
    return set(nomination.nominees.values_list("employee", flat=True))


def _logins() -> dict[str, User]:
    return {user.username: user for user in User.objects.filter(email__endswith="@demo.example")}


def _user(name: str) -> User:
    return User.objects.get(username=name)
