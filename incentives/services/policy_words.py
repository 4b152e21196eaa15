"""A bonus policy in plain words, and which years a new one governs."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.models import BonusPolicy, BonusRun, Pool
from incentives.services.bonus_policies import Terms, set_bonus_policy, terms_for
from incentives.services.explaining import listed
from incentives.services.splitting import percent
from incentives.services.years import fiscal_year
from people.dates import long_day
from people.models import LeaveKind, User
from people.money import money
from people.services.previews import Effects


def terms_in_words(terms: Terms, *, currency: str) -> list[str]:
    """What everybody should know of the own bonus, a sentence each."""
    basis = BonusPolicy.CapBasis(terms.cap_basis).label
    lines = [
        _("Each hit day's money belongs to those who work here on that day, by salary and working"
          " time."),
        _("Nobody gets more than %(cap)s%% of the salary; what counts is the %(basis)s.")
        % {"cap": percent(terms.cap_bp), "basis": basis},
    ]  # fmt: skip
    if terms.department_factor:
        lines.append(_("Who works where more of the own goals were met gets more."))
    if terms.manager_factor:
        lines.append(
            _("Leads may give up to %(band)s%% more or less, with a reason; inside a department it"
              " evens out.")
            % {"band": percent(terms.manager_band_bp)}
        )  # fmt: skip
    return [*lines, *_about_absence(terms), *_about_money(terms, currency)]


def _about_absence(terms: Terms) -> Iterable[str]:
    yield _("%(sentence)s.") % {"sentence": capfirst(BonusPolicy.Leavers(terms.leavers).label)}
    if terms.excluded_leave:
        kinds = [str(LeaveKind(kind).label) for kind in terms.excluded_leave]
        yield _("Days on leave count, but not these: %(kinds)s.") % {"kinds": listed(kinds)}
    else:
        yield _("Days on leave count.")


def _about_money(terms: Terms, currency: str) -> Iterable[str]:
    if terms.negative_limit_minor:
        yield _(
            "If the pool owes money at the end of a year, up to %(limit)s of it goes into the next;"
            " the company bears the rest."
        ) % {"limit": money(terms.negative_limit_minor, currency)}
    else:
        yield _("If the pool owes money at the end of a year, the company bears it.")
    text = ngettext(
        "Questions about the own statement are welcome for %(n)s day after the approval.",
        "Questions about the own statement are welcome for %(n)s days after the approval.",
        terms.question_days,
    )
    yield text % {"n": terms.question_days}


def first_governed(from_date: date) -> int:
    """The first year that a policy from this day governs: the next one to begin."""
    year = fiscal_year(from_date)
    if year.first >= from_date:
        return year.name
    return fiscal_year(year.last + timedelta(days=1)).name


def set_and_tell(pool: Pool, terms: Terms, *, from_date: date, reason: str, by: User) -> Effects:
    """Set the policy and say what that does. Raises BonusPolicyRefused."""
    before = terms_for(pool, fiscal_year(from_date))
    set_bonus_policy(pool, terms, from_date=from_date, reason=reason, by=by)
    first = first_governed(from_date)
    return [
        *_years_governed(pool, from_date, first),
        *_drafts(pool, first),
        *_differences(before, terms, pool.currency),
    ]


def _years_governed(pool: Pool, from_date: date, first: int) -> Iterable[str]:
    running = fiscal_year(from_date)
    following = pool.bonus_policies.filter(from_date__gt=from_date).order_by("from_date").first()
    last = first_governed(following.from_date) - 1 if following else None
    if following is None or last is None:
        yield _("Governs the years from %(first)s on.") % {"first": first}
    elif last < first:
        yield _("Governs no year: the policy from %(day)s is in force before one begins.") % {
            "day": long_day(following.from_date)
        }
    elif last == first:
        yield _("Governs the year %(first)s.") % {"first": first}
    else:
        yield _("Governs the years %(first)s to %(last)s.") % {"first": first, "last": last}
    if running.name != first:
        yield _("%(year)s has begun and stays as it was promised.") % {"year": running.name}


def _drafts(pool: Pool, first: int) -> Iterable[str]:
    undecided = (BonusRun.State.DRAFT, BonusRun.State.PROPOSED)
    for run in pool.bonus_runs.filter(year__gte=first, state__in=undecided).order_by("year"):
        yield _("The bonus of %(year)s is %(state)s: it has to be computed anew.") % {
            "year": run.year,
            "state": run.get_state_display(),
        }


def _differences(before: Terms, after: Terms, currency: str) -> Iterable[str]:
    """Only what is said otherwise than before."""
    said, now = terms_in_words(before, currency=currency), terms_in_words(after, currency=currency)
    if said == now:
        yield _("The rules stay as they are.")
    yield from (_("No longer: %(rule)s") % {"rule": line} for line in said if line not in now)
    yield from (_("New: %(rule)s") % {"rule": line} for line in now if line not in said)
