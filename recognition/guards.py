"""What the database itself refuses to do to praise, votes and cases."""

from people.guards import Guard, append_only, no_overlap

_TOLD = "OLD.story <> NEW.story OR OLD.giver_id <> NEW.giver_id OR OLD.key <> NEW.key"
_KEPT = "what was told of a colleague is kept as it was told"
# Erasing somebody takes their words, and their name out of others' (recognition.services.personal).
_REWRITTEN = f"({_TOLD}) AND NEW.story <> '–' AND NEW.story NOT LIKE '%…%'"

GUARDS = [
    *append_only("recognition_casestep"),
    *append_only("recognition_vote", unique=("award_id,member_id",)),
    *append_only("recognition_budgetgrant", unique=("key",)),
    *no_overlap(
        "recognition_panelmember",
        key="level_id,employee_id",
        name="a_person_sits_on_a_panel_once_at_a_time",
    ),
    Guard(
        "praise_is_kept_as_it_was_told",
        "recognition_nomination",
        "UPDATE",
        _REWRITTEN,
        _KEPT,
        f"BEGIN IF {_REWRITTEN} THEN RAISE EXCEPTION '{_KEPT}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END",
    ),
]
