"""Who is to be told: the leads of departments, the holders of a role, and where people are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from people.models import Membership, Placement, Role, RoleAssignment, User
from people.services.calendars import SiteDays, all_sites

MORNING = time(7)
T = TypeVar("T")


def in_portions(items: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """As many as one statement may name."""
    rest = iter(items)
    while portion := list(islice(rest, size)):
        yield portion


def holders_of(*roles: str, but_not: Collection[int | None] = ()) -> list[User]:
    """Who has one of these roles today, without the users of the ids `but_not`."""
    held = RoleAssignment.objects.on(timezone.localdate()).filter(role__in=roles)
    found = User.objects.filter(pk__in=held.values("user")).exclude(pk__in=[*filter(None, but_not)])
    return list(found.order_by("pk"))


def leads_of(
    department_ids: Collection[int], *, on: date, but_not: Collection[int | None] = ()
) -> dict[int, set[int]]:
    """By user id: which of these departments somebody leads today, as the tree stood on a day."""
    parents = dict(Placement.objects.on(on).values_list("department", "parent"))
    leads = defaultdict(set)
    assignments = RoleAssignment.objects.on(timezone.localdate()).filter(role=Role.LEAD)
    for department_id, user_id in assignments.values_list("department", "user"):
        leads[department_id].add(user_id)
    found: dict[int, set[int]] = defaultdict(set)
    for department_id in department_ids:
        above: int | None = department_id
        while above is not None:
            for user_id in leads.get(above, set()) - set(but_not):
                found[user_id].add(department_id)
            above = parents.get(above)
    return dict(found)


def leads(
    department_ids: Collection[int], *, on: date, but_not: Collection[int | None] = ()
) -> list[User]:
    """Who leads one of these departments today, as the tree stood on a day."""
    found = leads_of(department_ids, on=on, but_not=but_not)
    return list(User.objects.filter(pk__in=list(found)).order_by("pk"))


class Whereabouts:
    """In which zone and by which calendar these people live on a day: their department's site's,
    else the company's."""

    def __init__(self, user_ids: Collection[int], *, on: date):
        sites = {site.site.pk: site for site in all_sites()}
        by_department = dict(Placement.objects.on(on).values_list("department", "site"))
        self._sites: dict[int, SiteDays] = {}
        for portion in in_portions(user_ids):
            members = Membership.objects.on(on).filter(employee__user__in=portion)
            for user_id, department_id in members.values_list("employee__user", "department"):
                if department_id in by_department:
                    self._sites[user_id] = sites[by_department[department_id]]

    def zone(self, user_id: int) -> ZoneInfo:
        site = self._sites.get(user_id)
        return site.zone if site else ZoneInfo(settings.TIME_ZONE)

    def morning(self, user_id: int, *, now: datetime) -> datetime:
        """Seven o'clock of the person's present day; it may be still to come."""
        zone = self.zone(user_id)
        return datetime.combine(now.astimezone(zone).date(), MORNING, zone)

    def works(self, user_id: int, *, now: datetime) -> bool:
        """Whether the person's site works today."""
        site = self._sites.get(user_id)
        return site is None or site.calendar.works_on(site.today(now))
