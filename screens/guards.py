"""What the database itself refuses to do to what screens show."""

from people.guards import Guard

_CHANGED = "OLD.payload <> NEW.payload OR OLD.sha256 <> NEW.sha256"
_MESSAGE = "what a screen was told to show is never edited: build it anew"
_BODY = (
    f"BEGIN IF {_CHANGED} THEN RAISE EXCEPTION '{_MESSAGE}'"
    " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END"
)

# It may be deleted: names are in it, and stay no longer than they are shown.
GUARDS = [
    Guard(
        "a_snapshot_of_screens_stays_as_built", "screens_snapshot", "UPDATE", _CHANGED, _MESSAGE,
        _BODY,
    )
]  # fmt: skip
