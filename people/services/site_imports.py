"""Importing sites and departments."""

import zoneinfo
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people import rules
from people.models import Department, Placement, Site, User, WorkingWeek
from people.services import audit
from people.services.importing import (
    ByAlias,
    MappedSheet,
    Options,
    Problems,
    Progress,
    Report,
    dry_or_not,
    each_row,
    register,
)


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


class SiteImporter(ByAlias):
    kind = "sites"
    title = _("Sites")
    permission = "people.import_people"
    required = ("code", "name", "time_zone", "working_days")
    aliases = {
        "code": ("site", "site code", "kürzel", "standortcode", "代码", "地点代码"),
        "name": ("site name", "standort", "bezeichnung", "名称", "地点"),
        "time_zone": ("timezone", "zone", "zeitzone", "时区"),
        "country": ("land", "国家"),
        "subdivision": ("state", "region", "bundesland", "地区", "省份"),
        "working_days": ("week", "arbeitstage", "工作日"),
    }

    def plan(
        self,
        sheets: list[MappedSheet],
        report: Report,
        *,
        options: Options,
        by: User,
        filename: str,
        dry_run: bool,
        progress: Progress,
    ) -> None:
        problems = Problems()
        rows = [
            row for mapped, raw in each_row(sheets, progress)
            if (row := self._row(mapped, raw, problems))
        ]  # fmt: skip
        _refuse_repeats(rows, problems)
        problems.refuse_if_any()
        as_of = options.as_of or timezone.localdate()
        dry_or_not(lambda: self._write(rows, report, as_of=as_of, by=by), dry_run=dry_run)

    def _row(self, mapped: MappedSheet, raw, problems: Problems) -> SiteRow | None:
        row = SiteRow(raw.line, *(mapped.text(raw, name) for name in (
            "code", "name", "time_zone", "country", "subdivision", "working_days")))  # fmt: skip
        row.country = row.country.upper()
        checks = {
            "code": lambda: _not_empty(row.code),
            "name": lambda: _not_empty(row.name),
            "time_zone": lambda: _zone(row.time_zone),
            "working_days": lambda: rules.parse_working_days(row.working_days),
            "country": lambda: rules.public_holidays(row.country, row.subdivision, 2026),
        }
        before = problems.count
        for name, check in checks.items():
            try:
                check()
            except ValueError as error:
                column = mapped.column(name)
                problems.add(str(error), raw.line, column.header if column else name)
        return row if problems.count == before else None

    def _write(self, rows: list[SiteRow], report: Report, *, as_of: date, by: User) -> None:
        for row in rows:
            site = Site.objects.filter(code=row.code).first()
            before = site and _site_state(site)
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


def _site_state(site: Site) -> tuple:
    week = site.weeks.order_by("-from_date").first()
    return (
        site.name,
        site.time_zone,
        (week.working_days, week.country, week.subdivision) if week else None,
    )


def _zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValueError(f"“{name}” is not a time zone; for example Europe/London")


def _not_empty(text: str) -> None:
    if not text:
        raise ValueError("is empty; every line needs one")


def _refuse_repeats(rows: list, problems: Problems, column: str = "code") -> None:
    lines: dict[str, int] = {}
    for row in rows:
        value = getattr(row, column)
        if value in lines:
            problems.add(f"{value} stands in line {lines[value]} already", row.line, column)
        lines.setdefault(value, row.line)


@dataclass
class DepartmentRow:
    line: int
    code: str
    name: str
    parent: str
    site: str


class DepartmentImporter(ByAlias):
    kind = "departments"
    title = _("Departments")
    permission = "people.import_people"
    required = ("code", "name", "site")
    aliases = {
        "code": ("department", "department code", "dept", "unit", "kürzel", "abteilungscode",
                 "代码", "部门代码"),
        "name": ("department name", "unit_name", "unit name", "abteilung", "bezeichnung", "名称", "部门"),
        "parent": ("parent department", "reports to", "übergeordnet", "上级", "上级部门"),
        "site": ("site code", "location", "standort", "地点", "地点代码"),
    }  # fmt: skip

    def plan(
        self,
        sheets: list[MappedSheet],
        report: Report,
        *,
        options: Options,
        by: User,
        filename: str,
        dry_run: bool,
        progress: Progress,
    ) -> None:
        problems = Problems()
        rows = []
        for mapped, raw in each_row(sheets, progress):
            names = ("code", "name", "parent", "site")
            row = DepartmentRow(raw.line, *(mapped.text(raw, name) for name in names))
            rows.append(row)
            for name in ("code", "name", "site"):
                if not getattr(row, name):
                    problems.add("is empty; every line needs one", raw.line, name)
        _refuse_repeats(rows, problems)
        self._refuse_unknown(rows, problems)
        problems.refuse_if_any()
        as_of = options.as_of or timezone.localdate()
        dry_or_not(lambda: self._write(rows, report, as_of=as_of, by=by), dry_run=dry_run)

    def _refuse_unknown(self, rows: list[DepartmentRow], problems: Problems) -> None:
        sites = set(Site.objects.values_list("code", flat=True))
        known = {
            p.department.code: p.parent and p.parent.code
            for p in Placement.objects.filter(until_date=None).select_related("department", "parent")
        }
        parents = known | {row.code: row.parent or None for row in rows}
        for row in rows:
            if row.site not in sites:
                problems.add(f"“{row.site}” is not a site; import it first", row.line, "site")
            if row.parent and row.parent not in parents:
                problems.add(f"“{row.parent}” is not a department", row.line, "parent")
            elif _goes_in_a_circle(row.code, parents):
                problems.add(f"{row.code} would be above itself", row.line, "parent")

    def _write(self, rows: list[DepartmentRow], report: Report, *, as_of: date, by: User) -> None:
        departments = {d.code: d for d in Department.objects.all()}
        places = {
            p.department_id: p
            for p in Placement.objects.filter(until_date=None).select_related("parent", "site")
        }
        sites = {site.code: site for site in Site.objects.all()}
        for row in rows:
            if row.code not in departments:
                departments[row.code] = Department.objects.create(code=row.code, name=row.name)
        for row in rows:
            department = departments[row.code]
            place = places.get(department.pk)
            before = place and (department.name, place.parent and place.parent.code, place.site.code)
            if before == (row.name, row.parent or None, row.site):
                report.unchanged += 1
                continue
            if department.name != row.name:
                department.name = row.name
                department.save()
            _place(department, place, departments.get(row.parent), sites[row.site], as_of=as_of)
            if before:
                report.updated += 1
            else:
                report.created += 1
            report.changes.append(f"{row.code}: {row.name}")
            audit.record(
                "import_department", by=by, subject=f"department:{row.code}", before=before,
                after=vars(row),
            )  # fmt: skip


def _goes_in_a_circle(code: str, parents: dict[str, str | None]) -> bool:
    seen, at = {code}, parents.get(code)
    while at:
        if at in seen:
            return at == code
        seen.add(at)
        at = parents.get(at)
    return False


def _place(
    department: Department,
    place: Placement | None,
    parent: Department | None,
    site: Site,
    *,
    as_of: date,
) -> None:
    """The department stands here from a day on; the first place holds from the beginning."""
    if place and (place.parent_id, place.site_id) == (parent and parent.pk, site.pk):
        return
    if place and place.from_date < as_of:
        place.until_date = as_of - timedelta(days=1)
        place.save()
        place = None
    elif place is None:
        as_of = rules.BEGINNING
    place = place or Placement(department=department, from_date=as_of)
    place.parent, place.site = parent, site
    place.save()


register(SiteImporter())
register(DepartmentImporter())
