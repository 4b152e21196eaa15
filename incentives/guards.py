"""What the database itself refuses to do to figures, targets and verdicts."""

from people.guards import Guard, append_only, no_overlap

_DECIDED_CONTENT = (
    "OLD.state IN ('approved', 'paid', 'void') AND (NEW.content_sha256 <> OLD.content_sha256"
    " OR NEW.balance_minor <> OLD.balance_minor OR NEW.shared_minor <> OLD.shared_minor"
    " OR NEW.pool_id <> OLD.pool_id OR NEW.year <> OLD.year"
    " OR (OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id IS NULL"
    " OR NEW.approved_by_id <> OLD.approved_by_id))"
    " OR NEW.state NOT IN ('approved', 'paid', 'void'))"
)
_KEPT = "a decided bonus run keeps its content"

GUARDS = [
    *append_only("incentives_result", unique=("date,department_id,metric_id,revision",)),
    *append_only("incentives_excuse", unique=("date,department_id,metric_id",)),
    # A provisional version is renewed until it is final.
    *append_only(
        "incentives_dayverdict",
        unique=("pool_id,date,version",),
        unless_old="OLD.status = 'provisional'",
    ),
    *append_only("incentives_goalverdict", pk="verdict_id,target_id"),
    *no_overlap(
        "incentives_target",
        key="department_id,metric_id",
        name="a_department_has_one_target_a_metric_at_a_time",
    ),
    *append_only(
        "incentives_bonusshare", unique=("run_id,employee_id",), unless_old="NOT OLD.sealed"
    ),
    *append_only("incentives_bonuspayment", unique=("share_id",)),
    *append_only("incentives_poolyearact", unless_old="OLD.state = 'awaiting_approval'"),
    Guard(
        "a_decided_run_keeps_its_content",
        "incentives_bonusrun",
        "UPDATE",
        _DECIDED_CONTENT,
        _KEPT,
        f"BEGIN IF {_DECIDED_CONTENT} THEN RAISE EXCEPTION '{_KEPT}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END",
    ),
]
