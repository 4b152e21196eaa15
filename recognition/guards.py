"""What the database itself refuses to do to praise, votes and cases."""

from people.guards import Guard, append_only, no_overlap

_TOLD = "OLD.story <> NEW.story OR OLD.giver_id <> NEW.giver_id OR OLD.key <> NEW.key"
_KEPT = "what was told of a colleague is kept as it was told"
# Erasing somebody takes their words, and their name out of others' (recognition.services.personal).
_REWRITTEN = f"({_TOLD}) AND NEW.story <> '–' AND NEW.story NOT LIKE '%…%'"

_TOLD_PAYROLL = (
    "OLD.export_id <> NEW.export_id OR OLD.recipient_id <> NEW.recipient_id"
    " OR OLD.amount_minor <> NEW.amount_minor"
)
_FILE = "what payroll was told is kept"


def _edited_only_beside(name: str, table: str, what: str, message: str) -> Guard:
    """Rows may be updated, but not where `what`, SQL over OLD and NEW, holds."""
    refused = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
    body = f"BEGIN IF {what} THEN {refused}; END IF; RETURN NEW; END"
    return Guard(name, table, "UPDATE", what, message, body)


GUARDS = [
    *append_only("recognition_casestep"),
    *append_only("recognition_vote", unique=("award_id,member_id",)),
    *append_only("recognition_budgetgrant", unique=("key",)),
    *no_overlap(
        "recognition_panelmember",
        key="level_id,employee_id",
        name="a_person_sits_on_a_panel_once_at_a_time",
    ),
    _edited_only_beside(
        "praise_is_kept_as_it_was_told", "recognition_nomination", _REWRITTEN, _KEPT
    ),
    # Erasing somebody takes the name out of the files, and nothing else.
    _edited_only_beside(
        "a_file_for_payroll_stays_the_same", "recognition_rewardline", _TOLD_PAYROLL, _FILE
    ),
    *(
        guard
        for guard in append_only("recognition_rewardline")
        if not guard.name.endswith("_is_never_edited")
    ),
]
