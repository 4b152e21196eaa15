"""Adding, renaming, moving, merging and closing departments; each act says what it did.

A department keeps its history: its places are dated, and what it was on a past day it stays.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.dates import long_day
from people.models import (
    Department,
    Employee,
    Membership,
    Placement,
    Role,
    RoleAssignment,
    Site,
    User,
)
from people.services import audit
from people.services.calendars import subtree
from people.services.employment import Place, moved
from people.services.places import (
    PlacesRefused,
    first_circle,
    first_closed_day,
    is_closed,
    last_place,
    one_place_at_a_time,
    place_from,
)
from people.services.previews import Effects
from people.services.retrying import retried
from people.services.roles import end_role
from people.services.rule_changes import change_rules, final_day_behind

Witness = Callable[[Department, date], Callable[[], Effects]]
"""Looks at a department before it changes from a day on; what it returns looks again after."""

_witnesses: list[Witness] = []
NAMED = 3


def tell_effects(witness: Witness) -> None:
    """Apps above know what else changes when a department moves or closes."""
    _witnesses.append(witness)


@retried
@transaction.atomic
def add_department(
    code: str, name: str, *, parent: Department | None, site: Site, from_date: date, by: User
) -> Effects:
    """A new department, open from a day on. Raises PlacesRefused."""
    change_rules()
    if Department.objects.filter(code__iexact=code).exists():
        raise PlacesRefused(
            _("There is a department %(code)s already; choose another code.") % {"code": code}
        )
    department = Department.objects.create(code=code, name=name)
    place = Placement(department=department, parent=parent, site=site, from_date=from_date)
    _refuse_closed_parent(place)
    place.save()
    audit.record("add_department", by=by, subject=_subject(department), after=_described(place))
    return [_stands(place)]


@retried
@transaction.atomic
def rename_department(department: Department, *, name: str, by: User) -> Effects:
    """A name has no dates: pages on past days show the new one too."""
    department = Department.objects.select_for_update().get(pk=department.pk)
    before = department.name
    if before == name:
        raise PlacesRefused(_("That is its name already."))
    department.name = name
    department.save(update_fields=["name"])
    audit.record(
        "rename_department", by=by, subject=_subject(department), before=before, after=name
    )
    return [
        _("%(before)s is called %(after)s from now on, on pages about past days as well.")
        % {"before": before, "after": name}
    ]


@retried
@transaction.atomic
def move_department(
    department: Department,
    *,
    parent: Department | None,
    site: Site,
    from_date: date,
    why: str,
    by: User,
) -> Effects:
    """Another parent or site from a day on; a closed department opens again. Raises PlacesRefused.

    The departments below come along and keep their own sites.
    """
    change_rules()
    _refuse_final_days(from_date)
    held = _place_before(department, from_date)
    closed = is_closed(held, from_date)
    if not closed and (held.parent, held.site) == (parent, site):
        raise PlacesRefused(_("%(name)s stands there already.") % {"name": department.name})
    before, leads = _described(held), _leads_above(department, on=from_date)
    seen = _watch(department, from_date)
    place = _replace(department, held, parent, site, as_of=from_date)
    audit.record(
        "move_department", by=by, subject=_subject(department), before=before,
        after=_described(place), why=why,
    )  # fmt: skip
    effects = [_stands(place)]
    below = len(subtree({department.pk}, on=from_date)) - 1
    if below:
        effects.append(
            ngettext(
                "%(n)s department below comes along and keeps its site.",
                "%(n)s departments below come along and keep their sites.",
                below,
            )
            % {"n": below}
        )
    if not closed and before["site"] != site.code:
        effects.append(_("Its goals are due on the working days of %(site)s.") % {"site": site})
    return [*effects, *_other_leads(department, leads, on=from_date), *seen()]


@retried
@transaction.atomic
def merge_department(
    department: Department, *, into: Department, from_date: date, why: str, by: User
) -> Effects:
    """Everybody moves into another department from a day on, what stands below it stands below
    that one, its leads' roles end, and it closes the day before. Raises PlacesRefused."""
    change_rules()
    _refuse_final_days(from_date)
    held = _open_place(department, from_date)
    if into == department:
        raise PlacesRefused(_("A department is merged into another one, not into itself."))
    if closed := first_closed_day(into, since=from_date):
        raise PlacesRefused(
            _("%(name)s is closed from %(day)s; merge into one that stays open.")
            % {"name": into.name, "day": long_day(closed)}
        )
    seen = _watch(department, from_date)
    effects = [
        *_move_members(department, into, from_date, why=why, by=by),
        *_hand_over_children(department, held.parent, into, from_date, why=why, by=by),
        *_end_leads(department, from_date, why=why, by=by),
        _shut(department, held, last_day=from_date - timedelta(days=1), why=why, by=by),
    ]
    return [*effects, *seen()]


