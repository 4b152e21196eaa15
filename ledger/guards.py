"""What the database itself refuses to do to money."""

from people.guards import Guard, append_only

_MIRRORED = (
    "EXISTS (SELECT 1 FROM ledger_transfer o WHERE o.id = NEW.reverses_id"
    " AND o.reverses_id IS NULL AND o.from_account_id = NEW.to_account_id"
    " AND o.to_account_id = NEW.from_account_id AND o.amount_minor = NEW.amount_minor)"
)
_SAME_CURRENCY = (
    "2 = (SELECT COUNT(*) FROM ledger_account a WHERE a.currency = NEW.currency"
    " AND a.id IN (NEW.from_account_id, NEW.to_account_id))"
)


def _on_insert(name: str, must_hold: str, message: str) -> Guard:
    return Guard(
        name,
        "ledger_transfer",
        "INSERT",
        f"NOT ({must_hold})",
        message,
        f"BEGIN IF NOT ({must_hold}) THEN RAISE EXCEPTION '{message}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END",
    )


GUARDS = [
    *append_only("ledger_transfer", unique=("key", "reverses_id")),
    _on_insert(
        "a_reversal_mirrors_its_original",
        f"NEW.reverses_id IS NULL OR {_MIRRORED}",
        "a reversal mirrors a transfer that is not itself a reversal",
    ),
    _on_insert(
        "a_transfer_keeps_one_currency",
        _SAME_CURRENCY,
        "a transfer and both its accounts have one currency",
    ),
    Guard(
        "ledger_account_is_never_deleted",
        "ledger_account",
        "DELETE",
        "",
        "an account is never deleted",
        "BEGIN RAISE EXCEPTION 'an account is never deleted'"
        " USING ERRCODE = 'integrity_constraint_violation'; END",
    ),
    Guard(
        "ledger_account_keeps_its_currency",
        "ledger_account",
        "UPDATE",
        "OLD.currency <> NEW.currency OR OLD.floored <> NEW.floored OR OLD.code <> NEW.code",
        "an account keeps its code, currency and floor",
        "BEGIN IF OLD.currency <> NEW.currency OR OLD.floored <> NEW.floored"
        " OR OLD.code <> NEW.code THEN RAISE EXCEPTION"
        " 'an account keeps its code, currency and floor'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END",
    ),
]
