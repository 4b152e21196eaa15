"""Handing an approved bonus to payroll: who took which file, and whose amounts it holds."""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from incentives.models import BonusRun, PayrollLayout
from incentives.services.payroll_files import (
    PayrollRefused,
    as_csv,
    as_xlsx,
    lines_of,
    shares_to_confirm,
    shares_to_pay,
)
from incentives.services.payroll_layouts import layout_state
from people.models import User
from people.services import audit
from people.services.retrying import retried
from people.services.salary_looks import log_looks

WRITERS = {"csv": as_csv, "xlsx": as_xlsx}
WHERE = "payroll export"


@dataclass(frozen=True)
class PayrollFile:
    """A file for payroll; `people` are in it, `without_share` got nothing and are not."""

    name: str
    content: bytes
    sha256: str
    people: int
    without_share: int


@retried
@transaction.atomic
def export_payroll(
    run: BonusRun, *, layout: PayrollLayout, form: str, unconfirmed: bool, by: User
) -> PayrollFile:
    """The file of an approved run, `form` csv or xlsx; `unconfirmed` are only those whom payroll
    has not confirmed. Raises PayrollRefused; then nothing was exported.
    """
    run = BonusRun.objects.select_for_update(of=("self",)).select_related("pool").get(pk=run.pk)
    refusal = why_not_export(run)
    if refusal:
        raise PayrollRefused(refusal)
    shares = shares_to_confirm(run) if unconfirmed else shares_to_pay(run)
    whom = list(shares.values_list("employee", "employee__user"))
    if not whom:
        raise PayrollRefused(_("Nobody is left to be paid: there is nothing to export."))
    content = WRITERS[form](layout, lines_of(run, shares))
    made = PayrollFile(
        name=_name(run, form, unconfirmed=unconfirmed),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        people=len(whom),
        without_share=run.shares.filter(share_minor=0).count(),
    )
    _log(run, made, layout, by=by)
    log_looks([pk for pk, user in whom if user != by.pk], where=WHERE, by=by)
    return made


def why_not_export(run: BonusRun) -> str:
    """Why payroll gets nothing of this run; "" when it does."""
    if run.is_decided():
        return ""
    return _("The bonus of %(run)s is %(state)s: payroll gets it once it is approved.") % {
        "run": run,
        "state": run.get_state_display(),
    }


def _name(run: BonusRun, form: str, *, unconfirmed: bool) -> str:
    part = "-unconfirmed" if unconfirmed else ""
    return f"payroll-{run.pool.code}-{run.year}{part}.{form}"


def _log(run: BonusRun, made: PayrollFile, layout: PayrollLayout, *, by: User) -> None:
    audit.record(
        "export_payroll", by=by, subject=f"bonus:{run.pool}:{run.year}:{run.pk}",
        after={
            "file": made.name, "sha256": made.sha256, "people": made.people,
            "layout": layout_state(layout),
        },
    )  # fmt: skip
