"""Who saw whose salary, or what reveals it, before it is shown."""

from collections.abc import Iterable

from people.models import SalaryLook, User

PORTION = 2000


def log_looks(employee_ids: Iterable[int], *, where: str, by: User) -> None:
    """One look at each of these employees; `where` in at most 40 characters."""
    SalaryLook.objects.bulk_create(
        [SalaryLook(by=by, employee_id=pk, where=where) for pk in employee_ids],
        batch_size=PORTION,
    )
