"""Closing a pool's year, opening it again, and what happens to money that is left or missing.

Years close in order. What lies in a closed year's account goes to the next one, a debt too, as far
as the policy lets it; the rest of a debt is borne by the company. All but closing need two people.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from incentives.models import BonusRun, Pool, PoolYearAct
from incentives.rules import FiscalYear
from incentives.services.bonus_notices import tell_of_act, tell_of_act_decided
from incentives.services.bonus_policies import LONGEST_REASON, terms_for
from incentives.services.bonus_runs import hold_pool, keeps_salaries
from incentives.services.closing import EXPENSE
from incentives.services.eligibility import BonusRefused
from incentives.services.readiness import first_undecided_day, open_year_before
from incentives.services.years import NoSuchYear, is_closed, open_year, year_named
from ledger.models import Transfer
from ledger.services.posting import open_account, post, reverse
from people.models import Role, User
from people.money import money
from people.services import audit
from people.services.calendars import all_sites
from people.services.previews import Effects
from people.services.retrying import retried
from people.services.roles import roles_in_force

Kind, State = PoolYearAct.Kind, PoolYearAct.State


@dataclass(frozen=True)
class PoolYear:
    """A pool's year with what lies in its account, in minor units."""

    pool: Pool
    year: FiscalYear
    balance_minor: int
    run: BonusRun | None
    closed: bool


def pool_year(pool: Pool, year: int) -> PoolYear:
    """Raises BonusRefused for a year that there is not."""
    try:
        span = year_named(year)
    except NoSuchYear as unknown:
        raise BonusRefused(str(unknown)) from unknown
    run = BonusRun.objects.live().filter(pool=pool, year=year).first()
    account = pool.accounts().filter(code=pool.account_code(year)).first()
    balance = account.balance() if account else 0
    return PoolYear(pool, span, balance, run, is_closed(pool, year))


def why_not_close(found: PoolYear, *, now: datetime) -> str:
    """Why a year can't be closed yet; "" when it can."""
    pool, year = found.pool, found.year
    if found.closed:
        return _("The year %(year)s is closed already.") % {"year": year.name}
    if any(site.today(now) <= year.last for site in all_sites()):
        return _("The year %(year)s runs until %(day)s.") % {"year": year.name, "day": year.last}
    earlier = open_year_before(pool, year.name)
    if earlier:
        return _("Years close in order: close %(year)s first.") % {"year": earlier}
    undecided = first_undecided_day(pool, year)
    if undecided:
        return _("%(day)s is not final yet; close it first.") % {"day": undecided}
    if found.run and found.run.state != BonusRun.State.PAID:
        return _(
            "The bonus of %(year)s is %(state)s; it is paid or void before the year closes."
        ) % {
            "year": year.name,
            "state": found.run.get_state_display(),
        }
    if found.balance_minor > 0 and not found.run:
        return _("The pool of %(year)s has not been shared out yet.") % {"year": year.name}
    return _beyond_limit(found)


def _beyond_limit(found: PoolYear) -> str:
    limit = terms_for(found.pool, found.year).negative_limit_minor
    if -found.balance_minor <= limit:
        return ""
    return _(
        "The pool owes %(debt)s and may carry %(limit)s of it into the next year; the company bears"
        " the rest first (write-off)."
    ) % {
        "debt": money(-found.balance_minor, found.pool.currency),
        "limit": money(limit, found.pool.currency),
    }


@retried
@transaction.atomic
def close_year(pool: Pool, year: int, *, reason: str, by: User, now: datetime) -> PoolYearAct:
    """Carry what is left into the next year, for good. Raises BonusRefused."""
    hold_pool(pool)
    found = pool_year(pool, year)
    refusal = why_not_close(found, now=now) or keeps_salaries(by, since=found.year.first)
    if refusal:
        raise BonusRefused(refusal)
    act = _act(pool, year, Kind.CLOSE, reason=reason, amount_minor=found.balance_minor, by=by,
               now=now)  # fmt: skip
    act.state = State.DONE
    act.save()
    _carry(act, found, by=by)
    _log("close_year", act, by=by)
    return act


def _act(
    pool: Pool, year: int, kind: str, *, reason: str, amount_minor: int, by: User, now: datetime
) -> PoolYearAct:
    if not reason.strip():
        raise BonusRefused(_("Say why."))
    if len(reason) > LONGEST_REASON:
        raise BonusRefused(_("The reason is longer than %(n)s characters.") % {"n": LONGEST_REASON})
    return PoolYearAct.objects.create(
        pool=pool, year=year, kind=kind, reason=reason, amount_minor=amount_minor, made_by=by,
        made_at=now,
    )  # fmt: skip


