"""Sites and their calendars."""

from functools import partial

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, OuterRef, Q, Subquery
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people import rules
from people.forms.places import CalendarEntryForm, NameForm, SiteForm, WeekForm, ZoneForm
from people.lists import show_list
from people.models import Placement, Site, WorkingWeek
from people.services import sites
from people.services.calendars import site_days
from people.tables import SiteTable
from people.views.acts import asked, look_then_act

may_see = permission_required("people.see_sites", raise_exception=True)
may_keep = permission_required("people.keep_places", raise_exception=True)


@login_required
@may_see
def index(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    weeks = WorkingWeek.objects.filter(site=OuterRef("pk"), from_date__lte=today)
    open_today = Q(placements__in=Placement.objects.on(today))
    rows = Site.objects.annotate(
        working_days=Subquery(weeks.order_by("-from_date").values("working_days")[:1]),
        departments=Count("placements", filter=open_today),
    )
    actions = [(reverse("add-site"), _("Add a site"))] if _keeps(request) else []
    return show_list(request, SiteTable, rows, title=_("Sites"), actions=actions)


@login_required
@may_see
def show(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code)
    days, today = site_days(site), timezone.localdate()
    entries = site.calendar_entries.select_related("made_by__employee").order_by("date")
    context = {
        "site": site,
        "today": today,
        "time_there": timezone.now().astimezone(days.zone),
        "weeks": days.weeks[::-1],
        "week_in_force": days.week_in_force(days.today(timezone.now())),
        "beginning": rules.BEGINNING,
        "holidays": sites.holidays_of(days, today.year),
        "entries": [entry for entry in entries if entry.date.year >= today.year],
        "earlier": [entry for entry in entries if entry.date.year < today.year],
        "may_keep": _keeps(request),
    }
    return render(request, "people/site.html", context)


def _keeps(request: HttpRequest) -> bool:
    return request.user.has_perm("people.keep_places")


@login_required
@may_keep
def add(request: HttpRequest) -> HttpResponse:
    form = asked(request, SiteForm)
    return look_then_act(
        request, form, partial(sites.add_site, by=request.user),
        title=_("Add a site"), button=_("Add the site"), back=reverse("sites"),
        back_text=_("Sites"),
    )  # fmt: skip


@login_required
@may_keep
def rename(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code)
    return _act(
        request, site, asked(request, NameForm, name=site.name), sites.rename_site,
        title=_("Rename %(name)s") % {"name": site.name}, button=_("Rename the site"),
    )  # fmt: skip


@login_required
@may_keep
def change_time_zone(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code)
    return _act(
        request, site, asked(request, ZoneForm, time_zone=site.time_zone),
        partial(sites.change_time_zone, now=timezone.now()),
        title=_("Time zone of %(name)s") % {"name": site.name}, button=_("Change the time zone"),
    )  # fmt: skip


@login_required
@may_keep
def change_week(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code)
    today = timezone.localdate()
    week = site_days(site).week_in_force(today)
    known = {
        "working_days": [str(day) for day in sorted(rules.parse_working_days(week.working_days))],
        "country": week.country,
        "subdivision": week.subdivision,
    } if week else {}  # fmt: skip
    return _act(
        request, site, asked(request, WeekForm, from_date=today, **known), sites.change_week,
        title=_("Working week of %(name)s") % {"name": site.name}, button=_("Change the week"),
        lead=_("Days before it keep the week they had."),
    )  # fmt: skip


@login_required
@may_keep
def add_calendar_entry(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code)
    return _act(
        request, site, asked(request, CalendarEntryForm), sites.add_calendar_entry,
        title=_("A closure or extra day of %(name)s") % {"name": site.name},
        button=_("Add the day"),
    )  # fmt: skip


@login_required
@may_keep
def remove_calendar_entry(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    site = get_object_or_404(Site, code=code)
    entry = get_object_or_404(site.calendar_entries, pk=pk)
    return _act(
        request, site, asked(request, Form), partial(sites.remove_calendar_entry, entry_id=pk),
        title=_("Remove “%(name)s”") % {"name": entry.name}, button=_("Remove the day"),
        danger=True,
    )  # fmt: skip


def _act(request: HttpRequest, site: Site, form: Form, act, **shown) -> HttpResponse:
    back = reverse("site", args=[site.code])
    act = partial(act, site, by=request.user)
    return look_then_act(request, form, act, back=back, back_text=site.name, **shown)
