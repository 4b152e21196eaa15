"""A bonus run's way: draft, proposed, approved by somebody else, paid; void by reversal.

What is approved is the content that was looked at: its digest is compared with what the same sum
gives in the moment of approval. Money moves with the approval, all of it or none.
"""

import secrets
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import (
    BonusPayment,
    BonusRun,
    BonusShare,
    Pool,
)
from incentives.services.bonus_notices import tell_leads_of_draft
from incentives.services.bonus_policies import Terms
from incentives.services.eligibility import BonusRefused
from incentives.services.readiness import why_not_ready
from incentives.services.run_notices import (
    DECIDES,
    tell_of_proposal,
    tell_of_sending_back,
    tell_of_statements,
    tell_of_void,
)
from incentives.services.splitting import Share, Sharing, share_out, stored_sha256
from ledger.models import Account, Transfer
from ledger.services.posting import Movement, open_account, post_many, reverse_many
from people.models import AuditEntry, Employee, Role, User
from people.money import money
from people.services import audit
from people.services.recipients import holders_of
from people.services.retrying import retried
from people.services.roles import roles_in_force
from people.services.rule_changes import change_rules

State = BonusRun.State
VOIDABLE = (State.DRAFT, State.PROPOSED, State.APPROVED)
SALARIES_KEPT_BY = ("set_salary", "join", "import_employee")
NAMED = 10
PORTION = 2000


class ContentChanged(BonusRefused):
    """What was proposed is no longer what the sum gives; `changes` says what differs."""

    def __init__(self, changes: list[str]) -> None:
        self.changes = changes
        super().__init__(
            _("The content has changed since it was proposed; nothing was approved. %(changes)s")
            % {"changes": " ".join(changes[:NAMED])}
        )


@retried
@transaction.atomic
def draft(
    pool: Pool, year: int, *, by: User, now: datetime, seen_sha256: str | None = None
) -> BonusRun:
    """The draft of a pool's year: a new one, or the one there is, computed anew.

    Raises BonusRefused when the year's run is beyond a draft, or the sum is no longer the one that
    was looked at.
    """
    hold_pool(pool)
    run = BonusRun.objects.live().filter(pool=pool, year=year).first()
    if run and run.state != State.DRAFT:
        raise BonusRefused(
            _("The bonus run %(run)s is %(state)s already.")
            % {"run": run, "state": run.get_state_display()}
        )
    before = run.content_sha256 if run else None
    sharing = share_out(
        pool, year, as_of=timezone.localdate(now), factors=factors_of(run) if run else None
    )
    if seen_sha256 is not None and sharing.sha256 != seen_sha256:
        raise BonusRefused(_("Something has changed meanwhile: please look again."))
    run = store(run or BonusRun(pool=pool, year=year), sharing, by=by, now=now)
    if run.content_sha256 != before:
        _log("draft_bonus", run, before=before, by=by)
    tell_leads_of_draft(run)
    return run


@retried
@transaction.atomic
def compute_again(run: BonusRun, *, by: User, now: datetime) -> BonusRun:
    """This very draft, computed anew. Raises BonusRefused when it is none any more."""
    run = locked(run, State.DRAFT)
    return draft(run.pool, run.year, by=by, now=now)


def hold_pool(pool: Pool) -> None:
    """Nobody closes a day, corrects one or decides on this pool's money until the end."""
    change_rules()
    Pool.objects.select_for_update().get(pk=pool.pk)


def store(run: BonusRun, sharing: Sharing, *, by: User, now: datetime) -> BonusRun:
    run.first, run.last, run.through = sharing.year.first, sharing.year.last, sharing.through
    run.policy, run.days = sharing.terms.as_json(), sharing.days
    run.balance_minor, run.carried_minor = sharing.balance_minor, sharing.carried_minor
    run.shared_minor, run.employees = sharing.shared_minor, len(sharing.shares)
    run.capped, run.content_sha256 = sharing.capped, sharing.sha256
    run.made_by, run.made_at = by, now
    run.save()
    codes = new_codes(len(sharing.shares))
    run.shares.all().delete()
    BonusShare.objects.bulk_create(
        [
            row_of(run, share, position, code)
            for position, (share, code) in enumerate(zip(sharing.shares, codes, strict=True))
        ],
        batch_size=PORTION,
    )
    return run


def row_of(run: BonusRun, share: Share, position: int, code: str) -> BonusShare:
    return BonusShare(
        run=run, employee_id=share.employee_id, department_id=share.department_id,
        position=position, hit_days=share.hit_days, earned_minor=share.earned_minor,
        cap_minor=share.cap_minor, share_minor=share.share_minor, factor_bp=share.factor_bp,
        working=share.working, code=code,
    )  # fmt: skip


