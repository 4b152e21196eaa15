"""What `ledger_check` asks of bonus runs: money where a run says, caps kept, content untouched."""

from django.db.models import F, Sum

from incentives.models import BonusPayment, BonusRun
from incentives.services.bonus_runs import approved_transfers, payment_key
from incentives.services.splitting import stored_sha256
from ledger.models import Transfer


def check_bonuses() -> list[str]:
    """Problems as sentences; empty when in order."""
    problems: list[str] = []
    for run in BonusRun.objects.exclude(state=BonusRun.State.ESTIMATE).select_related("pool"):
        problems += _content(run) + _money(run)
    return problems


def _content(run: BonusRun) -> list[str]:
    name, problems = f"bonus run {run.pk} ({run})", []
    if stored_sha256(run) != run.content_sha256:
        problems.append(f"{name}: what is stored is not what its digest says")
    given = run.shares.aggregate(s=Sum("share_minor", default=0))["s"]
    if given != run.shared_minor or run.shared_minor + run.carried_minor != run.balance_minor:
        problems.append(
            f"{name}: shares of {given} and {run.carried_minor} carried over are not the"
            f" {run.balance_minor} of the pool"
        )
    above = run.shares.filter(share_minor__gt=F("cap_minor")).count()
    if above:
        problems.append(f"{name}: {above} shares are above their cap")
    return problems


def _money(run: BonusRun) -> list[str]:
    """A decided run's shares have moved, once and to the penny; a void one's have come back."""
    name = f"bonus run {run.pk} ({run})"
    moved = {
        transfer.key: transfer.amount_minor
        for transfer in approved_transfers(run).filter(reversed_by=None)
    }
    promised = {}
    if run.is_decided():
        promised = {
            f"bonus:{run.pk}:{employee}:approved": amount
            for employee, amount in run.shares.filter(share_minor__gt=0).values_list(
                "employee", "share_minor"
            )
        }
    problems = [
        f"{name}: {key} promises {promised.get(key, 0)} and moved {moved.get(key, 0)}"
        for key in sorted(promised.keys() | moved.keys())
        if promised.get(key) != moved.get(key)
    ]
    return problems + _payments(run, name)


def _payments(run: BonusRun, name: str) -> list[str]:
    confirmed = {
        payment_key(run, employee): amount
        for employee, amount in BonusPayment.objects.filter(share__run=run).values_list(
            "share__employee", "amount_minor"
        )
    }
    paid = dict(
        Transfer.objects.filter(
            key__startswith=f"bonus:{run.pk}:", key__endswith=":paid"
        ).values_list("key", "amount_minor")
    )
    problems = [
        f"{name}: {key} confirmed {confirmed.get(key, 0)} and paid {paid.get(key, 0)}"
        for key in sorted(confirmed.keys() | paid.keys())
        if confirmed.get(key) != paid.get(key)
    ]
    if run.state == BonusRun.State.PAID and sum(confirmed.values()) != run.shared_minor:
        problems.append(
            f"{name}: is paid, but {sum(confirmed.values())} of {run.shared_minor} is confirmed"
        )
    return problems