def act_key(act: PoolYearAct) -> str:
    """Of what a closing carries over, or a write-off lets the company bear."""
    word = "carry" if act.kind == Kind.CLOSE else "write-off"
    return f"{word}:{act.pool}:{act.year}:{act.pk}"


def carried_from(pool: Pool, year: int) -> Transfer | None:
    """What the year's last closing has moved, if anything."""
    closing = pool.year_acts.done().filter(year=year, kind=Kind.CLOSE).last()
    return Transfer.objects.filter(key=act_key(closing)).first() if closing else None


def _carry(act: PoolYearAct, found: PoolYear, *, by: User) -> None:
    """Earned on the next year's first day, so that its balance holds it from the beginning."""
    if not act.amount_minor:
        return
    begins = found.year.last + timedelta(days=1)
    own = open_account(act.pool.account_code(act.year), currency=act.pool.currency)
    following = open_account(
        act.pool.account_code(open_year(act.pool, begins)), currency=act.pool.currency
    )
    from_account, to_account = (own, following) if act.amount_minor > 0 else (following, own)
    post(
        key=act_key(act), from_account=from_account, to_account=to_account,
        amount_minor=abs(act.amount_minor), earned_day=begins,
        why=_("carried over from %(year)s") % {"year": act.year}, by=by,
    )  # fmt: skip


def _log(action: str, act: PoolYearAct, *, by: User) -> None:
    audit.record(
        action, by=by, subject=f"pool:{act.pool}:{act.year}", why=act.reason,
        after={"state": str(act.state), "amount": act.amount_minor},
    )  # fmt: skip


@retried
@transaction.atomic
def propose_reopening(
    pool: Pool, year: int, *, reason: str, by: User, now: datetime
) -> PoolYearAct:
    """Ask for a closed year to be opened again. Raises BonusRefused."""
    hold_pool(pool)
    _refuse_reopening(pool, year)
    _refuse_second(pool, year, Kind.REOPEN)
    _refuse_keeper(year, by=by)
    act = _act(pool, year, Kind.REOPEN, reason=reason, amount_minor=0, by=by, now=now)
    _log("propose_reopening", act, by=by)
    tell_of_act(act)
    return act


def _refuse_reopening(pool: Pool, year: int) -> None:
    if not is_closed(pool, year):
        raise BonusRefused(_("The year %(year)s is not closed.") % {"year": year})
    if is_closed(pool, year + 1):
        raise BonusRefused(
            _("The year %(next)s is closed too; open that one first.") % {"next": year + 1}
        )
    later = BonusRun.objects.live().filter(pool=pool, year=year + 1).first()
    if later and later.state != BonusRun.State.DRAFT:
        raise BonusRefused(
            _("What %(year)s left over is part of the bonus of %(next)s, which is %(state)s.")
            % {"year": year, "next": year + 1, "state": later.get_state_display()}
        )


def _refuse_second(pool: Pool, year: int, kind: str) -> None:
    if PoolYearAct.objects.filter(pool=pool, year=year, kind=kind, state=State.AWAITING).exists():
        raise BonusRefused(_("This has been proposed already and waits for somebody else."))


@retried
@transaction.atomic
def propose_write_off(
    pool: Pool, year: int, *, amount_minor: int, reason: str, by: User, now: datetime
) -> PoolYearAct:
    """Ask that the company bears so much of what a pool owes. Raises BonusRefused."""
    hold_pool(pool)
    _refuse_write_off(pool, year, amount_minor)
    _refuse_second(pool, year, Kind.WRITE_OFF)
    _refuse_keeper(year, by=by)
    act = _act(pool, year, Kind.WRITE_OFF, reason=reason, amount_minor=amount_minor, by=by, now=now)
    _log("propose_write_off", act, by=by)
    tell_of_act(act)
    return act


def _refuse_write_off(pool: Pool, year: int, amount_minor: int) -> None:
    found = pool_year(pool, year)
    if found.closed:
        raise BonusRefused(_("The year %(year)s is closed.") % {"year": year})
    if not 0 < amount_minor <= -found.balance_minor:
        raise BonusRefused(
            _("The pool owes %(debt)s; write off that much or less.")
            % {"debt": money(max(-found.balance_minor, 0), pool.currency)}
        )


