"""A second company from a real city's service scores and its own published targets.

It shows why back-tests matter: with those targets a 95% pool would never have paid. Two metrics
change their direction or scale; each form gets a code of its own.
"""

import re

from demo.company import _file, _rows

SITE = "BOS"
DIRECTIONS = {"higher": "at_least", "lower": "at_most"}
UNSTATED = "(not stated)"


def metric_code(metric: str, direction: str, target: str) -> str:
    """One code a metric, direction and scale: attendance of 95 and of 0.95 are two metrics."""
    plain = re.sub(r"[^a-z0-9]+", "_", metric.lower().replace("%", "pct")).strip("_")
    if metric == "BFD RESPONSE TIME":
        return f"{plain}_{direction}"
    if metric == "BPS ATTENDANCE":
        return f"{plain}_{'pct' if target == '95' else 'share'}"
    return plain


def department_code(label: str) -> str:
    return "OTHER" if label == UNSTATED else label.upper().replace(" ", "-")


def sites_file() -> bytes:
    header = "code,name,time_zone,country,subdivision,working_days"
    return _file(header, [[SITE, "Boston", "America/New_York", "", "", "Mon-Fri"]])


def departments_file() -> bytes:
    labels = sorted({row["department_label"] for row in _rows("city/daily.csv")})
    names = {label: "Department not stated" if label == UNSTATED else label for label in labels}
    rows = [[department_code(label), names[label], "", SITE] for label in labels]
    return _file("code,name,parent,site", rows)


def targets_file() -> bytes:
    """The city's own targets, each in force from its first day with it to its last."""
    label_of = {
        (row["metric"], row["direction"], row["target"]): row["department_label"]
        for row in _rows("city/daily.csv")
    }
    header = (
        "department,metric,metric_name,unit,direction,decimals,value,weight,effective_from,"
        "effective_until,reason"
    )
    rows = []
    for row in _rows("city/targets-in-force.csv"):
        key = (row["metric"], row["direction"], row["target"])
        rows.append(
            [department_code(label_of[key]), metric_code(*key), row["metric"].title(), "score",
             DIRECTIONS[row["direction"]], 7, row["target"], 1, row["first"], row["last"],
             "published by the city"]
        )  # fmt: skip
    return _file(header, rows)


def results_file() -> bytes:
    rows = [
        [row["metric_date"], department_code(row["department_label"]),
         metric_code(row["metric"], row["direction"], row["target"]), row["value"]]
        for row in _rows("city/daily.csv")
    ]  # fmt: skip
    return _file("date,department,metric,value", rows)
