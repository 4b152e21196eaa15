"""Why a case was within the limits or not, in people's words: from what was counted when it was
entered, and with the row of policy behind each limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from empowerment.models import Case, Limit
from empowerment.rules.limits import Check, Measure, Scope, first_day_of, missing
from people.dates import short_day


@dataclass(frozen=True)
class Counted:
    """One limit beside a case: `counts` says what it counts, `holds_for` for whom."""

    check: Check
    limit: Limit
    name: str
    counts: str
    holds_for: str
    amount_minor: int

    @property
    def broken(self) -> bool:
        return not self.check.allows(self.amount_minor)

    @property
    def left_minor(self) -> int:
        """What is left after the case; 0 where it was above."""
        return max(0, self.check.left_minor - self.amount_minor)

    @property
    def over_minor(self) -> int:
        """By how much the case is above it."""
        return max(0, self.amount_minor - self.check.left_minor)


@dataclass(frozen=True)
class Explanation:
    verdict: str
    counted: list[Counted]

    @property
    def broken(self) -> list[Counted]:
        return [each for each in self.counted if each.broken]


def explained(case: Case) -> Explanation:
    """From the case's own checks: limits that were set since change nothing in it."""
    checks = [Check(**check) for check in case.checks]
    rows = Limit.objects.select_related("employee", "department", "site")
    limits = rows.in_bulk([check.limit for check in checks])
    counted = [_counted(case, check, limits[check.limit]) for check in checks]
    return Explanation(_verdict(case, checks, counted), counted)


def _counted(case: Case, check: Check, limit: Limit) -> Counted:
    return Counted(
        check, limit, str(Measure(check.measure).label), _counts(case, check), _holds_for(limit),
        case.amount_minor,
    )  # fmt: skip


def _verdict(case: Case, checks: Sequence[Check], counted: Sequence[Counted]) -> str:
    if case.within_limits:
        return _("It was within every limit, so it was approved the moment it was entered.")
    unset = [str(measure.label) for measure in missing(checks)]
    if unset:
        return _("Nobody had set a limit %(names)s, so nothing could be spent without asking.") % {
            "names": ", ".join(unset)
        }
    broken = [each.name for each in counted if each.broken]
    if broken:
        return _("It was above the limit %(names)s, so a lead was asked.") % {
            "names": ", ".join(broken)
        }
    return _("It was above a limit when it was entered; money came back while it was asked for.")


def _counts(case: Case, check: Check) -> str:
    """What a limit adds up, with the days it looks at."""
    day = _day_of(case)
    month = formats.date_format(day, "YEAR_MONTH_FORMAT")
    who = case.employee.name
    if check.measure == Measure.CASE:
        return _("this case alone")
    if check.measure == Measure.CUSTOMER:
        return _("what anybody spent on this customer from %(first)s through %(last)s") % {
            "first": short_day(first_day_of(check.days or 1, day)), "last": short_day(day),
        }  # fmt: skip
    if check.measure == Measure.DAY:
        said = {"name": who, "day": short_day(day)}
        return _("what %(name)s spent without asking on %(day)s") % said
    if check.measure == Measure.MONTH:
        said = {"name": who, "month": month}
        return _("what %(name)s spent without asking in %(month)s") % said
    return _("what all of %(department)s spent in %(month)s") % {
        "department": case.department, "month": month,
    }  # fmt: skip


def _day_of(case: Case) -> date:
    """The day it was entered, at its site."""
    return case.entered_at.astimezone(ZoneInfo(case.site.time_zone)).date()


def _holds_for(limit: Limit) -> str:
    if limit.scope == Scope.EVERYBODY:
        return _("everybody")
    if limit.scope == Scope.ROLE:
        return _("everybody with the role %(role)s") % {"role": limit.whom}
    if limit.scope == Scope.GRADE:
        return _("everybody who works as %(grade)s") % {"grade": limit.whom}
    return limit.whom
