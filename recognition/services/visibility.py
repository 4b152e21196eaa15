"""Who reads which praise, and whose names in it.

A name is shown where its bearer agrees (people.services.consents) and the giver wanted it; always
to those whom the praise is about or from, and to HR and auditors. Who is not named stands as “a
colleague”, and the name's words are hidden in the story.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from people.models import Department, Employee, Membership, Photo, ShownTo, User
from people.permissions import own_departments
from people.services.consents import Agreed, by_default, consents_of
from people.services.recipients import in_portions
from people.services.retrying import retried
from recognition.models import FollowedDefault, Nomination, Nominee
from recognition.rules.stories import without_names
from recognition.services.nominating import as_far_as

FEW = 3000
"""Nominees of departments that are gathered and sorted in a few milliseconds."""


@dataclass(frozen=True)
class Reader:
    """Somebody, or a place, that praise is shown to. `sees_all` is for those who keep fairness;
    `departments` are the own and the led ones."""

    audience: ShownTo = ShownTo.STAFF
    employee_id: int | None = None
    departments: frozenset[int] = field(default_factory=frozenset)
    sees_all: bool = False


def reader_of(user: User, *, on: date, sees_all: bool = False) -> Reader:
    """Somebody signed in, as of a day."""
    employee = getattr(user, "employee", None)
    return Reader(
        employee_id=employee.pk if employee else None,
        departments=frozenset(own_departments(user, on=on)), sees_all=sees_all,
    )  # fmt: skip


def readable(reader: Reader) -> QuerySet[Nomination]:
    """The published nominations that a reader finds, newest first; for one whole list the parts
    are quicker, see `parts_readable`."""
    return Nomination.objects.published().filter(reduce(or_, parts_readable(reader)))


def parts_readable(reader: Reader) -> list[Q]:
    """Conditions of which one at least holds; each alone is read newest first from one index, so
    each names one audience and no range of them."""
    nearest = ShownTo.NOBODY if reader.sees_all else reader.audience
    found = [Q(shown_to=audience) for audience in ShownTo if audience >= nearest]
    if reader.sees_all or reader.audience != ShownTo.STAFF:
        return found
    if reader.departments:
        found.append(for_departments(reader.departments) & Q(shown_to=ShownTo.TEAM))
    if reader.employee_id:
        found += [Q(giver=reader.employee_id), concerning(reader.employee_id)]
    return found


def concerning(employee_id: int) -> Q:
    """Nominations that name somebody."""
    return Q(pk__in=Nominee.objects.filter(employee=employee_id).values("nomination"))


def for_departments(department_ids: Collection[int]) -> Q:
    """Nominations with a nominee who worked in one of these then and agrees to be named there."""
    return _naming_one_of(_agreeing(Nominee.objects.filter(department__in=department_ids)))


def _agreeing(rows: QuerySet[Nominee]) -> QuerySet[Nominee]:
    agreed = Q(employee__consent__names__gte=ShownTo.TEAM)
    if by_default().names >= ShownTo.TEAM:
        agreed |= Q(employee__consent=None, employee__erased_at=None)
    return rows.filter(agreed)


def of_departments(department_ids: Collection[int]) -> Q:
    """Nominations of which at least one nominee worked in one of these then.

    Few are gathered from the departments' index. Of many, one in every few nominations is meant:
    then it is quicker to ask each, newest first, whether it is one.
    """
    return _naming_one_of(Nominee.objects.filter(department__in=department_ids))


def _naming_one_of(rows: QuerySet[Nominee]) -> Q:
    rows = rows.order_by()
    if rows[FEW : FEW + 1].exists():
        return Q(Exists(rows.filter(nomination=OuterRef("pk"))))
    return Q(pk__in=rows.values("nomination"))


@dataclass(frozen=True)
class Named:
    """One of those praised, as a reader sees it: `employee` is None for “a colleague”; `photo` when
    there is one that the reader may see."""

    employee: Employee | None
    department: Department | None
    photo: bool


@dataclass(frozen=True)
class Shown:
    """A nomination as one reader sees it. `giver` is None where it stays unnamed. `hidden` are the
    words taken out of the story: they are taken out of what is said below it too."""

    nomination: Nomination
    nominees: list[Named]
    giver: Employee | None
    story: str
    hidden: tuple[str, ...] = field(default=(), repr=False)

    @property
    def names(self) -> list[str]:
        """Of those who are named, as they are called."""
        return [each.employee.name for each in self.nominees if each.employee]

    @property
    def unnamed(self) -> int:
        return sum(each.employee is None for each in self.nominees)


def show(nominations: Iterable[Nomination], reader: Reader) -> list[Shown]:
    """These nominations as the reader sees them, in a few further queries for all of them."""
    nominations = list(nominations)
    rows = Nominee.objects.filter(nomination__in=[each.pk for each in nominations])
    nominees: dict[int, list[Nominee]] = {each.pk: [] for each in nominations}
    for row in rows.select_related("employee", "department").order_by("pk"):
        nominees[row.nomination_id].append(row)
    people = {row.employee_id for each in nominees.values() for row in each}
    wishes = _Wishes(
        consents_of(people | {each.giver_id for each in nominations}),
        _photos_of(people, on=timezone.localdate()),
    )
    return [_shown(each, nominees[each.pk], reader, wishes) for each in nominations]


@dataclass(frozen=True)
class _Wishes:
    """By employee what each agrees to, and the photos there are."""

    agreed: dict[int, Agreed]
    photos: dict[int, int | None]


def _photos_of(people: Collection[int], *, on: date) -> dict[int, int | None]:
    """Who of these has a photo to show, and the department of today: praise is of the department
    it was given in, a photo is for those who work together now."""
    places = Membership.objects.on(on).filter(employee=OuterRef("employee"))
    found = Photo.objects.to_show(on).filter(employee__in=people)
    return dict(found.values_list("employee", Subquery(places.values("department")[:1])))


def _shown(
    nomination: Nomination, nominees: list[Nominee], reader: Reader, wishes: _Wishes
) -> Shown:
    concerned = reader.employee_id is not None and (
        nomination.giver_id == reader.employee_id
        or any(row.employee_id == reader.employee_id for row in nominees)
    )
    named = [_named(row, nomination, reader, wishes, concerned=concerned) for row in nominees]
    giver = nomination.giver if _shows_giver(nomination, reader, wishes.agreed) else None
    hidden = [row.employee for row, each in zip(nominees, named, strict=True) if not each.employee]
    if giver is None:
        hidden.append(nomination.giver)
    words = tuple(word for each in hidden for word in (each.name, each.known_as))
    return Shown(nomination, named, giver, without_names(nomination.story, words), words)


def _named(
    row: Nominee,
    nomination: Nomination,
    reader: Reader,
    wishes: _Wishes,
    *,
    concerned: bool,
) -> Named:
    consent = wishes.agreed[row.employee_id]
    reached = _reaches(min(consent.names, nomination.audience), row.department_id, reader)
    name = reader.sees_all or concerned or reached
    photo = (
        row.employee_id in wishes.photos
        and _reaches(min(consent.photo, nomination.audience), row.department_id, reader)
        and _reaches(consent.photo, wishes.photos[row.employee_id], reader)
    )
    return Named(row.employee if name else None, row.department, name and photo)


def _reaches(how_far: int, department_id: int | None, reader: Reader) -> bool:
    if how_far >= reader.audience:
        return True
    return (
        reader.audience == ShownTo.STAFF
        and how_far == ShownTo.TEAM
        and department_id in reader.departments
    )


def _shows_giver(nomination: Nomination, reader: Reader, agreed: dict[int, Agreed]) -> bool:
    """Who praises signs it: colleagues read by whom. Outside, and on screens, consent decides."""
    if reader.sees_all or (reader.audience == ShownTo.STAFF and reader.employee_id):
        return True
    return agreed[nomination.giver_id].names >= reader.audience


def follow_consent(employee: Employee) -> None:
    """Somebody agrees otherwise: how far their praise is shown follows in the same transaction."""
    follow(Nomination.objects.filter(nominees__employee=employee).values_list("pk", flat=True))


def follow_defaults(*, now: datetime) -> int:
    """The policy on names has changed with the day: how far praise of those who have said nothing
    is shown follows; returns how many changed. One question when there is nothing to do.

    The names themselves do not wait for it: they are asked for whenever praise is shown.
    """
    names = by_default().names
    followed = FollowedDefault.objects.order_by("-pk").values_list("names", flat=True).first()
    if followed == names:
        return 0
    silent = Nominee.objects.filter(employee__consent=None, employee__erased_at=None)
    changed = follow(silent.order_by("nomination").values_list("nomination", flat=True).distinct())
    # Written last: whatever stops half way is done again.
    FollowedDefault.objects.create(names=names, followed_at=now)
    return changed


def follow(nomination_ids: Iterable[int]) -> int:
    """Bring `shown_to` of these up to what everybody they name agrees to; returns the changed."""
    return sum(_follow(portion) for portion in in_portions(list(nomination_ids)))


@retried
@transaction.atomic
def _follow(nomination_ids: Collection[int]) -> int:
    # Locked before they are asked: who agrees otherwise meanwhile comes after, with the last word.
    rows = Nomination.objects.filter(pk__in=nomination_ids).order_by("pk")
    nominations = list(
        rows.select_for_update(of=("self",), no_key=True).prefetch_related("nominees")
    )
    agreed = consents_of({row.employee_id for each in nominations for row in each.nominees.all()})
    changed = []
    for nomination in nominations:
        people = [agreed[row.employee_id] for row in nomination.nominees.all()]
        wanted = as_far_as(ShownTo(nomination.audience), people)
        if nomination.shown_to != wanted:
            nomination.shown_to = wanted
            changed.append(nomination)
    Nomination.objects.bulk_update(changed, ["shown_to"])
    return len(changed)
