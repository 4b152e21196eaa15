"""Keeping sites and their calendars; each act says what it did."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import rules
from people.dates import long_day
from people.models import CalendarEntry, Placement, Site, User, WorkingWeek
from people.services import audit, policies
from people.services.calendars import SiteDays, site_days
from people.services.places import PlacesRefused
from people.services.previews import Effects
from people.services.retrying import retried
from people.services.rule_changes import change_rules, final_day_behind

LOOKED_AHEAD = timedelta(days=364)
NAMED = 5


@retried
@transaction.atomic
def add_site(
    code: str,
    name: str,
    *,
    time_zone: str,
    working_days: str,
    country: str,
    subdivision: str,
    by: User,
) -> Effects:
    """A new site with its first week, which holds from the beginning. Raises PlacesRefused."""
    if Site.objects.filter(code__iexact=code).exists():
        raise PlacesRefused(
            _("There is a site %(code)s already; choose another code.") % {"code": code}
        )
    site = Site.objects.create(code=code, name=name, time_zone=time_zone)
    week = WorkingWeek.objects.create(
        site=site, from_date=rules.BEGINNING, working_days=working_days, country=country,
        subdivision=subdivision,
    )  # fmt: skip
    audit.record(
        "add_site", by=by, subject=_subject(site),
        after={"name": name, "time_zone": time_zone, **_described(week)},
    )  # fmt: skip
    return [_("%(name)s can be chosen for departments from now on.") % {"name": name}]


@retried
@transaction.atomic
def rename_site(site: Site, *, name: str, by: User) -> Effects:
    """A name has no dates: pages on past days show the new one too. Raises PlacesRefused."""
    site = Site.objects.select_for_update().get(pk=site.pk)
    before = site.name
    if before == name:
        raise PlacesRefused(_("That is its name already."))
    site.name = name
    site.save(update_fields=["name"])
    audit.record("rename_site", by=by, subject=_subject(site), before=before, after=name)
    return [
        _("%(before)s is called %(after)s from now on, on pages about past days as well.")
        % {"before": before, "after": name}
    ]


@retried
@transaction.atomic
def change_time_zone(site: Site, *, time_zone: str, now: datetime, by: User) -> Effects:
    """Another zone from now on. Days keep their dates: a business day is a date and no timestamp,
    so what is final stays as it is. Raises PlacesRefused."""
    change_rules()
    site = Site.objects.select_for_update().get(pk=site.pk)
    before = site.time_zone
    if before == time_zone:
        raise PlacesRefused(_("The site is in that time zone already."))
    site.time_zone = time_zone
    site.save(update_fields=["time_zone"])
    audit.record("change_time_zone", by=by, subject=_subject(site), before=before, after=time_zone)
    return _other_clock(ZoneInfo(before), ZoneInfo(time_zone), now=now)


def _other_clock(old: ZoneInfo, new: ZoneInfo, *, now: datetime) -> Effects:
    before, after = now.astimezone(old).date(), now.astimezone(new).date()
    due = time.fromisoformat(policies.in_force("cut_off", on=after))
    moment = datetime.combine(after, due, new)
    effects = [
        _("Figures due at %(due)s are due at %(due)s in %(new)s, which is %(was)s in %(old)s.")
        % {
            "due": due.strftime("%H:%M"), "new": new.key, "old": old.key,
            "was": moment.astimezone(old).strftime("%H:%M"),
        },
        _("This holds for every day that is not final yet; final days and their dates stay."),
    ]  # fmt: skip
    if before != after:
        effects.append(
            _("It is %(after)s there at once, and no longer %(before)s.")
            % {"before": long_day(before), "after": long_day(after)}
        )
    return effects


@retried
@transaction.atomic
def change_week(
    site: Site,
    *,
    working_days: str,
    country: str,
    subdivision: str,
    from_date: date,
    by: User,
) -> Effects:
    """Another week or other public holidays from a day on, until the next week that is known.

    Raises PlacesRefused.
    """
    change_rules()
    before = site_days(site)
    later = next((week for week in before.weeks if week.from_date > from_date), None)
    if decided := final_day_behind(from_date, _day_before(later)):
        raise PlacesRefused(decided)
    held = before.week_in_force(from_date)
    wanted = (working_days, country, subdivision)
    if held and wanted == (held.working_days, held.country, held.subdivision):
        raise PlacesRefused(_("That is the week in force on that day already."))
    week, _made = WorkingWeek.objects.update_or_create(
        site=site, from_date=from_date,
        defaults={"working_days": working_days, "country": country, "subdivision": subdivision},
    )  # fmt: skip
    audit.record(
        "change_week", by=by, subject=_subject(site), before=held and _described(held),
        after=_described(week),
    )  # fmt: skip
    last = _day_before(later) or from_date + LOOKED_AHEAD
    span = rules.days_between(from_date, min(last, from_date + LOOKED_AHEAD))
    effects = _other_days(before, site_days(site), span)
    if later:
        effects.append(_("From %(day)s the later week holds.") % {"day": long_day(later.from_date)})
    return effects


def _day_before(week: WorkingWeek | None) -> date | None:
    return week.from_date - timedelta(days=1) if week else None


def _other_days(before: SiteDays, after: SiteDays, span: list[date]) -> Effects:
    """Which days of a span are worked that were not, and the other way round."""
    changed = [d for d in span if before.calendar.works_on(d) != after.calendar.works_on(d)]
    gained = [day for day in changed if after.calendar.works_on(day)]
    lost = [day for day in changed if not after.calendar.works_on(day)]
    effects = []
    where = {"first": long_day(span[0]), "last": long_day(span[-1])}
    if gained:
        effects.append(
            ngettext(
                "%(n)s more working day from %(first)s to %(last)s: %(days)s.",
                "%(n)s more working days from %(first)s to %(last)s: %(days)s.",
                len(gained),
            )
            % {**where, "n": len(gained), "days": _listed(gained)}
        )
    if lost:
        effects.append(
            ngettext(
                "%(n)s working day fewer from %(first)s to %(last)s: %(days)s.",
                "%(n)s working days fewer from %(first)s to %(last)s: %(days)s.",
                len(lost),
            )
            % {**where, "n": len(lost), "days": _listed(lost)}
        )
    unchanged = _("From %(first)s to %(last)s the same days are worked as before.") % where
    return effects or [unchanged]


def _listed(days: list[date]) -> str:
    """The first days, and how many more."""
    first = ", ".join(long_day(day) for day in days[:NAMED])
    if len(days) <= NAMED:
        return first
    return _("%(names)s and %(n)s more") % {"names": first, "n": len(days) - NAMED}


@retried
@transaction.atomic
def add_calendar_entry(site: Site, *, day: date, kind: str, name: str, by: User) -> Effects:
    """A closure or an extra working day of this site alone. Raises PlacesRefused."""
    change_rules()
    known = site.calendar_entries.filter(date=day).first()
    if known:
        raise PlacesRefused(
            _("%(day)s is “%(name)s” already; remove that first.")
            % {"day": long_day(day), "name": known.name}
        )
    return _change_entry(site, day, lambda: _make_entry(site, day, kind, name, by=by))


@retried
@transaction.atomic
def remove_calendar_entry(site: Site, entry_id: int, *, by: User) -> Effects:
    """The day is again what the week and the public holidays say. Raises PlacesRefused."""
    change_rules()
    entry = site.calendar_entries.filter(pk=entry_id).first()
    if entry is None:
        raise PlacesRefused(_("Somebody else has removed it already."))
    return _change_entry(site, entry.date, lambda: _take_entry_away(entry, by=by))


def _make_entry(site: Site, day: date, kind: str, name: str, *, by: User) -> None:
    CalendarEntry.objects.create(site=site, date=day, kind=kind, name=name, made_by=by)
    after = {"date": str(day), "kind": kind, "name": name}
    audit.record("add_calendar_entry", by=by, subject=_subject(site), after=after)


def _take_entry_away(entry: CalendarEntry, *, by: User) -> None:
    before = {"date": str(entry.date), "kind": entry.kind, "name": entry.name}
    audit.record("remove_calendar_entry", by=by, subject=_subject(entry.site), before=before)
    entry.delete()


def _change_entry(site: Site, day: date, change: Callable[[], None]) -> Effects:
    if decided := final_day_behind(day, day):
        raise PlacesRefused(decided)
    worked = site_days(site).calendar.works_on(day)
    change()
    works = site_days(site).calendar.works_on(day)
    if works == worked:
        return [_works(day) if works else _rests(day), _("That is so without this entry too.")]
    departments = Placement.objects.on(day).filter(site=site).count()
    due = ngettext(
        "Goals of %(n)s department become due on that day.",
        "Goals of %(n)s departments become due on that day.",
        departments,
    ) if works else ngettext(
        "Goals of %(n)s department are not due on that day.",
        "Goals of %(n)s departments are not due on that day.",
        departments,
    )  # fmt: skip
    return [_works(day) if works else _rests(day), due % {"n": departments}]


def _works(day: date) -> str:
    return _("%(day)s is a working day.") % {"day": long_day(day)}


def _rests(day: date) -> str:
    return _("%(day)s is no working day.") % {"day": long_day(day)}


def holidays_of(site: SiteDays, year: int) -> list[tuple[date, str]]:
    """Public holidays of a year by the week in force on each of them, in order."""
    found: dict[date, str] = {}
    for week in site.weeks:
        named = rules.public_holidays(week.country, week.subdivision, year)
        found |= {day: name for day, name in named.items() if site.week_in_force(day) == week}
    return sorted(found.items())


def _subject(site: Site) -> str:
    return f"site:{site.code}"


def _described(week: WorkingWeek) -> dict:
    return {
        "from": str(week.from_date),
        "working_days": week.working_days,
        "country": week.country,
        "subdivision": week.subdivision,
    }
