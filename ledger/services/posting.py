"""The only place where money moves."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from ledger.models import Account, Transfer
from people import guards
from people.models import User
from people.services.retrying import retried

PORTION = 2000
PAYROLL = "company:payroll"
"""What payroll pays: a bonus when it confirms it, a reward when it is told of it."""


class LedgerRefusal(Exception):
    """Money was not moved; the message says why."""


class KeyAlreadyUsed(LedgerRefusal):
    """The key stands for another movement."""


class FloorBroken(LedgerRefusal):
    """The account would go below zero."""


class GuardsMissing(LedgerRefusal):
    """The database would let posted money be edited."""


def open_account(code: str, *, currency: str, floored: bool = False) -> Account:
    """The account with this code and currency, opened when it is new.

    Raises LedgerRefusal when it is known with another floor.
    """
    account, _made = Account.objects.get_or_create(
        code=code,
        currency=currency,
        defaults={"floored": floored, "balance_minor": 0 if floored else None},
    )
    if account.floored != floored:
        raise LedgerRefusal(
            f"account {code} exists {'with' if account.floored else 'without'} a floor"
        )
    return account


@retried
def post(
    *,
    key: str,
    from_account: Account,
    to_account: Account,
    amount_minor: int,
    why: str,
    by: User,
    earned_day: date | None = None,
    reverses: Transfer | None = None,
) -> Transfer:
    """Move `amount_minor` (> 0, minor units) once; the same key again gives the same transfer.

    Raises KeyAlreadyUsed, FloorBroken, GuardsMissing or LedgerRefusal; then nothing has moved.
    """
    wanted = Transfer(
        key=key,
        from_account=from_account,
        to_account=to_account,
        amount_minor=amount_minor,
        currency=from_account.currency,
        earned_day=earned_day,
        made_by=by,
        why=why,
        reverses=reverses,
    )
    _refuse_what_can_never_be(wanted)
    with transaction.atomic():
        _refuse_without_guards()
        _lock(from_account, to_account)
        known = Transfer.objects.filter(key=key).first()
        if known:
            return _same(known, wanted)
        _move_floored_balances(wanted)
        return _insert(wanted)


def draw(
    *,
    key: str,
    from_account_id: int,
    to_account_id: int,
    currency: str,
    amount_minor: int,
    why: str,
    by: User,
) -> None:
    """`post` in two statements, for what happens hundreds of times a second: out of a floored
    account into one without a floor, inside the caller's transaction, under a key that the
    caller's own row has made sure of. The database's guards refuse what `post` would.

    Raises FloorBroken, GuardsMissing, or IntegrityError for a key that is known; the caller's
    transaction must not go on then.
    """
    if guards.missing_lately(connection):
        _refuse_without_guards()
    Transfer(
        key=key, from_account_id=from_account_id, to_account_id=to_account_id, made_by=by, why=why,
        amount_minor=amount_minor, currency=currency,
    ).save(force_insert=True)  # fmt: skip
    # The account last: whoever else draws from it waits from here to the end, and no longer.
    enough = Account.objects.filter(pk=from_account_id, balance_minor__gte=amount_minor)
    if not enough.update(balance_minor=F("balance_minor") - amount_minor):
        raise FloorBroken(f"{key}: account {from_account_id} holds less than {amount_minor}")


@dataclass(frozen=True)
class Movement:
    """One of many: what `post` takes, `amount_minor` > 0 in minor units of both accounts."""

    key: str
    from_account: Account
    to_account: Account
    amount_minor: int
    why: str
    earned_day: date | None = None
    reverses: Transfer | None = None


@retried
def post_many(movements: Iterable[Movement], *, by: User) -> int:
    """Move all of these once, in one transaction; returns how many had not been moved before.

    Raises what `post` raises; then none of them has moved.
    """
    wanted = [Transfer(currency=m.from_account.currency, made_by=by, **vars(m)) for m in movements]
    for each in wanted:
        _refuse_what_can_never_be(each)
    if len({each.key for each in wanted}) < len(wanted):
        raise LedgerRefusal("two of these movements have the same key")
    with transaction.atomic():
        _refuse_without_guards()
        accounts = {a.pk: a for each in wanted for a in (each.from_account, each.to_account)}
        _lock(*accounts.values())
        known = _known(wanted)
        for each in wanted:
            if each.key in known:
                _same(known[each.key], each)
        new = [each for each in wanted if each.key not in known]
        _move_sums(new, accounts)
        _insert_all(new)
    return len(new)


def _known(wanted: list[Transfer]) -> dict[str, Transfer]:
    found: dict[str, Transfer] = {}
    keys = [each.key for each in wanted]
    for start in range(0, len(keys), PORTION):
        portion = Transfer.objects.filter(key__in=keys[start : start + PORTION])
        found |= {transfer.key: transfer for transfer in portion}
    return found


def _move_sums(new: list[Transfer], accounts: dict[int, Account]) -> None:
    """Floored accounts get everything before anything leaves them: only the sum must hold."""
    moved: dict[int, int] = defaultdict(int)
    for each in new:
        moved[each.from_account_id] -= each.amount_minor
        moved[each.to_account_id] += each.amount_minor
    for pk in sorted(pk for pk, account in accounts.items() if account.floored and moved[pk]):
        enough = Account.objects.filter(pk=pk, balance_minor__gte=-moved[pk])
        if not enough.update(balance_minor=F("balance_minor") + moved[pk]):
            raise FloorBroken(
                f"{accounts[pk]} holds less than the {-moved[pk]} {accounts[pk].currency} minor"
                " units that are to leave it"
            )


def _insert_all(new: list[Transfer]) -> None:
    try:
        with transaction.atomic():
            Transfer.objects.bulk_create(new, batch_size=PORTION)
    except IntegrityError:
        # As in _insert: another content under one of the keys was first.
        known = _known(new)
        if not known:
            raise
        raise KeyAlreadyUsed(f"key {min(known)} already stands for another movement") from None


def reverse_many(transfers: Iterable[Transfer], *, why: str, by: User) -> int:
    """Take these movements back, each once. Raises LedgerRefusal; then none is taken back."""
    return post_many([_mirrored(each, why=why) for each in transfers], by=by)


def _mirrored(transfer: Transfer, *, why: str) -> Movement:
    if transfer.reverses_id:
        raise LedgerRefusal(
            f"{transfer.key} is a reversal and is not reversed; post the money anew"
        )
    return Movement(
        key=f"{transfer.key}:reversal",
        from_account=transfer.to_account,
        to_account=transfer.from_account,
        amount_minor=transfer.amount_minor,
        earned_day=transfer.earned_day,
        why=why,
        reverses=transfer,
    )


def reverse(transfer: Transfer, *, why: str, by: User) -> Transfer:
    """Take one movement back, key of the original + `:reversal`. Raises LedgerRefusal."""
    return post(by=by, **vars(_mirrored(transfer, why=why)))


def _refuse_what_can_never_be(wanted: Transfer) -> None:
    if wanted.amount_minor <= 0:
        raise LedgerRefusal(f"{wanted.key}: {wanted.amount_minor} is not more than nothing")
    if wanted.from_account_id == wanted.to_account_id:
        raise LedgerRefusal(f"{wanted.key}: from and to are both {wanted.from_account}")
    if wanted.from_account.currency != wanted.to_account.currency:
        raise LedgerRefusal(
            f"{wanted.key}: {wanted.from_account} is in {wanted.from_account.currency},"
            f" {wanted.to_account} in {wanted.to_account.currency}"
        )


def _refuse_without_guards() -> None:
    absent = guards.missing(connection)
    if absent:
        raise GuardsMissing(
            f"money does not move while the database lacks its guards ({', '.join(absent)});"
            " run manage.py migrate"
        )


def _lock(*accounts: Account) -> None:
    # In ascending id: in the order given, 162 of 200 crossing transfers deadlocked.
    ids = sorted(account.pk for account in accounts)
    # Without their keys: whoever adds a transfer reads the account and need not wait.
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk"))


def _same(known: Transfer, wanted: Transfer) -> Transfer:
    content = ("from_account_id", "to_account_id", "amount_minor", "earned_day", "reverses_id")
    if any(getattr(known, name) != getattr(wanted, name) for name in content):
        raise KeyAlreadyUsed(f"key {known.key} already stands for another movement")
    return known


def _move_floored_balances(wanted: Transfer) -> None:
    if wanted.from_account.floored:
        moved = Account.objects.filter(
            pk=wanted.from_account_id, balance_minor__gte=wanted.amount_minor
        ).update(balance_minor=F("balance_minor") - wanted.amount_minor)
        if not moved:
            raise FloorBroken(
                f"{wanted.key}: {wanted.from_account} holds less than {wanted.amount_minor}"
                f" {wanted.currency} minor units"
            )
    if wanted.to_account.floored:
        Account.objects.filter(pk=wanted.to_account_id).update(
            balance_minor=F("balance_minor") + wanted.amount_minor
        )


def _insert(wanted: Transfer) -> Transfer:
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError:
        # Another content under the same key locked other accounts and was first; taking back
        # the floored balances is the outer transaction's work.
        known = Transfer.objects.filter(key=wanted.key).first()
        if known is None:
            raise
        raise KeyAlreadyUsed(f"key {known.key} already stands for another movement") from None
    return wanted
