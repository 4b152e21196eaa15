"""Importing sites and departments."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people import rules
from people.models import Department, Placement, Site, User, WorkingWeek
from people.services import audit
from people.services.importing import (
    ByAlias,
    MappedSheet,
    Problems,
    Report,
    Sent,
    dry_or_not,
    each_row,
    register,
    too_long,
)
from people.services.places import first_circle, is_closed, last_places, place_from
from people.services.rule_changes import change_rules, final_day_behind
from people.tabular import Row


@dataclass
class SiteRow:
    line: int
    code: str
    name: str
    time_zone: str
    country: str
    subdivision: str
    working_days: str

    @property
    def week(self) -> tuple[str, str, str]:
        return (self.working_days, self.country, self.subdivision)


@dataclass
class DepartmentRow:
    line: int
    code: str
    name: str
    parent: str
    site: str


class SiteImporter(ByAlias):
    kind = "sites"
    title = _("Sites")
    permission = "people.import_people"
    required: tuple[str, ...] = ("code", "name", "time_zone", "working_days")
    aliases = {
        "code": ("site", "site code", "kürzel", "standortcode", "代码", "地点代码"),
        "name": ("site name", "standort", "bezeichnung", "名称", "地点"),
        "time_zone": ("timezone", "zone", "zeitzone", "时区"),
        "country": ("land", "国家"),
        "subdivision": ("state", "region", "bundesland", "地区", "省份"),
        "working_days": ("week", "arbeitstage", "工作日"),
    }

    def plan(self, sent: Sent) -> None:
        problems = Problems()
        as_of = sent.options.as_of or timezone.localdate()
        sites = {site.code.casefold(): site for site in Site.objects.prefetch_related("weeks")}
        rows = [
            row for mapped, raw in each_row(sent.sheets, sent.progress)
            if (row := self._row(mapped, raw, problems, sites))
        ]  # fmt: skip
        _refuse_repeats(rows, problems)
        for row in rows:
            site = sites.get(row.code.casefold())
            self._refuse_earlier(row, _last_week(site) if site else None, as_of, problems)
        problems.refuse_if_any()
        dry_or_not(
            lambda: self._write(rows, sent.report, as_of=as_of, by=sent.by), dry_run=sent.dry_run
        )

    def _row(
        self, mapped: MappedSheet, raw: Row, problems: Problems, sites: dict[str, Site]
    ) -> SiteRow | None:
        row = SiteRow(raw.line, *(mapped.text(raw, name) for name in (
            "code", "name", "time_zone", "country", "subdivision", "working_days")))  # fmt: skip
        self._keep_known(row, mapped, sites.get(row.code.casefold()))
        row.country = row.country.upper()
        checks = {
            "code": lambda: _fits(row.code, 30),
            "name": lambda: _fits(row.name, 200),
            "time_zone": lambda: _zone(row.time_zone),
            "working_days": lambda: _week(row.working_days),
            "country": lambda: rules.public_holidays(row.country, row.subdivision, 2026),
            "subdivision": lambda: _fits(row.subdivision, 10, needed=False),
        }
        before = problems.count
        for name, check in checks.items():
            try:
                check()
            except ValueError as error:
                problems.add(str(error), raw.line, _header(mapped, name))
        return row if problems.count == before else None

    def _keep_known(self, row: SiteRow, mapped: MappedSheet, site: Site | None) -> None:
        """A known code keeps its spelling, and a column that the file has not erases nothing."""
        if site is None:
            return
        row.code = site.code
        week = _last_week(site)
        if week and mapped.column("country") is None:
            row.country = week.country
        if week and mapped.column("subdivision") is None:
            row.subdivision = week.subdivision

    def _refuse_earlier(
        self, row: SiteRow, week: WorkingWeek | None, as_of: date, problems: Problems
    ) -> None:
        if week is None or as_of >= week.from_date or row.week == _week_state(week):
            return
        problems.add(_too_early(week.from_date, as_of), row.line, "working_days")

    def _write(self, rows: list[SiteRow], report: Report, *, as_of: date, by: User) -> None:
        change_rules()
        problems = Problems()
        for row in rows:
            site = Site.objects.filter(code=row.code).first()
            before = _site_state(site) if site else None
            if before == (row.name, row.time_zone, row.week):
                report.unchanged += 1
                continue
            if site is None:
                site = Site(code=row.code)
                report.created += 1
            else:
                report.updated += 1
            site.name, site.time_zone = row.name, row.time_zone
            site.save()
            if before is None or before[2] != row.week:
                if before and (decided := final_day_behind(as_of)):
                    problems.add(decided, row.line, "working_days")
                days, country, subdivision = row.week
                WorkingWeek.objects.update_or_create(
                    site=site,
                    from_date=as_of if before else rules.BEGINNING,
                    defaults={
                        "working_days": days, "country": country, "subdivision": subdivision,
                    },
                )  # fmt: skip
            report.changes.append(f"{row.code}: {row.name}")
            audit.record(
                "import_site", by=by, subject=f"site:{row.code}", before=before, after=vars(row)
            )
        problems.refuse_if_any()


def _site_state(site: Site) -> tuple:
    week = _last_week(site)
    return (site.name, site.time_zone, _week_state(week) if week else None)


def _last_week(site: Site) -> WorkingWeek | None:
    return max(site.weeks.all(), key=lambda week: week.from_date, default=None)


def _week_state(week: WorkingWeek) -> tuple[str, str, str]:
    return (week.working_days, week.country, week.subdivision)


def _too_early(since: date, as_of: date) -> str:
    """A change dated before the last one would be silently outlived by it."""
    return f"was changed from {since} already; a change from {as_of} is too early"


@cache
def _time_zones() -> set[str]:
    """All names; they are looked for in the file system, so once."""
    return zoneinfo.available_timezones()


def _zone(name: str) -> None:
    if name not in _time_zones():
        raise ValueError(f"“{name}” is not a time zone; for example Europe/London")


def _week(text: str) -> None:
    rules.parse_working_days(text)
    _fits(text, 40)


def _fits(text: str, most: int, *, needed: bool = True) -> None:
    if needed and not text:
        raise ValueError("is empty; every line needs one")
    if wrong := too_long(text, most):
        raise ValueError(wrong)


def _header(mapped: MappedSheet, field: str) -> str:
    column = mapped.column(field)
    return column.header if column else field


def _refuse_repeats(rows: Sequence[SiteRow | DepartmentRow], problems: Problems) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        code = row.code.casefold()
        if code and code in lines:
            problems.add(f"{row.code} stands in line {lines[code]} already", row.line, "code")
        lines.setdefault(code, row.line)


class DepartmentImporter(ByAlias):
    kind = "departments"
    title = _("Departments")
    permission = "people.import_people"
    required: tuple[str, ...] = ("code", "name", "site")
    aliases = {
        "code": ("department", "department code", "dept", "unit", "kürzel", "abteilungscode",
                 "代码", "部门代码"),
        "name": ("department name", "unit_name", "unit name", "abteilung", "bezeichnung", "名称",
                 "部门"),
        "parent": ("parent department", "reports to", "übergeordnet", "上级", "上级部门"),
        "site": ("site code", "location", "standort", "地点", "地点代码"),
    }  # fmt: skip

    def plan(self, sent: Sent) -> None:
        problems = Problems()
        rows = []
        places = last_places()
        for mapped, raw in each_row(sent.sheets, sent.progress):
            names = ("code", "name", "parent", "site")
            row = DepartmentRow(raw.line, *(mapped.text(raw, name) for name in names))
            if mapped.column("parent") is None:
                row.parent = _known_parent(places.get(row.code.casefold()))
            rows.append(row)
            for name, most in (("code", 30), ("name", 200), ("site", 30)):
                try:
                    _fits(getattr(row, name), most)
                except ValueError as error:
                    problems.add(str(error), raw.line, _header(mapped, name))
        _refuse_repeats(rows, problems)
        self._spell_as_known(rows)
        self._refuse_unknown(rows, places, problems)
        as_of = sent.options.as_of or timezone.localdate()
        self._refuse_earlier(rows, places, as_of, problems)
        problems.refuse_if_any()
        dry_or_not(
            lambda: self._write(rows, sent.report, as_of=as_of, by=sent.by), dry_run=sent.dry_run
        )

    def _spell_as_known(self, rows: list[DepartmentRow]) -> None:
        """A code is one department or site however it is cased."""
        codes = {row.code.casefold(): row.code for row in rows}
        codes |= {c.casefold(): c for c in Department.objects.values_list("code", flat=True)}
        sites = {c.casefold(): c for c in Site.objects.values_list("code", flat=True)}
        for row in rows:
            row.code = codes[row.code.casefold()]
            row.parent = codes.get(row.parent.casefold(), row.parent)
            row.site = sites.get(row.site.casefold(), row.site)

    def _refuse_unknown(
        self, rows: list[DepartmentRow], places: dict[str, Placement], problems: Problems
    ) -> None:
        sites = set(Site.objects.values_list("code", flat=True))
        parents: dict[str, str | None] = {
            place.department.code: _known_parent(place) or None
            for place in places.values()
            if place.until_date is None
        }
        parents |= {row.code: row.parent or None for row in rows}
        for row in rows:
            if row.site not in sites:
                problems.add(f"“{row.site}” is not a site; import it first", row.line, "site")
            if row.parent and row.parent not in parents:
                problems.add(f"“{row.parent}” is not a department", row.line, "parent")
            elif _goes_in_a_circle(row.code, parents):
                problems.add(f"{row.code} would be above itself", row.line, "parent")

    def _refuse_earlier(
        self,
        rows: list[DepartmentRow],
        places: dict[str, Placement],
        as_of: date,
        problems: Problems,
    ) -> None:
        for row in rows:
            place = places.get(row.code.casefold())
            if place is None or (_known_parent(place), place.site.code) == (row.parent, row.site):
                continue
            if as_of < place.from_date:
                problems.add(_too_early(place.from_date, as_of), row.line, "parent")

    def _write(self, rows: list[DepartmentRow], report: Report, *, as_of: date, by: User) -> None:
        change_rules()
        problems = Problems()
        moved: list[Department] = []
        departments = {d.code: d for d in Department.objects.all()}
        places = last_places()
        sites = {site.code: site for site in Site.objects.all()}
        for row in rows:
            if row.code not in departments:
                departments[row.code] = Department.objects.create(code=row.code, name=row.name)
        for row in rows:
            department, place = departments[row.code], places.get(row.code.casefold())
            before = place and (department.name, _known_parent(place), place.site.code)
            if before == (row.name, row.parent, row.site) and not is_closed(place, as_of):
                report.unchanged += 1
                continue
            if department.name != row.name:
                department.name = row.name
                department.save()
            moves = before and (before[1:] != (row.parent, row.site) or is_closed(place, as_of))
            if moves and (decided := final_day_behind(as_of)):
                problems.add(decided, row.line, "parent")
            moved.append(department)
            place_from(department, place, departments.get(row.parent), sites[row.site], as_of=as_of)
            if before:
                report.updated += 1
            else:
                report.created += 1
            report.changes.append(f"{row.code}: {row.name}")
            audit.record(
                "import_department", by=by, subject=f"department:{row.code}", before=before,
                after=vars(row),
            )  # fmt: skip
        circle = first_circle({department.pk for department in moved}, since=as_of)
        if circle:
            problems.add(f"{circle.department.code} would be above itself on {circle.day}")
        problems.refuse_if_any()


def _known_parent(place: Placement | None) -> str:
    return place.parent.code if place and place.parent else ""


def _goes_in_a_circle(code: str, parents: dict[str, str | None]) -> bool:
    seen, at = {code}, parents.get(code)
    while at:
        if at in seen:
            return at == code
        seen.add(at)
        at = parents.get(at)
    return False


register(SiteImporter())
register(DepartmentImporter())