@retried
@transaction.atomic
def close_department(department: Department, *, last_day: date, why: str, by: User) -> Effects:
    """Open through a day for the last time. Raises PlacesRefused while people work in it or open
    departments stand below it after that day."""
    change_rules()
    closed_from = last_day + timedelta(days=1)
    _refuse_final_days(closed_from)
    held = _open_place(department, closed_from)
    _refuse_members(department, closed_from)
    _refuse_open_children(department, closed_from)
    seen = _watch(department, closed_from)
    effects = [
        _shut(department, held, last_day=last_day, why=why, by=by),
        *_end_leads(department, closed_from, why=why, by=by),
    ]
    return [*effects, *seen()]


def _refuse_final_days(from_date: date) -> None:
    if decided := final_day_behind(from_date):
        raise PlacesRefused(decided)


def _place_before(department: Department, from_date: date) -> Placement:
    """The last place known, when nothing later than `from_date` is planned already."""
    held = last_place(department)
    if held is None:
        raise PlacesRefused(
            _("%(name)s stands nowhere yet; import it with its site.") % {"name": department.name}
        )
    if held.from_date > from_date:
        raise PlacesRefused(
            _("%(name)s moves or opens on %(day)s already; choose that day or a later one.")
            % {"name": department.name, "day": long_day(held.from_date)}
        )
    return held


def _open_place(department: Department, closed_from: date) -> Placement:
    """The place that is to end before a day."""
    held = _place_before(department, closed_from)
    if held.until_date and held.until_date < closed_from:
        raise PlacesRefused(
            _("%(name)s is closed after %(day)s already.")
            % {"name": department.name, "day": long_day(held.until_date)}
        )
    if held.from_date == closed_from:
        raise PlacesRefused(
            _("%(name)s opens or moves on %(day)s; choose a later day.")
            % {"name": department.name, "day": long_day(held.from_date)}
        )
    return held


def _replace(
    department: Department,
    held: Placement,
    parent: Department | None,
    site: Site,
    *,
    as_of: date,
) -> Placement:
    """The new place, where neither a circle nor a closed parent forbids it."""
    if parent == department:
        raise PlacesRefused(_("A department can't stand below itself."))
    with one_place_at_a_time():
        place_from(department, held, parent, site, as_of=as_of)
    place = department.placements.select_related("parent", "site").get(from_date=as_of)
    circle = first_circle({department.pk}, since=as_of)
    if circle:
        raise PlacesRefused(
            _("%(through)s stands below %(name)s on %(day)s, so %(name)s can't stand below it.")
            % {
                "through": circle.through.name,
                "name": department.name,
                "day": long_day(circle.day),
            }
        )
    _refuse_closed_parent(place)
    return place


def _refuse_closed_parent(place: Placement) -> None:
    if place.parent is None:
        return
    closed = first_closed_day(place.parent, since=place.from_date)
    if closed and (place.until_date is None or closed <= place.until_date):
        raise PlacesRefused(
            _("%(name)s is closed from %(day)s; choose a department that stays open above it.")
            % {"name": place.parent.name, "day": long_day(closed)}
        )


def _from(day: date) -> Q:
    """What holds on a day or later."""
    return Q(until_date=None) | Q(until_date__gte=day)


def _refuse_members(department: Department, closed_from: date) -> None:
    members = department.memberships.filter(_from(closed_from))
    people = members.values("employee").distinct().count()
    if people:
        raise PlacesRefused(
            ngettext(
                "%(n)s colleague works in %(name)s after that day; move them first, or merge it"
                " into another department.",
                "%(n)s colleagues work in %(name)s after that day; move them first, or merge it"
                " into another department.",
                people,
            )
            % {"n": people, "name": department.name}
        )


def _refuse_open_children(department: Department, closed_from: date) -> None:
    below = _children(department, closed_from)
    if below:
        raise PlacesRefused(
            _("Below %(name)s there are still open: %(below)s. Move or close them first.")
            % {"name": department.name, "below": _listed([p.department.name for p in below])}
        )


def _children(department: Department, from_date: date) -> list[Placement]:
    """Places below a department that hold on a day or later, each department's earliest."""
    places = department.child_placements.filter(_from(from_date)).select_related(
        "department", "parent", "site"
    )
    return list(places.order_by("department__code", "from_date"))


def _move_members(
    department: Department, into: Department, from_date: date, *, why: str, by: User
) -> Effects:
    moving = list(
        department.memberships.filter(_from(from_date))
        .select_related("employee")
        .order_by("employee__number")
    )
    ended, begun, replaced = [], [], []
    for held in moving:
        until = held.until_date
        new = moved(
            held, employee=held.employee, place=Place(into, held.fte_bp),
            from_date=max(from_date, held.from_date),
        )  # fmt: skip
        # Another department may be planned after this one.
        new.until_date = until
        if new is held:
            replaced.append(held)
        else:
            ended.append(held)
            begun.append(new)
    Membership.objects.bulk_update(ended, ["until_date"], batch_size=400)
    Membership.objects.bulk_update(replaced, ["department"], batch_size=400)
    Membership.objects.bulk_create(begun, batch_size=2000)
    people: dict[int, Employee] = {held.employee_id: held.employee for held in moving}
    before = {"department": department.code}
    after = {"department": into.code, "since": str(from_date)}
    audit.record_many(
        "merge_department", by=by, why=why, people=people.values(),
        changes=[(f"employee:{pk}", before, after) for pk in people],
    )  # fmt: skip
    if not people:
        return [_("Nobody works in %(name)s from then on.") % {"name": department.name}]
    return [
        ngettext(
            "%(n)s colleague moves to %(into)s from %(day)s: %(people)s.",
            "%(n)s colleagues move to %(into)s from %(day)s: %(people)s.",
            len(people),
        )
        % {
            "n": len(people), "into": into.name, "day": long_day(from_date),
            "people": _listed([employee.name for employee in people.values()]),
        }
    ]  # fmt: skip


