"""What every decision asks the database, in SQL as it stands.

Built from querysets each decision took twice as long in this process as in the database: Django
puts such statements together anew every time (docs/decisions/0021). All of it is plain SQL of both
databases; what differs is the lock.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection

Row = tuple[Any, ...]

_IN_FORCE = "{0}.from_date <= %(day)s AND ({0}.until_date IS NULL OR {0}.until_date >= %(day)s)"
_PLACE = f"""
SELECT e.id, e.user_id, e.job_title, m.department_id, p.site_id, s.time_zone,
  (SELECT c.currencies FROM empowerment_sitecurrencies c
   WHERE c.site_id = p.site_id AND c.from_date <= %(day)s
   ORDER BY c.from_date DESC, c.id DESC LIMIT 1)
FROM people_employee e
LEFT JOIN people_membership m ON m.employee_id = e.id AND {_IN_FORCE.format("m")}
LEFT JOIN people_placement p ON p.department_id = m.department_id AND {_IN_FORCE.format("p")}
LEFT JOIN people_site s ON s.id = p.site_id
WHERE e.user_id = %(user)s AND e.erased_at IS NULL
"""
_LIMITS = f"""
SELECT l.id, l.measure, l.scope, l.currency, l.amount_minor, l.days, l.role,
  CASE WHEN b.limit_id = l.id THEN b.account_id END, a.balance_minor, b.funded_minor,
  (SELECT t.id FROM ledger_account t WHERE t.code = %(spent)s AND t.currency = l.currency)
FROM empowerment_limit l
LEFT JOIN empowerment_monthlybudget b
  ON l.measure = 'department' AND b.department_id = %(department)s AND b.month = %(month)s
  AND b.currency = l.currency
LEFT JOIN ledger_account a ON a.id = b.account_id
WHERE l.from_date <= %(day)s AND (
  l.scope = 'everybody'
  OR l.scope = 'person' AND l.employee_id = %(employee)s
  OR l.scope = 'grade' AND l.grade = %(grade)s
  OR l.scope = 'department' AND l.department_id = %(department)s
  OR l.scope = 'site' AND l.site_id = %(site)s
  OR l.scope = 'role' AND (l.role = 'employee' OR EXISTS (
    SELECT 1 FROM people_roleassignment r
    WHERE r.user_id = %(user)s AND r.role = l.role AND {_IN_FORCE.format("r")})))
ORDER BY l.from_date, l.id
"""
# Cases that were spent and no others have a day, by a CHECK.
_SPENT = """
SELECT (
    SELECT COALESCE(SUM(amount_minor - returned_minor), 0) FROM empowerment_case
    WHERE customer_id = %(customer)s AND spent_on >= %(since)s AND currency = %(currency)s),
  COALESCE(SUM(CASE WHEN spent_on = %(day)s THEN amount_minor - returned_minor END), 0),
  COALESCE(SUM(amount_minor - returned_minor), 0)
FROM empowerment_case
WHERE employee_id = %(employee)s AND spent_on >= %(month)s AND decided_by_id IS NULL
  AND currency = %(currency)s
"""
_CUSTOMER = """
INSERT INTO empowerment_customer (folded, reference, last_case_at)
VALUES (%(folded)s, %(reference)s, %(now)s)
ON CONFLICT (folded) DO UPDATE SET last_case_at = excluded.last_case_at RETURNING id
"""


def place_of(user_id: int, *, day: date, lock: bool) -> Row | None:
    """Of whoever is signed in: employee, user, grade, department, site, zone and the site's
    currencies; None for no employee. With `lock` the employee's row is taken."""
    locked = lock and connection.features.has_select_for_no_key_update
    statement = _PLACE + ("FOR NO KEY UPDATE OF e" if locked else "")
    rows = _asked(statement, {"user": user_id, "day": day})
    return rows[0] if rows else None


def limits_on(day: date, **who: Any) -> list[Row]:
    """Limits that have begun, in the order in which they were to hold: number, measure, scope,
    currency, amount, days, role; of a department's month, the account once it is funded by that
    limit, and balance and funded whichever limit did; the account of what is spent. `who`: user,
    employee, grade, department, site, month and the `spent` account's code."""
    return _asked(_LIMITS, {"day": day, **who})


def spent(**windows: Any) -> tuple[int, int, int]:
    """Minor units spent and not come back: on the customer since a day, by the employee on the
    day, and in the month. `windows`: customer, since, employee, day, month, currency."""
    [(customer, day, month)] = _asked(_SPENT, windows)
    # PostgreSQL adds whole numbers up to numeric.
    return int(customer), int(day), int(month)


def lock_customer(folded: str, reference: str, *, now: datetime) -> int:
    """The customer's row, made when it is new and locked in either case."""
    [(pk,)] = _asked(_CUSTOMER, {"folded": folded, "reference": reference, "now": now})
    return pk


def _asked(statement: str, said: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {name: _stored(value) for name, value in said.items()})
        return cursor.fetchall()


def _stored(value: Any) -> Any:
    """As fields would hand it to the database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
