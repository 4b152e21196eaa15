"""The circle as somebody reads it: cut by site, department, tenure and job, small groups hidden."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Department, Site
from people.small_groups import FEWEST, kept_back
from recognition.models import CircleMonth
from recognition.rules.circle import LINE_BP, LONG_HERE, Group, roll_up, trend
from recognition.services.circle import (
    COMPANY,
    Circle,
    Key,
    company_on,
    praise_between,
)


@dataclass(frozen=True)
class CircleReader:
    """Somebody who looks at shares. `led` departments are known person by person anyway, and
    `sees_all` knows everybody."""

    led: frozenset[int] = field(default_factory=frozenset)
    sees_all: bool = False


@dataclass(frozen=True)
class Row:
    """A group with its name. Where it is hidden, `why` says why and `group` is None; `own` is a
    department without those below, if there are any; `code` names a site or a department."""

    key: Key
    name: str
    group: Group | None
    why: str = ""
    own: Group | None = None
    code: str = ""
    across: Group | None = None

    @property
    def total(self) -> int | None:
        return self.group.total if self.group else None

    @property
    def inside(self) -> int | None:
        return self.group.inside if self.group else None

    @property
    def share_bp(self) -> int:
        """To sort by; hidden ones before all others."""
        share = self.group.share_bp if self.group else None
        return -1 if share is None else share

    @property
    def own_bp(self) -> int:
        share = self.own.share_bp if self.own else None
        return -1 if share is None else share

    @property
    def across_bp(self) -> int:
        share = self.across.share_bp if self.across else None
        return -1 if share is None else share


@dataclass(frozen=True)
class Read:
    """A circle and what of it is hidden from its reader."""

    circle: Circle
    hidden: frozenset[Key]

    def row(self, key: Key, name: str, *, code: str = "") -> Row:
        group = self.circle.groups[key]
        if key in self.hidden:
            return Row(key, name, None, why_hidden(group), code=code)
        return Row(key, name, group, code=code)


def read(circle: Circle, reader: CircleReader) -> Read:
    """Groups are as large as the people in them whom the reader does not know anyway."""
    if reader.sees_all:
        return Read(circle, frozenset())
    strangers = circle.groups_of(lambda department: department not in reader.led)
    sizes = {key: strangers.get(key, Group()).total for key in circle.groups}
    hidden = kept_back(sizes, circle.totals(), always={(COMPANY,)})
    return Read(circle, frozenset(hidden))


def why_hidden(group: Group) -> str:
    if group.total < FEWEST:
        return _("fewer than five")
    return _("kept back, as it would give away a small group")


def sites(shown: Read) -> list[Row]:
    known = Site.objects.in_bulk()
    return [_placed(shown, key, known, _("Without a site")) for key in _keys(shown, "site")]


def departments(shown: Read, *, site: Site | None = None) -> list[Row]:
    """Those open that day with those below, of a site or all; with the own people alone beside."""
    circle = shown.circle
    known = Department.objects.in_bulk()
    found = [
        _with_own(shown, _placed(shown, key, known, ""))
        for key in _keys(shown, "below")
        if site is None or circle.site_of(_id(key)) == site.pk
    ]
    if site is None and ("own", None) in circle.groups:
        found.append(shown.row(("own", None), _("Without a department")))
    return found


def _keys(shown: Read, kind: str) -> Iterator[Key]:
    for key, group in shown.circle.groups.items():
        if key[0] == kind and group.total:
            yield key


def _id(key: Key) -> int | None:
    return key[1] if isinstance(key[1], int) else None


def _placed(shown: Read, key: Key, known: Mapping, nowhere: str) -> Row:
    place = known.get(key[1])
    return shown.row(key, place.name, code=place.code) if place else shown.row(key, nowhere)


def _with_own(shown: Read, row: Row) -> Row:
    own = ("own", row.key[1])
    alone = shown.circle.groups.get(own, Group())
    if row.group is None or own in shown.hidden or alone in (Group(), row.group):
        return row
    return Row(row.key, row.name, row.group, own=alone, code=row.code)


def tenures(shown: Read, *, site: Site | None = None) -> list[Row]:
    """From the shortest on."""
    keys = sorted(_cut(shown, "tenure", site), key=lambda key: str(key[-1]))
    return [shown.row(key, band_name(int(str(key[-1])))) for key in keys]


def jobs(shown: Read, *, site: Site | None = None) -> list[Row]:
    return [
        shown.row(key, str(key[-1]) or _("Without a job title")) for key in _cut(shown, "job", site)
    ]


def _cut(shown: Read, kind: str, site: Site | None) -> Iterable[Key]:
    if site is None:
        return _keys(shown, kind)
    return (key for key in _keys(shown, f"site-{kind}") if key[1] == site.pk)


def band_name(band: int) -> str:
    if band == 0:
        return _("Under a year")
    if band == len(LONG_HERE):
        years = LONG_HERE[-1]
        return ngettext("%(n)s year and more", "%(n)s years and more", years) % {"n": years}
    first, then = LONG_HERE[band - 1], LONG_HERE[band]
    return _("%(first)s to %(then)s years") % {"first": first, "then": then}


def giving_by_department(shown: Read) -> list[Row]:
    """Of each department with those below: who praised somebody, and praise across departments.

    What is hidden of a department's people is hidden of its praise.
    """
    circle = shown.circle
    parents = {pk: place.parent for pk, place in circle.places.items()}
    between = roll_up(praise_between(circle.day), parents)
    return [
        row if row.group is None else Row(
            row.key, row.name, row.group, code=row.code,
            across=between.get(_id(row.key) or 0, Group()),
        )
        for row in departments(shown)
    ]  # fmt: skip


def across_company(day: date) -> Group:
    return sum(praise_between(day).values(), Group())


@dataclass(frozen=True)
class CircleFigures:
    """The company's circle for others to show: employed, recognised, the line in basis points."""

    day: date
    total: int
    inside: int
    share_bp: int | None
    line_bp: int = LINE_BP


def circle_figures(day: date) -> CircleFigures:
    """Of the whole company on a day: no names, no parts. For screens and pages."""
    company = company_on(day)
    return CircleFigures(day, company.total, company.inside, company.share_bp)


@dataclass(frozen=True)
class Standing:
    """The company at the end of the newest month kept, and its way since three months before:
    1 growing, -1 shrinking, 0 the same, None where there is nothing to compare with."""

    day: date
    group: Group
    trend: int | None


MONTHS_COMPARED = 3


def standing(*, now: datetime) -> Standing | None:
    """From the months kept, so that a first page costs one small query; None before the first."""
    newest_first = CircleMonth.objects.filter(key=COMPANY, through__lte=timezone.localdate(now))
    rows = list(newest_first.order_by("-through")[: MONTHS_COMPARED + 1])
    if not rows:
        return None
    newest, *_others = rows
    group = Group(newest.total, newest.inside)
    before = Group(rows[-1].total, rows[-1].inside) if len(rows) > 1 else None
    return Standing(newest.through, group, trend(group, before) if before else None)
