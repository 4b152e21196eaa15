"""What the database itself refuses to do to polls."""

from people.guards import Guard, append_only

_PROMISED = " OR ".join(
    [
        *(f"NEW.{field} <> OLD.{field}" for field in (
            "code", "level", "opens_at", "closes_at", "ballot_length", "policy_digest",
        )),
        *(f"NEW.{field} < OLD.{field}" for field in (
            "fewest_scores", "fewest_comments", "fewest_rates",
        )),
        *(f"(NEW.{key} IS NOT NULL AND (OLD.{key} IS NULL OR NEW.{key} <> OLD.{key}))"
          for key in ("hr_key", "staff_key")),
        "NEW.state = 'draft'",
    ]
)  # fmt: skip
_LAUNCHED = "EXISTS (SELECT 1 FROM surveys_wave w WHERE w.id = OLD.wave_id AND w.state <> 'draft')"


def _refused(name: str, table: str, event: str, what: str, message: str) -> Guard:
    """Rows are not changed in `event` where `what`, SQL over OLD and NEW, holds."""
    refused = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
    row = "OLD" if event == "DELETE" else "NEW"
    body = f"BEGIN IF {what} THEN {refused}; END IF; RETURN {row}; END"
    return Guard(name, table, event, what, message, body)


GUARDS = [
    *append_only("surveys_wording", unique=("question_id,number",)),
    _refused(
        "a_launched_poll_keeps_its_promise", "surveys_wave", "UPDATE",
        f"OLD.state <> 'draft' AND ({_PROMISED})", "a launched poll keeps what it promised",
    ),
    *(
        _refused(
            f"what_is_asked_stays_as_launched_on_{event.lower()}", "surveys_waveitem", event,
            _LAUNCHED, "a launched poll asks what it asked at its launch",
        )
        for event in ("UPDATE", "DELETE")
    ),
    _refused(
        "who_has_claimed_has_claimed", "surveys_invitation", "UPDATE",
        "OLD.claimed AND NOT NEW.claimed OR OLD.employee_id <> NEW.employee_id"
        " OR OLD.wave_id <> NEW.wave_id OR OLD.cell_id <> NEW.cell_id",
        "an invitation is claimed once and for good",
    ),
    _refused(
        "a_report_stays_as_it_was_made", "surveys_release", "UPDATE", "NEW.digest <> OLD.digest",
        "the report of a release stays as it was made",
    ),
]  # fmt: skip
