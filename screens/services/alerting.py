"""What somebody must know of screens without looking at them: in working hours, and once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.models import DaySnapshot
from cms.services.posting import newest_snapshot
from incentives.models import DayVerdict
from people.dates import long_day
from people.models import Role
from people.services.calendars import SiteDays, all_sites
from people.services.notices import Facts, Kind, News, Way, tell_all
from people.services.recipients import holders_of
from screens.models import Current, Painted, Screen
from screens.services.manifest import Days, expectations
from screens.services.overview import contact_of, known_screens, lit_times
from screens.services.programme import Content, zone_of

SILENT_TOO_LONG = timedelta(minutes=15)
PAINTED_WITHIN = timedelta(minutes=15)
NAMED = 3
"""So many screens are named; of more, the number is told."""
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.EDITOR})
MORNING_READERS = KEEPERS | {Role.EXECUTIVE}


def _silent(facts: Facts) -> str:
    names, more = ", ".join(facts["named"]), facts["count"] - len(facts["named"])
    if more:
        text = ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more)
        names = text % {"names": names, "n": more}
    if facts["site"]:
        text = _("Office screens of %(site)s have been silent for 15 minutes: %(names)s.")
        return text % {"site": facts["site"], "names": names}
    return _("Office screens have been silent for 15 minutes: %(names)s.") % {"names": names}


def _missing(facts: Facts) -> str:
    day = long_day(date.fromisoformat(facts["date"]))
    if facts["posted"]:
        return _("%(day)s is posted, and no office screen shows it.") % {"day": day}
    return _("%(day)s is not posted: pages and screens still show the day before.") % {"day": day}


SILENT = Kind(
    "screens_silent", gettext_lazy("Silent office screens"), _silent, way=Way.AT_ONCE, roles=KEEPERS
)
MISSING = Kind(
    "day_not_posted", gettext_lazy("A day that is not posted or not shown"), _missing,
    way=Way.AT_ONCE, roles=MORNING_READERS,
)  # fmt: skip


def alert_about_silent_screens(*, now: datetime) -> int:
    """One notice a site and day, of those that should be lit and have said nothing for a quarter of
    an hour; returns how many people were told."""
    by_site: dict[tuple[str, str, date], list[str]] = defaultdict(list)
    for screen in _should_be_lit(now=now):
        contact = contact_of(screen)
        if contact is None or now - contact.seen_at > SILENT_TOO_LONG:
            # By its own clock: in Auckland and San Francisco UTC's midnight is a working hour.
            today = now.astimezone(zone_of(screen)).date()
            site = (screen.site.code, screen.site.name) if screen.site else ("", "")
            by_site[*site, today].append(screen.name)
    return sum(_tell_of_silence(*site, names) for site, names in by_site.items())


def _tell_of_silence(code: str, site: str, today: date, names: list[str]) -> int:
    facts = {"site": site, "named": sorted(names)[:NAMED], "count": len(names)}
    key = f"screens-silent:{code}:{today}"
    readers = holders_of(*KEEPERS)
    return tell_all(SILENT, [News(user, key, facts, reverse("screens")) for user in readers])


def _should_be_lit(*, now: datetime) -> list[Screen]:
    """Screens with a device, lit for as long as they may be silent, on a day on which their site
    works: nobody is called on a Sunday because of a screen that shines on Sundays too."""
    days, sites = Days(now=now), all_sites()
    bound = known_screens().exclude(secret_digest=None).filter(revoked_at=None)
    since = now - SILENT_TOO_LONG
    return [
        screen
        for screen in bound.filter(paired_at__lte=since)
        if _works_today(screen, sites, now=now)
        and any(begin <= since and now < end for begin, end in lit_times(screen, days))
    ]


def _works_today(screen: Screen, sites: Iterable[SiteDays], *, now: datetime) -> bool:
    """At its site; where it belongs to none, at any."""
    zone: ZoneInfo = zone_of(screen)
    today = now.astimezone(zone).date()
    own = [each for each in sites if screen.site_id in (None, each.site.pk)]
    return any(each.calendar.works_on(today) for each in own)


def alert_about_missing_post(*, now: datetime) -> int:
    """Once a day that should be up by now and is not, or is and no lit screen shows it. Returns how
    many people were told."""
    due = [
        (datetime.fromisoformat(each["from"]), date.fromisoformat(each["date"]))
        for each in expectations(all_sites(), now=now)
    ]
    past = [(moment, day) for moment, day in due if moment <= now]
    newest = newest_snapshot()
    if not past or newest is None:  # a company that has never posted a day has not begun
        return 0
    moment, day = max(past)
    if newest.date < day:
        return 0 if _is_withheld(day) else _tell_of_day(day, posted=False)
    return _tell_of_day(day, posted=True) if _is_on_no_screen(day, moment, now=now) else 0


def _is_withheld(day: date) -> bool:
    """Somebody decided that it is not posted."""
    verdicts = DayVerdict.objects.latest_versions().filter(date=day, is_company=True)
    return verdicts.filter(posting_withheld=True).exists()


def _is_on_no_screen(day: date, moment: datetime, *, now: datetime) -> bool:
    posted_at = DaySnapshot.objects.filter(date=day).order_by("id").first()
    since = max(moment, posted_at.made_at) if posted_at else moment
    if now < since + PAINTED_WITHIN or Painted.objects.filter(date__gte=day).exists():
        return False
    return any(_may_show_days(_should_be_lit(now=now), now=now))


def _may_show_days(screens: Iterable[Screen], *, now: datetime) -> list[bool]:
    """False for those whose slides were built and none of them has a day: they can't show one."""
    content = Content(now=now)
    undated = set(Current.objects.filter(snapshot__date=None).values_list("key", flat=True))
    return [content.programme_of(screen).key not in undated for screen in screens]


def _tell_of_day(day: date, *, posted: bool) -> int:
    facts = {"date": str(day), "posted": posted}
    path = reverse("screens") if posted else ""
    key = f"day-not-{'shown' if posted else 'posted'}:{day}"
    readers = holders_of(*MORNING_READERS)
    return tell_all(MISSING, [News(user, key, facts, path) for user in readers])