def new_codes(count: int, *, taken: Collection[str] = ()) -> list[str]:
    """By which people find themselves in the replay file, and nobody else finds them."""
    found: set[str] = set()
    while len(found) < count:
        code = secrets.token_hex(4).upper()
        if code not in taken:
            found.add(code)
    return list(found)


def factors_of(run: BonusRun) -> dict[int, int]:
    """The managers' factors in basis points, by employee."""
    return dict(run.adjustments.values_list("employee", "factor_bp"))


def terms_of_run(run: BonusRun) -> Terms:
    return Terms(**run.policy)


def locked(run: BonusRun, *states: str) -> BonusRun:
    """Read anew and held, with the pool. Raises BonusRefused unless it is in one of the states."""
    hold_pool(run.pool)
    run = BonusRun.objects.select_for_update(of=("self",)).select_related("pool").get(pk=run.pk)
    if run.state not in states:
        raise BonusRefused(
            _("The bonus run %(run)s is %(state)s; this can't be done any more, or not yet.")
            % {"run": run, "state": run.get_state_display()}
        )
    return run


def _log(action: str, run: BonusRun, *, by: User, before: str | None = None, why: str = "") -> None:
    audit.record(
        action, by=by, subject=f"bonus:{run.pool}:{run.year}:{run.pk}", why=why, before=before,
        after={
            "state": str(run.state), "sha256": run.content_sha256, "shared": run.shared_minor,
            "carried": run.carried_minor, "employees": run.employees,
        },
    )  # fmt: skip


@retried
@transaction.atomic
def propose(run: BonusRun, *, by: User, now: datetime) -> BonusRun:
    """Compute once more and lay before whoever approves. Raises BonusRefused."""
    run = locked(run, State.DRAFT)
    refusal = why_not_ready(run.pool, run, now=now) or keeps_salaries(by, since=run.first)
    if refusal:
        raise BonusRefused(refusal)
    sharing = share_out(run.pool, run.year, as_of=timezone.localdate(now), factors=factors_of(run))
    before = run.content_sha256
    run.state, run.proposed_by, run.proposed_at = State.PROPOSED, by, now
    run = store(run, sharing, by=run.made_by, now=now)
    _log("propose_bonus", run, before=before, by=by)
    tell_of_proposal(run, approvers=approvers_of(run))
    return run


@retried
@transaction.atomic
def send_back(run: BonusRun, *, reason: str, by: User) -> BonusRun:
    """A proposed run becomes a draft again. Raises BonusRefused."""
    run = locked(run, State.PROPOSED)
    if not reason.strip():
        raise BonusRefused(_("Say why it goes back."))
    tell_of_sending_back(run, why=reason, by=by)
    run.state, run.proposed_by, run.proposed_at = State.DRAFT, None, None
    run.save()
    _log("send_back_bonus", run, by=by, why=reason)
    return run


@retried
@transaction.atomic
def approve(run: BonusRun, *, seen_sha256: str, by: User, now: datetime) -> BonusRun:
    """Approve just the content that was looked at, and move its money from pool to payout.

    Raises BonusRefused (ContentChanged when the same sum now gives something else); then nothing
    has changed.
    """
    run = locked(run, State.PROPOSED)
    refusal = why_not_approve(run, by=by)
    if refusal:
        raise BonusRefused(refusal)
    if seen_sha256 != run.content_sha256:
        raise BonusRefused(_("This is not what you have looked at; look again, then decide."))
    not_ready = why_not_ready(run.pool, run, now=now)
    if not_ready:
        raise BonusRefused(not_ready)
    _refuse_changed(run, now=now)
    run.state, run.approved_by, run.approved_at = State.APPROVED, by, now
    if not run.shared_minor:
        run.state, run.paid_at = State.PAID, now
    run.save()
    run.shares.update(sealed=True)
    _move_to_payout(run, by=by)
    _log("approve_bonus", run, by=by)
    tell_of_statements(run)
    return run


def why_not_approve(run: BonusRun, *, by: User) -> str:
    """Why this person may not approve this run; "" when they may. By who they are, whatever roles
    they have had in between."""
    hands_on = run.adjustments.filter(made_by=by) or run.lead_proposals.filter(made_by=by)
    if run.proposed_by_id == by.pk or hands_on:
        return _("Who proposes does not approve: somebody else has to.")
    if by.is_system or not roles_in_force(by) & DECIDES:
        return _("A bonus is approved by finance or an executive.")
    return keeps_salaries(by, since=run.first)


def approvers_of(run: BonusRun) -> list[User]:
    """Who may approve it today."""
    return [user for user in holders_of(*DECIDES) if not why_not_approve(run, by=user)]


def keeps_salaries(user: User, *, since: date) -> str:
    """Why somebody may not run payouts: who keeps salaries does not (rules, 15); "" else."""
    kept = AuditEntry.objects.filter(
        by=user, action__in=SALARIES_KEPT_BY, at__date__gte=since
    ).exists()
    if kept or Role.HR in roles_in_force(user):
        return _("Who keeps salaries does not run payouts: somebody else has to.")
    return ""


