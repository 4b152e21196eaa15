"""What the database itself refuses to do to figures, targets and verdicts."""

from people.guards import append_only, no_overlap

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
]
