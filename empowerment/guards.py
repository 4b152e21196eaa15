"""What the database itself refuses to do to limits, cases and what was said about them."""

from people.guards import Guard, append_only

_ENTERED = (
    "OLD.key <> NEW.key OR OLD.employee_id <> NEW.employee_id"
    " OR OLD.department_id <> NEW.department_id OR OLD.customer_id <> NEW.customer_id"
    " OR OLD.amount_minor <> NEW.amount_minor OR OLD.currency <> NEW.currency"
    " OR OLD.moment_id <> NEW.moment_id OR OLD.remedy <> NEW.remedy"
    " OR OLD.site_id <> NEW.site_id OR OLD.entered_at <> NEW.entered_at OR OLD.checks <> NEW.checks"
)
_DECIDED = (
    "OLD.decided_by_id IS NOT NULL AND (NEW.decided_by_id IS NULL"
    " OR OLD.decided_by_id <> NEW.decided_by_id OR OLD.decided_at <> NEW.decided_at)"
    " OR OLD.spent_on IS NOT NULL AND OLD.decided_by_id IS NULL AND NEW.decided_by_id IS NOT NULL"
)
_TAKEN_BACK = (
    "OLD.state IN ('approved', 'cancelled') AND NEW.state IN ('asked', 'declined', 'withdrawn')"
    " OR OLD.state = 'cancelled' AND NEW.state <> 'cancelled'"
    " OR OLD.spent_on IS NOT NULL AND OLD.spent_on <> NEW.spent_on"
)
_TAKEN_AGAIN = "NEW.returned_minor < OLD.returned_minor"


_STEP = (
    "OLD.case_id <> NEW.case_id OR OLD.what <> NEW.what OR OLD.made_by_id <> NEW.made_by_id"
    " OR OLD.made_at <> NEW.made_at OR OLD.text <> NEW.text AND NEW.text <> '–'"
)


def _edited_only_beside(
    name: str, what: str, message: str, *, table: str = "empowerment_case"
) -> Guard:
    """A row may be updated, but not where `what`, SQL over OLD and NEW, holds."""
    refused = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
    body = f"BEGIN IF {what} THEN {refused}; END IF; RETURN NEW; END"
    return Guard(name, table, "UPDATE", what, message, body)


def _never(event: str, table: str, message: str) -> Guard:
    refused = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
    return Guard(
        f"{table}_is_never_{event.lower()}d", table, event, "", message, f"BEGIN {refused}; END"
    )


_RETURNED = (
    "OLD.case_id <> NEW.case_id OR OLD.key <> NEW.key OR OLD.amount_minor <> NEW.amount_minor"
    " OR OLD.made_by_id <> NEW.made_by_id OR OLD.made_at <> NEW.made_at"
    " OR OLD.reason <> NEW.reason AND NEW.reason <> '–'"
)
_LIMIT = " OR ".join(
    [
        *(
            f"OLD.{name} <> NEW.{name}"
            for name in (
                "measure", "scope", "grade", "role", "currency", "from_date", "made_by_id",
                "made_at",
            )
        ),
        *(
            f"COALESCE(OLD.{name}, -1) <> COALESCE(NEW.{name}, -1)"
            for name in ("employee_id", "department_id", "site_id", "amount_minor", "days")
        ),
        "OLD.reason <> NEW.reason AND NEW.reason <> '–'",
    ]
)  # fmt: skip


def _words_erased(table: str, what: str, *, unique: tuple[str, ...] = ()) -> list[Guard]:
    """Append-only but for the words, which erasing a person takes."""
    kept = [
        guard
        for guard in append_only(table, unique=unique)
        if not guard.name.endswith("_is_never_edited")
    ]
    message = f"{table} is append-only but for erased words"
    return [*kept, _edited_only_beside(f"{table}_keeps_all_but_words", what, message, table=table)]


GUARDS = [
    *_words_erased("empowerment_limit", _LIMIT),
    *append_only("empowerment_sitecurrencies"),
    *_words_erased("empowerment_casereturn", _RETURNED, unique=("key",)),
    *append_only("empowerment_followup"),
    *append_only("empowerment_accountingline", unique=("returned_id",)),
    _edited_only_beside(
        "a_case_stays_as_it_was_entered", _ENTERED, "a case is kept as it was entered"
    ),
    _edited_only_beside(
        "what_was_approved_is_never_refused", _TAKEN_BACK,
        "what was approved is not refused afterwards",
    ),
    _edited_only_beside(
        "who_decided_stays", _DECIDED, "who decided on a case, and when, is kept"
    ),
    _never("UPDATE", "empowerment_receipt", "a receipt is kept as it was added"),
    _never("DELETE", "empowerment_review", "what was to be looked at is kept"),
    _edited_only_beside(
        "what_came_back_is_not_taken_again", _TAKEN_AGAIN, "what came back is not taken again"
    ),
    _never("DELETE", "empowerment_case", "a case is never deleted"),
    # Erasing somebody takes their words, and nothing else.
    _edited_only_beside(
        "a_step_of_a_case_stays_as_it_was", _STEP, "what happened to a case is kept",
        table="empowerment_casestep",
    ),
    _never("DELETE", "empowerment_casestep", "what happened to a case is kept"),
]  # fmt: skip
