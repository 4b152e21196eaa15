"""What becomes of targets and pools when a department moves or closes."""

from collections.abc import Callable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.models import Pool, Target
from people.models import Department, Placement
from people.services.calendars import subtree
from people.services.previews import Effects


def what_becomes_of_goals(department: Department, from_date: date) -> Callable[[], Effects]:
    """Look before a change from a day on; the function looks again after it and says the rest.

    Targets stay as they are: a goal is due only while its department is open (rules, 6).
    """
    before = _covering(department, from_date)

    def look_again() -> Effects:
        return [*_undue(department, from_date), *_other_pools(department, from_date, before)]

    return look_again


def _undue(department: Department, from_date: date) -> Effects:
    if Placement.objects.on(from_date).filter(department=department).exists():
        return []
    open_ended = Q(until_date=None) | Q(until_date__gte=from_date)
    targets = Target.objects.filter(open_ended, department=department).count()
    if not targets:
        return []
    return [
        ngettext(
            "%(n)s target of %(name)s holds after that: its goals are no longer due, and would"
            " be again if the department opened again.",
            "%(n)s targets of %(name)s hold after that: their goals are no longer due, and"
            " would be again if the department opened again.",
            targets,
        )
        % {"n": targets, "name": department.name}
    ]


def _covering(department: Department, day: date) -> set[str]:
    """Codes of the pools in whose scope the department is open on a day."""
    open_then = Placement.objects.on(day).filter(department=department).exists()
    covering = set()
    for pool in Pool.objects.all() if open_then else ():
        policy = pool.policy_on(day)
        if policy and (
            policy.scope_id is None or department.pk in subtree({policy.scope_id}, on=day)
        ):
            covering.add(pool.code)
    return covering


def _other_pools(department: Department, day: date, before: set[str]) -> Effects:
    after = _covering(department, day)
    gone = _("%(name)s no longer counts for pool %(pool)s.")
    new = _("From then on %(name)s counts for pool %(pool)s.")
    return [
        *(gone % {"name": department.name, "pool": code} for code in sorted(before - after)),
        *(new % {"name": department.name, "pool": code} for code in sorted(after - before)),
    ]