@retried
@transaction.atomic
def decide_act(act: PoolYearAct, *, approve: bool, by: User, now: datetime) -> PoolYearAct:
    """Approve or refuse what somebody else proposed for a year. Raises BonusRefused."""
    hold_pool(act.pool)
    act = PoolYearAct.objects.select_for_update(of=("self",)).select_related("pool").get(pk=act.pk)
    if act.state != State.AWAITING:
        raise BonusRefused(_("This has already been decided."))
    if approve:
        _refuse_decider(act, by=by)
    act.state = State.DONE if approve else State.REFUSED
    act.decided_by, act.decided_at = by, now
    if approve:
        _apply(act, by=by)
    act.save()
    _log(f"{'approve' if approve else 'refuse'}_{act.kind}", act, by=by)
    tell_of_act_decided(act, by=by)
    return act


def _refuse_decider(act: PoolYearAct, *, by: User) -> None:
    if act.made_by_id == by.pk:
        raise BonusRefused(_("Who proposes does not approve: somebody else has to."))
    if by.is_system or not roles_in_force(by) & {Role.FINANCE, Role.EXECUTIVE}:
        raise BonusRefused(_("This is approved by finance or an executive."))
    _refuse_keeper(act.year, by=by)


def _refuse_keeper(year: int, *, by: User) -> None:
    refusal = keeps_salaries(by, since=year_named(year).first)
    if refusal:
        raise BonusRefused(refusal)


def _apply(act: PoolYearAct, *, by: User) -> None:
    if act.kind == Kind.REOPEN:
        _refuse_reopening(act.pool, act.year)
        carried = carried_from(act.pool, act.year)
        if carried:
            reverse(carried, why=act.reason, by=by)
        return
    _refuse_write_off(act.pool, act.year, act.amount_minor)
    post(
        key=act_key(act),
        from_account=open_account(EXPENSE, currency=act.pool.currency),
        to_account=open_account(act.pool.account_code(act.year), currency=act.pool.currency),
        amount_minor=act.amount_minor, why=act.reason, by=by,
    )  # fmt: skip


def acts_in(pool: Pool, year: int) -> QuerySet[PoolYearAct]:
    """What was proposed and done with a pool's year, the oldest first."""
    acts = pool.year_acts.filter(year=year)
    return acts.select_related("made_by__employee", "decided_by__employee")


def close_and_tell(pool: Pool, year: int, *, reason: str, by: User, now: datetime) -> Effects:
    """Close the year and say what that does. Raises BonusRefused."""
    act = close_year(pool, year, reason=reason, by=by, now=now)
    following = open_year(pool, year_named(year).last + timedelta(days=1))
    said = {"amount": money(abs(act.amount_minor), pool.currency), "year": following}
    if act.amount_minor > 0:
        carried = _("%(amount)s goes over into the pool of %(year)s.") % said
    elif act.amount_minor < 0:
        carried = _("%(amount)s that the pool owes goes over into %(year)s.") % said
    else:
        carried = _("Nothing is left: nothing goes over.")
    return [
        carried,
        _("Corrections of its days move money in %(year)s from then on.") % said,
        _("To open it again takes two people."),
    ]


def propose_reopening_and_tell(
    pool: Pool, year: int, *, reason: str, by: User, now: datetime
) -> Effects:
    """Ask for it and say what that does. Raises BonusRefused."""
    propose_reopening(pool, year, reason=reason, by=by, now=now)
    carried = carried_from(pool, year)
    effects = [_("Somebody else of finance or an executive decides; nothing changes until then.")]
    if carried:
        effects.append(
            _("Approved, the %(amount)s that went over comes back.")
            % {"amount": money(carried.amount_minor, pool.currency)}
        )
    return effects


def propose_write_off_and_tell(
    pool: Pool, year: int, *, amount: int, reason: str, by: User, now: datetime
) -> Effects:
    """Ask for it, in minor units, and say what that does. Raises BonusRefused."""
    propose_write_off(pool, year, amount_minor=amount, reason=reason, by=by, now=now)
    left = -pool_year(pool, year).balance_minor - amount
    return [
        _("Somebody else of finance or an executive decides; nothing changes until then."),
        _("Approved, the company bears %(amount)s; the pool then owes %(left)s.")
        % {"amount": money(amount, pool.currency), "left": money(left, pool.currency)},
    ]
