"""What awards tell to whom: lists, an award's page, what an act on it would do."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count as Counted
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Employee, Membership, User
from people.money import money
from people.permissions import led_departments
from people.services.previews import Effects
from recognition.models import Award, AwardLevel, Nomination, Nominee, PanelMember, Vote
from recognition.rules.awards import Count
from recognition.services.awards import (
    conflict_on_panel,
    count_of,
    leads_one_of,
    may_recall,
    raise_to,
    sits_on,
    voters,
)
from recognition.services.rewards import account_of
from recognition.services.visibility import Reader, Shown, readable, reader_of, show

State = Award.State
ENDED = (Nomination.State.WITHDRAWN, Nomination.State.REMOVED)


def awards_for(user: User, *, on: date, sees_all: bool) -> QuerySet[Award]:
    """Those somebody finds: granted for praise they read, what they raised, what their panels vote
    on or they have voted on; `sees_all`: every one."""
    found = Award.objects.select_related(
        "level", "nomination__giver", "nomination__behaviour", "raised_by__employee"
    )
    if sees_all:
        return found
    praise = readable(reader_of(user, on=on)).order_by().values("pk")
    return found.filter(
        Q(state=State.GRANTED, nomination__in=praise)
        | Q(raised_by=user)
        | Q(pk__in=Vote.objects.filter(member__user=user).values("award"))
        | Q(pk__in=before_panels_of(user, on=on).values("pk"))
    )


def before_panels_of(user: User, *, on: date) -> QuerySet[Award]:
    """Open ones on whose panel somebody sits and is not in conflict, voted or not."""
    employee = getattr(user, "employee", None)
    if employee is None:
        return Award.objects.none()
    levels = PanelMember.objects.on(on).filter(employee=employee).values("level")
    praise = Nominee.objects.filter(nomination=OuterRef("nomination"))
    concerned = praise.filter(Q(employee=employee) | Q(employee__manager=employee))
    found = Award.objects.open().filter(level__in=levels).exclude(raised_by=user)
    return found.exclude(nomination__giver=employee).exclude(Exists(concerned))


def waits_for_vote_of(user: User, *, on: date) -> QuerySet[Award]:
    """As `before_panels_of`, those without a vote of theirs, on praise that nobody doubts."""
    own = Vote.objects.filter(award=OuterRef("pk"), member__user=user)
    found = before_panels_of(user, on=on).filter(nomination__state=Nomination.State.PUBLISHED)
    return found.exclude(Exists(own))


def to_raise(user: User, *, on: date) -> QuerySet[Nomination]:
    """Published praise for those whom somebody leads, and for a panel all that they read; without
    what they gave and what names them."""
    employee = getattr(user, "employee", None)
    if employee is None:
        return Nomination.objects.none()
    led = led_departments(user, on=on)
    members = Membership.objects.on(on).filter(department__in=led).values("employee")
    of_own = Q(employee__in=members) | Q(employee__manager=employee)
    named = Nominee.objects.filter(nomination=OuterRef("pk"))
    found = readable(reader_of(user, on=on)).exclude(giver=employee)
    if not PanelMember.objects.on(on).filter(employee=employee).exists():
        found = found.filter(Exists(named.filter(of_own)))
    found = found.exclude(Exists(named.filter(employee=employee)))
    running = Q(awards__state__in=(State.PROPOSED, State.GRANTED))
    return found.annotate(raised=Counted("awards", filter=running))


def levels_for(user: User, nomination: Nomination, *, on: date) -> list[AwardLevel]:
    """To which of them somebody may raise this; empty for who is no lead and on no panel."""
    levels = AwardLevel.objects.filter(Q(retired_on=None) | Q(retired_on__gt=on))
    named = list(nomination.nominees.values_list("employee", flat=True))
    if not readable(reader_of(user, on=on)).filter(pk=nomination.pk).exists():
        return []
    if leads_one_of(named, by=user, today=on):
        return list(levels)
    return [level for level in levels if sits_on(level, user, on=on)]


def names_for_raising(nomination: Nomination, reader: Reader) -> list[str]:
    """As the reader reads them: looking at what raising would do is no way to learn names."""
    [shown] = show([nomination], reader)
    return [each.employee.name if each.employee else _("A colleague") for each in shown.nominees]


def raise_and_tell(
    nomination: Nomination, level: AwardLevel, *, reason: str, by: User, now: datetime
) -> Effects:
    """`raise_to`, and what it does in lines. Raises AwardRefused."""
    award = raise_to(nomination, level, reason=reason, by=by, now=now)
    names = names_for_raising(nomination, reader_of(by, on=timezone.localdate(now)))
    if award.state == State.PROPOSED:
        return _before_the_panel(award, names, on=timezone.localdate(now))
    return [*(_gets(award, name) for name in names), *_from_budget(award, len(names))]


def _gets(award: Award, name: str) -> str:
    said = {"name": name, "level": award.level}
    if not award.amount_minor:
        return _("%(name)s gets %(level)s.") % said
    return _("%(name)s gets %(level)s: %(amount)s.") % {
        **said, "amount": money(award.amount_minor, award.currency),
    }  # fmt: skip


def _from_budget(award: Award, people: int) -> Effects:
    if award.budget is None:
        return [_("No money moves.")]
    left = account_of(award.budget).balance_minor
    return [
        _("%(amount)s leave the budget of %(whose)s for %(year)s; %(left)s are left in it.") % {
            "amount": money(people * award.amount_minor, award.currency),
            "whose": award.budget.department or _("the company"), "year": award.budget.year,
            "left": money(left, award.currency),
        }
    ]  # fmt: skip


def _before_the_panel(award: Award, names: list[str], *, on: date) -> Effects:
    count = count_of(award, on=on)
    effects = [
        _("The panel of %(level)s votes on it: %(names)s.")
        % {"level": award.level, "names": ", ".join(names)},
        _("Of the panel %(still)s may vote, and %(quorum)s have to.")
        % {"still": count.still, "quorum": count.quorum},
    ]
    if award.amount_minor:
        amount = money(award.amount_minor, award.currency)
        effects.append(_("If they grant it, each gets %(amount)s.") % {"amount": amount})
    return effects


@dataclass(frozen=True)
class AwardPage:
    """An award as one reader sees it. `count` and `votes` are None where they are not for them;
    `why_not` says why somebody of the panel has no vote; `certificates` are of whom they get it."""

    award: Award
    shown: Shown
    concerned: bool
    may_vote: bool
    why_not: str
    has_voted: bool
    still: int | None
    count: Count | None
    votes: list[Vote] | None
    certificates: list[Employee]
    may_recall: bool
    may_count: bool

    @property
    def heading(self) -> str:
        return heading(self.shown)


def page_of(award: Award, user: User, *, on: date, sees_all: bool, keeps: bool) -> AwardPage:
    """`sees_all`: HR and auditors, also who voted what; `keeps`: HR."""
    employee = getattr(user, "employee", None)
    is_open = award.state == State.PROPOSED
    on_panel = sits_on(award.level, user, on=on)
    why_not = conflict_on_panel(award, employee) if employee and on_panel else ""
    has_voted = employee is not None and award.votes.filter(member=employee).exists()
    decides = on_panel and not why_not
    concerned = sees_all or decides or award.raised_by_id == user.pk
    still = len(voters(award, on=on)) if is_open and concerned else None
    # Praise that has ended is read by those who keep fairness alone; the others know of the award.
    has_ended = award.nomination.state in ENDED and not sees_all
    reader = reader_of(user, on=on, sees_all=concerned and not has_ended)
    [shown] = show([award.nomination], reader)
    if has_ended:
        shown = emptied(shown)
    by_panel = award.level.decides == AwardLevel.Decides.PANEL or award.votes.exists()
    knows_count = by_panel and (sees_all or (decides and (has_voted or not is_open)))
    knows_votes = by_panel and (sees_all or (decides and not is_open))
    return AwardPage(
        award, shown, concerned or _won_by(award, employee),
        may_vote=is_open and decides and not has_voted,
        why_not=why_not if is_open else "", has_voted=has_voted, still=still,
        count=count_of(award, on=on) if knows_count else None,
        votes=list(award.votes.select_related("member").order_by("pk")) if knows_votes else None,
        certificates=certified(award, user, on=on, sees_all=keeps),
        may_recall=award.state in (State.PROPOSED, State.GRANTED) and may_recall(award, by=user),
        may_count=is_open and keeps and still == 0,
    )  # fmt: skip


def emptied(shown: Shown) -> Shown:
    """Praise of which nobody reads any more whom it named and what it told."""
    nobody = [replace(each, employee=None, photo=False) for each in shown.nominees]
    return replace(shown, nominees=nobody, giver=None, story="–")


def _won_by(award: Award, employee: Employee | None) -> bool:
    won = award.state == State.GRANTED and employee is not None
    return won and award.recipients.filter(employee=employee).exists()


def certified(award: Award, user: User, *, on: date, sees_all: bool) -> list[Employee]:
    """Whose certificates of a granted award somebody gets: the own, those of whom they lead, HR
    all."""
    if award.state != Award.State.GRANTED:
        return []
    won = Employee.objects.filter(awards__award=award).order_by("number")
    if sees_all:
        return list(won)
    return list(won.filter(_own_or_led(user, on=on)))


def _own_or_led(user: User, *, on: date) -> Q:
    led = led_departments(user, on=on)
    members = Membership.objects.on(on).filter(department__in=led).values("employee")
    return Q(user=user) | Q(manager__user=user) | Q(pk__in=members)


def heading(shown: Shown) -> str:
    """Whom praise is about, as a reader reads it: “Ann, Bob and 2 colleagues”."""
    if not shown.unnamed:
        return ", ".join(shown.names)
    others = ngettext("a colleague", "%(n)s colleagues", shown.unnamed) % {"n": shown.unnamed}
    return ", ".join([*shown.names, others])


def headings(nominations: Collection[Nomination], reader: Reader) -> dict[int, str]:
    """By nomination id."""
    ended = {each.pk for each in nominations if each.state in ENDED and not reader.sees_all}
    return {
        each.nomination.pk: heading(emptied(each) if each.nomination.pk in ended else each)
        for each in show(nominations, reader)
    }
