"""This app's cards on the first page."""

from collections.abc import Iterator
from datetime import date, datetime

import rules
from django.http import HttpRequest
from django.utils import timezone

from incentives.models import BonusRun, Pool, PoolYearAct, Restatement, StatementQuestion
from incentives.permissions import held_for
from incentives.rules import GoalState
from incentives.services.bonus_runs import why_not_approve
from incentives.services.closing import CloseRefused
from incentives.services.factors import proposable, with_factors
from incentives.services.goals import ShownGoal
from incentives.services.own_bonus import own_shares, so_far, why_no_share
from incentives.services.questions import overdue, waiting
from incentives.services.reading import balances_by_year, due_goals
from incentives.services.run_reading import years_to_share
from people.models import Employee, Role, User
from people.permissions import led_departments, roles_of
from people.services.calendars import company_yesterday
from people.today import COMPANY, MINE, NEEDS_ME, Card


def cards(request: HttpRequest, now: datetime) -> Iterator[Card]:
    user, day = request.user, company_yesterday(now)
    roles = roles_of(user)
    goals = _due(day, now) if day else []
    if Role.LEAD in roles and day:
        yield from _awaited(user, day, goals)
    if Role.LEAD in roles:
        yield from _factors(user)
    if rules.has_perm("incentives.confirm_figures", user):
        yield from _held(user)
    if rules.has_perm("incentives.approve_restatement", user):
        yield from _to_approve(user)
    yield from _bonus_work(user, now)
    if Role.EXECUTIVE in roles and day:
        yield from _missed(day, goals)
    if Role.FINANCE in roles:
        yield from _pools()
    employee = getattr(user, "employee", None)
    if employee and day:
        yield from _department(employee, day, goals)
    if employee:
        yield _bonus(employee, day, now)


def _bonus_work(user: User, now: datetime) -> Iterator[Card]:
    """What of the yearly bonus waits for whoever approves it, runs it and answers for it."""
    if rules.has_perm("incentives.approve_bonus", user):
        yield from _bonus_to_approve(user)
        yield from _year_acts(user)
    if rules.has_perm("incentives.run_bonus", user):
        yield from _years_to_share(now)
    if rules.has_perm("incentives.see_bonus_of_people", user):
        yield from _questions()


def _awaited(user: User, day: date, goals: list[ShownGoal]) -> Iterator[Card]:
    own = led_departments(user, on=day)
    awaited = [g for g in goals if g.state == GoalState.AWAITED and g.department.pk in own]
    if awaited:
        facts = {"day": day, "awaited": awaited}
        yield Card(NEEDS_ME, "incentives/cards/awaited.html", facts)


def _due(day: date, now: datetime) -> list[ShownGoal]:
    try:
        return due_goals(day, now=now)
    except CloseRefused:
        return []


def _factors(user: User) -> Iterator[Card]:
    """Departments of a draft that their lead has not proposed yet."""
    for run in with_factors().filter(state=BonusRun.State.DRAFT):
        own = proposable(run, led_departments(user, on=run.through))
        waiting = [each.department for each in own if not each.proposal]
        if waiting:
            facts = {"run": run, "departments": waiting}
            yield Card(NEEDS_ME, "incentives/cards/factors.html", facts)


def _held(user: User) -> Iterator[Card]:
    count = held_for(user).exclude(made_by=user).count()
    if count:
        yield Card(NEEDS_ME, "incentives/cards/held.html", {"count": count})


def _to_approve(user: User) -> Iterator[Card]:
    waiting = Restatement.objects.filter(state=Restatement.State.AWAITING)
    count = waiting.exclude(made_by=user).count()
    if count:
        yield Card(NEEDS_ME, "incentives/cards/to_approve.html", {"count": count})


def _bonus_to_approve(user: User) -> Iterator[Card]:
    proposed = BonusRun.objects.filter(state=BonusRun.State.PROPOSED).defer("days")
    runs = [run for run in proposed.select_related("pool") if not why_not_approve(run, by=user)]
    if runs:
        yield Card(NEEDS_ME, "incentives/cards/bonus_to_approve.html", {"runs": runs})


def _years_to_share(now: datetime) -> Iterator[Card]:
    """Over, with money in them, and nobody has begun to share them out."""
    over = [year for year in years_to_share(today=timezone.localdate(now)) if year.is_over]
    if over:
        yield Card(NEEDS_ME, "incentives/cards/years_to_share.html", {"years": over})


def _year_acts(user: User) -> Iterator[Card]:
    """What others have proposed for a pool's year."""
    waiting = PoolYearAct.objects.filter(state=PoolYearAct.State.AWAITING).exclude(made_by=user)
    acts = list(waiting.select_related("pool"))
    if acts:
        yield Card(NEEDS_ME, "incentives/cards/year_acts.html", {"acts": acts})


def _pools() -> Iterator[Card]:
    """What each pool holds in its newest year."""
    years = balances_by_year()
    pools = [(pool, *years[pool.code][0]) for pool in Pool.objects.all() if pool.code in years]
    if pools:
        yield Card(COMPANY, "incentives/cards/pools.html", {"pools": pools})


def _missed(day: date, goals: list[ShownGoal]) -> Iterator[Card]:
    """Where to go and ask: a miss leads to a visit."""
    missed = [goal for goal in goals if goal.state == GoalState.MISSED]
    if missed:
        yield Card(NEEDS_ME, "incentives/cards/missed.html", {"day": day, "missed": missed})


def _department(employee: Employee, day: date, goals: list[ShownGoal]) -> Iterator[Card]:
    """How one's own department did yesterday."""
    membership = employee.memberships.on(day).select_related("department").first()
    if membership is None:
        return
    own = [goal for goal in goals if goal.department.pk == membership.department_id]
    facts = {"department": membership.department, "day": day, "goals": own}
    yield Card(MINE, "incentives/cards/my_department.html", facts)


def _bonus(employee: Employee, day: date | None, now: datetime) -> Card:
    """The own share as it would be today; of a year that is decided, where to read it."""
    shares = own_shares(employee, since=timezone.localdate(now).year - 1)
    estimates = so_far(shares, day=day)
    facts = {
        "estimates": estimates,
        "decided": [share for share in shares if share.run.is_decided()],
        "why_none": "" if estimates else why_no_share(employee, now=now),
    }
    return Card(MINE, "incentives/cards/my_bonus.html", facts)


def _questions() -> Iterator[Card]:
    """Whose question about a statement waits for finance."""
    open_ones = waiting(StatementQuestion.objects.all())
    count = open_ones.count()
    if count:
        late = overdue(open_ones, on=timezone.localdate()).count()
        facts = {"count": count, "overdue": late}
        yield Card(NEEDS_ME, "incentives/cards/questions.html", facts)
