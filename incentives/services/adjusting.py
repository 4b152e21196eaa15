"""A lead's factors for the people of one department, in a run that is a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.models import (
    BonusAdjustment,
    BonusRun,
    BonusShare,
    LeadProposal,
)
from incentives.rules import BASIS
from incentives.services.bonus_policies import Terms
from incentives.services.bonus_runs import factors_of, locked, store, terms_of_run
from incentives.services.eligibility import BonusRefused
from incentives.services.factors import changed_meanwhile, shown_sha256
from incentives.services.splitting import percent, share_out
from people.models import Department, Employee, User
from people.services import audit
from people.services.retrying import retried

State = BonusRun.State


@dataclass(frozen=True)
class Factor:
    """A manager's factor in basis points of the share, with the reason for it."""

    basis_points: int
    reason: str


Given = dict[Employee, Factor]


@retried
@transaction.atomic
def adjust(
    run: BonusRun, department: Department, factors: Mapping[Employee, Factor], *, by: User,
    now: datetime, seen: str | None = None,
) -> BonusRun:  # fmt: skip
    """A lead's factors for one department, instead of those it had; all others carry them alike.

    The lead's own share is not moved by them: a factor that somebody else gave the lead stays.
    `seen` is factors.shown_sha256 of what the lead looked at; None where nothing was shown. Raises
    BonusRefused; then nothing has changed.
    """
    run = locked(run, State.DRAFT)
    if seen is not None and seen != shown_sha256(run, department):
        raise BonusRefused(changed_meanwhile(department))
    members = run.shares.filter(department=department)
    _refuse_factors(run, terms_of_run(run), members, factors, by=by)
    before = _adjusted_in(run, department)
    _replace_factors(run, members, factors, by=by)
    sharing = share_out(run.pool, run.year, as_of=timezone.localdate(now), factors=factors_of(run))
    run = store(run, sharing, by=run.made_by, now=now)
    LeadProposal.objects.update_or_create(run=run, department=department, defaults={"made_by": by})
    _log_factors(run, department, before, _adjusted_in(run, department), by=by)
    return run


def _adjusted_in(run: BonusRun, department: Department) -> Given:
    members = run.shares.filter(department=department)
    rows = run.adjustments.filter(employee__in=members.values("employee"))
    return {
        row.employee: Factor(row.factor_bp, row.reason) for row in rows.select_related("employee")
    }


def _replace_factors(
    run: BonusRun,
    members: QuerySet[BonusShare],
    factors: Mapping[Employee, Factor],
    *,
    by: User,
) -> None:
    its = run.adjustments.filter(employee__in=members.values("employee"))
    of_the_lead = its.filter(employee__user=by).exclude(made_by=by)
    its.exclude(pk__in=list(of_the_lead.values_list("pk", flat=True))).delete()
    wanted = dict(factors)
    own = Employee.objects.filter(user=by, pk__in=members.values("employee")).first()
    if own and wanted and not of_the_lead.exists():
        wanted[own] = Factor(BASIS, _("the share of whoever gives the factors is not moved"))
    BonusAdjustment.objects.bulk_create(
        BonusAdjustment(
            run=run, employee=employee, factor_bp=factor.basis_points, reason=factor.reason,
            made_by=by,
        )
        for employee, factor in wanted.items()
    )  # fmt: skip


def _log_factors(
    run: BonusRun, department: Department, before: Given, after: Given, *, by: User
) -> None:
    """That a department was proposed, and of each person whose factor is another one."""
    subject = f"bonus:{run.pool}:{run.year}:{run.pk}:{department.code}"
    audit.record(
        "propose_factors", by=by, subject=subject,
        before={"factors": len(before)}, after={"factors": len(after)},
    )  # fmt: skip
    changed = [
        employee for employee in {**before, **after} if before.get(employee) != after.get(employee)
    ]
    audit.record_many(
        "adjust_bonus", by=by, people=changed,
        changes=[
            (f"employee:{employee.pk}", _described(before.get(employee)),
             _described(after.get(employee)))
            for employee in changed
        ],
    )  # fmt: skip


def _described(factor: Factor | None) -> dict | None:
    return {"factor_bp": factor.basis_points, "reason": factor.reason} if factor else None


def _refuse_factors(
    run: BonusRun,
    terms: Terms,
    members: QuerySet[BonusShare],
    factors: Mapping[Employee, Factor],
    *,
    by: User,
) -> None:
    if factors and not terms.manager_factor:
        raise BonusRefused(_("The policy of %(run)s has no manager's factor.") % {"run": run})
    known = set(members.values_list("employee", flat=True))
    low, high = BASIS - terms.manager_band_bp, BASIS + terms.manager_band_bp
    for employee, factor in factors.items():
        if employee.pk not in known:
            raise BonusRefused(_("%(name)s is not of this department.") % {"name": employee})
        if employee.user_id == by.pk:
            raise BonusRefused(_("Nobody gives themself a factor."))
        if not low <= factor.basis_points <= high:
            raise BonusRefused(
                _("%(name)s: the factor is between %(low)s%% and %(high)s%%.")
                % {"name": employee, "low": percent(low), "high": percent(high)}
            )
        if not factor.reason.strip():
            raise BonusRefused(_("%(name)s: say why.") % {"name": employee})
