"""What `ledger_check` asks of bonus runs: money where a run says, caps kept, content untouched."""

from django.db.models import F, Q, Sum

from incentives.models import BonusPayment, BonusRun, PoolYearAct
from incentives.services.bonus_runs import approval_key, approved_transfers, payment_key
from incentives.services.bonus_years import act_key
from incentives.services.splitting import stored_sha256
from ledger.models import Account, Transfer


def check_bonuses() -> list[str]:
    """Problems as sentences; empty when in order."""
    problems: list[str] = []
    for run in BonusRun.objects.exclude(state=BonusRun.State.ESTIMATE).select_related("pool"):
        problems += _content(run) + _money(run)
    return problems + _payout_accounts() + _year_acts()


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
    counted = (
        run.shares.count(),
        run.shares.filter(share_minor=F("cap_minor"), cap_minor__gt=0).count(),
    )
    if counted != (run.employees, run.capped):
        problems.append(
            f"{name}: says {run.employees} people, {run.capped} at the cap, and has"
            f" {counted[0]}, {counted[1]} at the cap"
        )
    return problems


def _money(run: BonusRun) -> list[str]:
    """A decided run's shares have moved, once and to the penny; a void one's have come back."""
    name = f"bonus run {run.pk} ({run})"
    moved = {
        t.key: (t.amount_minor, t.from_account.code, t.to_account.code)
        for t in approved_transfers(run).filter(reversed_by=None)
    }
    promised = {}
    if run.is_decided():
        way = (run.pool.account_code(run.year), run.payout_code)
        promised = {
            approval_key(run, employee): (amount, *way)
            for employee, amount in run.shares.filter(share_minor__gt=0).values_list(
                "employee", "share_minor"
            )
        }
    nothing = (0, "nowhere", "nowhere")
    problems = [
        f"{name}: {key} promises %s from %s to %s and moved %s from %s to %s"
        % (promised.get(key, nothing) + moved.get(key, nothing))
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
    others = BonusPayment.objects.filter(share__run=run).exclude(
        amount_minor=F("share__share_minor")
    )
    problems += [
        f"{name}: {payment_key(run, payment.share.employee_id)} confirmed {payment.amount_minor},"
        f" and the share is {payment.share.share_minor}"
        for payment in others.select_related("share")
    ]
    if run.state == BonusRun.State.PAID and sum(confirmed.values()) != run.shared_minor:
        problems.append(
            f"{name}: is paid, but {sum(confirmed.values())} of {run.shared_minor} is confirmed"
        )
    return problems


def _year_acts() -> list[str]:
    """What was carried over and borne by the company is what closings and write-offs say."""
    done = PoolYearAct.objects.done().exclude(amount_minor=0).select_related("pool")
    promised = {
        act_key(act): abs(act.amount_minor) for act in done if act.kind != PoolYearAct.Kind.REOPEN
    }
    of_acts = Q(key__startswith="carry:") | Q(key__startswith="write-off:")
    moved = dict(Transfer.objects.filter(of_acts, reverses=None).values_list("key", "amount_minor"))
    return [
        f"{key} promises {promised.get(key, 0)} and moved {moved.get(key, 0)}"
        for key in sorted(promised.keys() | moved.keys())
        if promised.get(key) != moved.get(key)
    ]


def _payout_accounts() -> list[str]:
    """An account of approved bonuses holds what is approved and not yet paid."""
    runs = BonusRun.objects.exclude(state=BonusRun.State.ESTIMATE).select_related("pool")
    held = {run.payout_code: 0 for run in runs}
    for run in runs.decided():
        paid = BonusPayment.objects.filter(share__run=run).aggregate(
            s=Sum("amount_minor", default=0)
        )
        held[run.payout_code] = run.shared_minor - paid["s"]
    return [
        f"account {account.code} holds {account.balance()}, and {held[account.code]} of its bonus"
        " is approved and not paid"
        for account in Account.objects.filter(code__in=held)
        if account.balance() != held[account.code]
    ]
