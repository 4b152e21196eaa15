"""What the database itself refuses to do to limits, cases and what was said about them."""

from people.guards import Guard, append_only

_ENTERED = (
    "OLD.key <> NEW.key OR OLD.employee_id <> NEW.employee_id"
    " OR OLD.department_id <> NEW.department_id OR OLD.customer_id <> NEW.customer_id"
    " OR OLD.amount_minor <> NEW.amount_minor OR OLD.currency <> NEW.currency"
    " OR OLD.moment_id <> NEW.moment_id OR OLD.remedy <> NEW.remedy"
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


GUARDS = [
    *append_only("empowerment_limit"),
    *append_only("empowerment_sitecurrencies"),
    *append_only("empowerment_casereturn", unique=("key",)),
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