def _hand_over_children(
    department: Department,
    parent: Department | None,
    into: Department,
    from_date: date,
    *,
    why: str,
    by: User,
) -> Effects:
    """What stands below the closing department stands below `into`; if that one does so itself, it
    takes the closing one's place first."""
    effects = []
    if into.pk in subtree({department.pk}, on=from_date):
        effects += _hand_over(_place_before(into, from_date), parent, from_date, why=why, by=by)
    for place in _children(department, from_date):
        above = parent if place.department_id == into.pk else into
        effects += _hand_over(place, above, from_date, why=why, by=by)
    return effects


def _hand_over(
    place: Placement, parent: Department | None, from_date: date, *, why: str, by: User
) -> Effects:
    before, child = _described(place), place.department
    day = max(from_date, place.from_date)
    later = child.placements.filter(from_date__gt=day).order_by("from_date").first()
    if later:
        raise PlacesRefused(
            _("%(name)s moves on %(day)s already; merge from that day on.")
            % {"name": child.name, "day": long_day(later.from_date)}
        )
    seen = _watch(child, day)
    place = _replace(child, place, parent, place.site, as_of=day)
    audit.record(
        "move_department", by=by, subject=_subject(child), before=before, after=_described(place),
        why=why,
    )  # fmt: skip
    return [_stands(place), *seen()]


def _shut(department: Department, held: Placement, *, last_day: date, why: str, by: User) -> str:
    before = _described(held)
    held.until_date = last_day
    with one_place_at_a_time():
        held.save(update_fields=["until_date"])
    audit.record(
        "close_department", by=by, subject=_subject(department), before=before,
        after=_described(held), why=why,
    )  # fmt: skip
    return _("%(name)s is open through %(day)s for the last time; its history stays.") % {
        "name": department.name,
        "day": long_day(last_day),
    }


def _end_leads(department: Department, from_date: date, *, why: str, by: User) -> Effects:
    leads = RoleAssignment.objects.filter(_from(from_date), role=Role.LEAD, department=department)
    effects = []
    for assignment in leads.select_related("user__employee").order_by("user__username", "pk"):
        end_role(assignment, before=from_date, reason=why, by=by)
        effects.append(
            _("The role of %(person)s as lead of %(name)s ends.")
            % {"person": assignment.user.display_name, "name": department.name}
        )
    return effects


def _leads_above(department: Department, *, on: date) -> set[str]:
    """Names of those who lead a department by leading one above it."""
    parents = dict(Placement.objects.on(on).values_list("department", "parent"))
    above: set[int] = set()
    parent = parents.get(department.pk)
    while parent and parent not in above:
        above.add(parent)
        parent = parents.get(parent)
    leads = RoleAssignment.objects.on(on).filter(role=Role.LEAD, department__in=above)
    return {lead.user.display_name for lead in leads.select_related("user__employee")}


def _other_leads(department: Department, before: set[str], *, on: date) -> Effects:
    after = _leads_above(department, on=on)
    effects = []
    if gone := sorted(before - after):
        effects.append(_("No longer led from above by %(names)s.") % {"names": ", ".join(gone)})
    if new := sorted(after - before):
        effects.append(_("From then on led from above by %(names)s.") % {"names": ", ".join(new)})
    return effects


def _watch(department: Department, from_date: date) -> Callable[[], Effects]:
    seen = [witness(department, from_date) for witness in _witnesses]
    return lambda: [line for look_again in seen for line in look_again()]


def _stands(place: Placement) -> str:
    where = {
        "name": place.department.name, "site": place.site.name, "day": long_day(place.from_date),
        "parent": place.parent.name if place.parent else "",
    }  # fmt: skip
    if place.parent:
        return _("%(name)s stands below %(parent)s at %(site)s from %(day)s.") % where
    return _("%(name)s stands at the top, at %(site)s, from %(day)s.") % where


def _listed(names: list[str]) -> str:
    """The first names, and how many more."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return _("%(names)s and %(n)s more") % {
        "names": ", ".join(names[:NAMED]),
        "n": len(names) - NAMED,
    }


def _subject(department: Department) -> str:
    return f"department:{department.code}"


def _described(place: Placement) -> dict:
    return {
        "name": place.department.name,
        "parent": place.parent.code if place.parent else "",
        "site": place.site.code,
        "from": str(place.from_date),
        "until": str(place.until_date or ""),
    }