def _refuse_changed(run: BonusRun, *, now: datetime) -> None:
    sharing = share_out(run.pool, run.year, as_of=timezone.localdate(now), factors=factors_of(run))
    if sharing.sha256 != run.content_sha256:
        raise ContentChanged(what_changed(run, sharing))
    if stored_sha256(run) != run.content_sha256:
        raise BonusRefused(_("What is stored is not what was proposed: somebody has edited it."))


def what_changed(run: BonusRun, now: Sharing) -> list[str]:
    """Sentences on how a run as stored differs from what the sum gives now."""
    found: list[str] = []
    if run.balance_minor != now.balance_minor:
        found.append(
            _("The pool held %(then)s and holds %(now)s.")
            % {
                "then": money(run.balance_minor, run.currency),
                "now": money(now.balance_minor, run.currency),
            }
        )
    if run.policy != now.terms.as_json():
        found.append(_("The policy is another one."))
    then_days = {row["date"]: row for row in run.days}
    days = {row["date"]: row for row in now.days}
    other = sorted(
        day for day in then_days.keys() | days.keys() if then_days.get(day) != days.get(day)
    )
    found += [_("%(day)s counts otherwise.") % {"day": day} for day in other[:NAMED]]
    found += _changed_people(run, now)
    return found or [
        _("An employee number has changed, and by number equal remainders are decided.")
    ]


def _changed_people(run: BonusRun, now: Sharing) -> list[str]:
    then = {
        pk: row
        for pk, *row in run.shares.values_list(
            "employee", "department", "share_minor", "cap_minor", "working"
        )
    }
    today = {
        s.employee_id: [s.department_id, s.share_minor, s.cap_minor, s.working] for s in now.shares
    }
    other = sorted(pk for pk in then.keys() | today.keys() if then.get(pk) != today.get(pk))
    if not other:
        return []
    numbers = Employee.objects.filter(pk__in=other[:NAMED]).values_list("number", flat=True)
    return [
        _("%(count)s people count otherwise, among them %(numbers)s.")
        % {"count": len(other), "numbers": ", ".join(sorted(numbers))}
    ]


def approval_key(run: BonusRun, employee_id: int) -> str:
    return f"bonus:{run.pk}:{employee_id}:approved"


def payment_key(run: BonusRun, employee_id: int) -> str:
    return f"bonus:{run.pk}:{employee_id}:paid"


def approved_transfers(run: BonusRun) -> QuerySet[Transfer]:
    """What the approval has moved, with its accounts; a void run's are reversed."""
    moved = Transfer.objects.filter(
        key__startswith=f"bonus:{run.pk}:", key__endswith=":approved", reverses=None
    )
    return moved.select_related("from_account", "to_account")


def accounts_of(run: BonusRun) -> tuple[Account, Account]:
    """The pool's account of the year, and the one of what is approved and not yet paid."""
    return (
        open_account(run.pool.account_code(run.year), currency=run.currency),
        open_account(run.payout_code, currency=run.currency, floored=True),
    )


def _move_to_payout(run: BonusRun, *, by: User) -> None:
    from_account, to_account = accounts_of(run)
    shares = run.shares.filter(share_minor__gt=0).values_list("employee", "share_minor", "code")
    post_many(
        (
            Movement(
                approval_key(run, employee_id), from_account, to_account, share_minor,
                _("bonus %(run)s, share %(code)s") % {"run": run, "code": code},
            )
            for employee_id, share_minor, code in shares
        ),
        by=by,
    )  # fmt: skip


def may_become_void(run: BonusRun) -> bool:
    """Whether the run is under way and nobody has been paid of it."""
    return run.state in VOIDABLE and not _has_paid(run)


def _has_paid(run: BonusRun) -> bool:
    return BonusPayment.objects.filter(share__run=run).exists()


@retried
@transaction.atomic
def void(run: BonusRun, *, reason: str, by: User, now: datetime) -> BonusRun:
    """Take a run back; what an approval has moved returns to the pool. Raises BonusRefused once
    anybody has been paid."""
    run = locked(run, *VOIDABLE)
    refusal = keeps_salaries(by, since=run.first)
    if refusal:
        raise BonusRefused(refusal)
    if not reason.strip():
        raise BonusRefused(_("Say why the run is void."))
    if _has_paid(run):
        raise BonusRefused(_("Somebody has been paid: what is paid is not taken back."))
    if run.state == State.APPROVED:
        tell_of_void(run)
    reverse_many(approved_transfers(run), why=_("bonus %(run)s void") % {"run": run}, by=by)
    run.state, run.voided_by, run.voided_at, run.void_reason = State.VOID, by, now, reason
    run.save()
    _log("void_bonus", run, by=by, why=reason)
    return run
