"""The wall of recognition: what a reader finds on it, newest first, and the same for screens.

A nomination is on it for one of several reasons (everybody reads it, one's own department does, one
gave it, one is named in it). Each reason has an index that is read newest first and no further than
a page; the newest of all are loaded once. So a page costs the same whether there are a thousand
nominations or a hundred thousand.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils import timezone, translation

from people.models import Department, Employee, ShownTo
from people.services.calendars import subtree
from recognition.models import Behaviour, Cheer, Nomination, Nominee, Reply
from recognition.services.visibility import (
    Reader,
    Shown,
    of_departments,
    parts_readable,
    readable,
    show,
)

PER_PAGE = 50


@dataclass(frozen=True)
class WallFilters:
    """What to narrow the wall to: departments of nominees (each meant as it is, see `subtree`), a
    behaviour, and days of publication, both included."""

    departments: Collection[int] | None = None
    behaviour: Behaviour | None = None
    since: date | None = None
    through: date | None = None


EVERYTHING = WallFilters()


@dataclass(frozen=True)
class WallPage:
    """A page of the wall; `older` is the number before which the next one begins, None at the
    end."""

    shown: list[Shown]
    older: int | None = None


def page_of_wall(
    reader: Reader,
    filters: WallFilters = EVERYTHING,
    *,
    before: int | None = None,
    size: int = PER_PAGE,
) -> WallPage:
    """The newest `size` nominations that a reader finds, of those with a number below `before`."""
    narrowed = _narrowed(filters)
    if narrowed is None:
        return WallPage([])
    if before is not None:
        narrowed &= Q(pk__lt=before)
    found: set[int] = set()
    for part in parts_readable(reader):
        newest = Nomination.objects.published().filter(part, narrowed).order_by("-pk")
        found.update(newest.values_list("pk", flat=True)[: size + 1])
    newest_first = sorted(found, reverse=True)
    page = newest_first[:size]
    return WallPage(
        show(with_counts(Nomination.objects.filter(pk__in=page), reader), reader) if page else [],
        page[-1] if len(newest_first) > size else None,
    )


def _narrowed(filters: WallFilters) -> Q | None:
    """The filters as one condition; None when nothing can meet it."""
    days = _days(filters)
    if days is None:
        return None
    narrowed = days
    if filters.behaviour is not None:
        narrowed &= Q(behaviour=filters.behaviour)
    if filters.departments is not None:
        narrowed &= of_departments(filters.departments)
    return narrowed


def _days(filters: WallFilters) -> Q | None:
    """Days of publication as numbers: these grow with the days, so that a walk along them ends
    where the first day does, instead of looking for more through all the years before."""
    published = Nomination.objects.published().values_list("pk", flat=True)
    narrowed = Q()
    if filters.since is not None:
        later = published.filter(published_on__gte=filters.since)
        first = later.order_by("published_on", "pk").first()
        if first is None:
            return None
        narrowed &= Q(pk__gte=first, published_on__gte=filters.since)
    if filters.through is not None:
        earlier = published.filter(published_on__lte=filters.through)
        last = earlier.order_by("-published_on", "-pk").first()
        if last is None:
            return None
        narrowed &= Q(pk__lte=last, published_on__lte=filters.through)
    return narrowed


def nomination_for(reader: Reader, pk: int) -> Shown | None:
    """One nomination as the reader sees it, None when it is not for this reader. Those whom it
    concerns, and those who keep fairness, see it also while it is held."""
    found = readable(reader).filter(pk=pk)
    held = Nomination.objects.filter(pk=pk, state=Nomination.State.HELD)
    if not reader.sees_all:
        concerned = Q(giver=reader.employee_id) | Q(nominees__employee=reader.employee_id)
        held = held.filter(concerned).distinct() if reader.employee_id else held.none()
    shown = show(with_counts(found, reader) or with_counts(held, reader), reader)
    return shown[0] if shown else None


def with_counts(nominations: QuerySet[Nomination], reader: Reader) -> QuerySet[Nomination]:
    """Newest first, each with `cheer_count`, `reply_count`, whether the reader has `cheered` and
    whether it is `about_reader`, as giver or nominee."""
    replies = Reply.objects.filter(state=Reply.State.PUBLISHED)
    own = Cheer.objects.filter(nomination=OuterRef("pk"), employee=reader.employee_id)
    named = Nominee.objects.filter(nomination=OuterRef("pk"), employee=reader.employee_id)
    about = Q(giver=reader.employee_id) | Q(Exists(named)) if reader.employee_id else Q(pk=None)
    return (
        nominations.select_related("giver", "behaviour")
        .annotate(
            cheer_count=_count_of(Cheer.objects), reply_count=_count_of(replies),
            cheered=Exists(own), about_reader=ExpressionWrapper(about, BooleanField()),
        )
        .order_by("-pk")
    )  # fmt: skip


def _count_of(below: Any) -> Coalesce:
    rows = below.filter(nomination=OuterRef("pk")).order_by().values("nomination")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def wall_for(
    audience: ShownTo, *, department: Department | None = None, language: str, most: int
) -> list[dict[str, Any]]:
    """The newest nominations for a screen that nobody is signed in at, as plain values.

    `audience` is who stands before the screen: PUBLIC, STAFF, or TEAM: those of `department`, whose
    names stand there too where they agreed to that. With a department the wall is narrowed to it
    and those below. Who does not agree is counted under `unnamed` and is nowhere in the values.
    Raises ValueError for TEAM without a department, and for NOBODY.
    """
    if audience == ShownTo.NOBODY or (audience == ShownTo.TEAM and department is None):
        raise ValueError(f"no screen stands before {audience.name}")
    reader = Reader(audience=max(audience, ShownTo.STAFF))
    filters = EVERYTHING
    if department is not None:
        filters = WallFilters(departments=subtree({department.pk}, on=timezone.localdate()))
        if audience == ShownTo.TEAM:
            reader = Reader(departments=frozenset({department.pk}))
    with translation.override(language):
        return [_plain(each) for each in page_of_wall(reader, filters, size=most).shown]


def _plain(shown: Shown) -> dict[str, Any]:
    """`photo_of` is the number of the employee whose photo may be shown there, else None; `people`
    are the ids of all who are named, so that a screen forgets them when they withdraw."""
    nomination: Any = shown.nomination
    return {
        "id": nomination.pk,
        "people": sorted({each.pk for each in _named_in(shown)}),
        "published_at": nomination.published_at.isoformat(),
        "behaviour": str(nomination.behaviour),
        "story": shown.story,
        "nominees": [
            {
                "name": each.employee.name,
                "department": each.department.name if each.department else "",
                "photo_of": each.employee.number if each.photo else None,
            }
            for each in shown.nominees
            if each.employee
        ],
        "unnamed": shown.unnamed,
        "giver": shown.giver.name if shown.giver else "",
        "cheers": nomination.cheer_count,
        "replies": nomination.reply_count,
    }


def _named_in(shown: Shown) -> list[Employee]:
    nominees = [each.employee for each in shown.nominees if each.employee]
    return [*nominees, shown.giver] if shown.giver else nominees
