"""A person's statement as a page of A4, in the person's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.rules import BASIS
from incentives.services.statements import EarnedMonth, Statement, months_between
from people.dates import short_day
from people.money import money
from people.services.binding import pdf_of
from people.services.fonts import LEFT_TO_RIGHT_MARK
from people.services.languages import offered
from people.services.typesetting import A4, About, Colour, Sheet

LEFT, RIGHT, BOTTOM = 48, A4[0] - 48, 46
WIDE = RIGHT - LEFT
GAP = 24
HALF = (WIDE - GAP) / 2
CHART = 112
CLOSE = 2
INK: Colour = (0.09, 0.125, 0.2)
SOFT: Colour = (0.33, 0.376, 0.455)
BRAND: Colour = (0.078, 0.259, 0.545)
TINT: Colour = (0.894, 0.933, 0.984)
PALE: Colour = (0.78, 0.84, 0.93)
RULE: Colour = (0.82, 0.845, 0.885)
WARN: Colour = (0.42, 0.29, 0)
WARN_GROUND: Colour = (1, 0.957, 0.839)
APART = f" {LEFT_TO_RIGHT_MARK}·{LEFT_TO_RIGHT_MARK} "
"""Between facts: a Hebrew department does not change places with an Arabic job."""


def statement_pdf(statement: Statement, *, made_at: datetime) -> bytes:
    """A file of one statement. Raises fonts.MissingCharacters, naming what can't be printed."""
    return pdf_of(set_statement(statement), made_at=made_at)


def set_statement(statement: Statement) -> Sheet:
    """Ready to be drawn. Raises fonts.MissingCharacters."""
    language = offered(statement.language)
    with translation.override(language):
        title = _("Bonus statement %(year)s: %(name)s")
        title %= {"year": statement.year, "name": statement.name}
        sheet = Sheet(About(title, settings.WAGTAIL_SITE_NAME, language))
        _draw(sheet, statement)
    return sheet


def _draw(sheet: Sheet, statement: Statement) -> None:
    y = _head(sheet, statement)
    y = _person(sheet, statement, y)
    y = _share(sheet, statement, y - 10)
    y = _charts(sheet, statement, y - 34)
    y = _steps(sheet, statement, y - 34)
    y = _corrected(sheet, statement, y - 12)
    _foot(sheet, statement, y - 12)


def _head(sheet: Sheet, statement: Statement) -> float:
    sheet.box(0, A4[1] - 7, A4[0], 7, BRAND)
    y: float = A4[1] - 58
    headline = _("Brought to you by the customer")
    sheet.text(LEFT, y, headline, 23, colour=BRAND, bold=True)
    what = _("Bonus statement %(year)s · pool %(pool)s")
    y = _paragraph(
        sheet, y - 6, what % {"year": statement.year, "pool": statement.pool}, 10, colour=SOFT
    )
    if statement.is_estimate:
        y = _estimate(sheet, statement, y - 6)
    sheet.line([(LEFT, y - 8), (RIGHT, y - 8)], RULE)
    return y - 12


def _estimate(sheet: Sheet, statement: Statement, y: float) -> float:
    text = _("Estimate as of %(day)s: nothing is decided or paid, and the figures will change.")
    sheet.box(LEFT, y - 22, WIDE, 20, WARN_GROUND)
    text %= {"day": _day(statement.through)}
    sheet.text(LEFT + 8, y - 15.5, text, _fitting(sheet, text, 9.5), colour=WARN, bold=True)
    return y - 24


def _fitting(sheet: Sheet, text: str, size: float, *, within: float = WIDE - 16) -> float:
    return min(size, size * within / max(sheet.width(text, size, bold=True), 1))


def _person(sheet: Sheet, statement: Statement, y: float) -> float:
    name = statement.name
    wide = sheet.width(name, 1, bold=True)
    size = next((size for size in (17, 13, 11) if wide * size <= 1.9 * WIDE), 9)
    y = _paragraph(sheet, y, name, size, bold=True)
    number = _("Employee number %(number)s") % {"number": statement.number}
    facts = [number, statement.department, statement.job_title]
    return _paragraph(sheet, y, APART.join(filter(None, facts)), 9.5, colour=SOFT)


def _share(sheet: Sheet, statement: Statement, y: float) -> float:
    label = _("Your share so far") if statement.is_estimate else _("Your share")
    amount = money(statement.share_minor, statement.currency)
    size = _fitting(sheet, amount, 29, within=HALF - 8)
    words = sheet.lines(_in_words(statement), 9.5, within=HALF - 8)
    height = max(66, 20 + 13 * len(words))
    sheet.box(LEFT, y - height, WIDE, height, TINT)
    sheet.box(LEFT, y - height, 4, height, BRAND)
    middle = y - height / 2
    sheet.text(LEFT + 16, middle + 15, label, 10, colour=SOFT)
    sheet.text(LEFT + 16, middle - 16, amount, size, colour=BRAND, bold=True)
    top = middle + 6.5 * len(words) - 9.5
    for row, line in enumerate(words):
        sheet.text(LEFT + HALF + GAP, top - 13 * row, line, 9.5, colour=INK)
    return y - height


def _in_words(statement: Statement) -> str:
    """What the amount is, where it is nothing or the cap."""
    if statement.share_minor == 0:
        return _why_nothing(statement)
    if statement.is_capped:
        text = _(
            "This is your cap, the most a year's bonus can be: %(cap)s of salary."
            " What you would have got above it went to the others."
        )
        return text % {"cap": _percent(statement.cap_bp)}
    text = _(
        "The goals were met on %(hit)s of %(days)s days. Each of those days put money into the"
        " pool; this is your part of it."
    )
    return text % {"hit": statement.hit_days, "days": statement.verdict_days}


def _why_nothing(statement: Statement) -> str:
    if not statement.days:
        return _("There is nothing to pay: no day that put money into the pool counts for you.")
    if statement.cap_minor == 0:
        return _("There is nothing to pay: other pools have paid you all that your cap allows.")
    if statement.pool_minor <= 0:
        return _("There is nothing to pay: the pool is empty.")
    return _("There is nothing to pay: your part of the pool is less than its smallest coin.")


def _charts(sheet: Sheet, statement: Statement, y: float) -> float:
    right = LEFT + HALF + GAP
    months = months_between(statement.first, statement.last)
    sheet.text(LEFT, y, _("What you had earned, day by day"), 10, colour=INK, bold=True)
    bottom = y - 18 - CHART
    _curve(sheet, statement, bottom)
    _month_names(sheet, months, LEFT, bottom)
    sheet.text(right, y, _("Your hit days by month"), 10, colour=INK, bold=True)
    _bars(sheet, statement.months, right, bottom, slots=len(months))
    _month_names(sheet, months, right, bottom)
    return bottom - 12


def _curve(sheet: Sheet, statement: Statement, bottom: float) -> None:
    points = [(round(x, 1), round(bottom + y, 1)) for x, y in _curve_points(statement)]
    sheet.area([*points, (points[-1][0], bottom), (LEFT, bottom)], TINT)
    sheet.line([(LEFT, bottom), (LEFT + HALF, bottom)], RULE)
    sheet.line(points, BRAND, 1.4)
    x, y = points[-1]
    amount = money(statement.earned_minor, statement.currency)
    beside = x if x > LEFT + HALF / 2 else LEFT
    align = 1 if beside == x else 0
    sheet.text(beside, y + 4, amount, 8, colour=BRAND, bold=True, align=align)


def _curve_points(statement: Statement) -> list[tuple[float, float]]:
    """From the page's left and the chart's bottom; no more of them than can be told apart."""
    first = statement.first.toordinal()
    across = HALF / max(statement.last.toordinal() - first, 1)
    up = (CHART - 12) / max(statement.earned_minor, 1)
    points: list[tuple[float, float]] = []
    for day, total in statement.curve:
        x = LEFT + across * (day.toordinal() - first)
        if len(points) > 1 and x < points[-2][0] + CLOSE:
            points.pop()
        points.append((x, up * total))
    return points


def _bars(
    sheet: Sheet, months: list[EarnedMonth], left: float, bottom: float, *, slots: int
) -> None:
    most = max((month.all_hit_days for month in months), default=0) or 1
    slot = HALF / slots
    for place, month in enumerate(months):
        x, wide = left + slot * (place + 0.18), slot * 0.64
        every = (CHART - 12) * month.all_hit_days / most
        own = (CHART - 12) * month.hit_days / most
        if every:
            sheet.box(x, bottom, wide, every, PALE)
        if own:
            sheet.box(x, bottom, wide, own, BRAND)
        sheet.text(
            x + wide / 2, bottom + every + 3, str(month.hit_days), 7.5, colour=INK, align=0.5
        )
    sheet.line([(left, bottom), (left + HALF, bottom)], RULE)


def _month_names(sheet: Sheet, months: list[date], left: float, bottom: float) -> None:
    language, slot = translation.get_language(), HALF / len(months)
    for place, month in enumerate(months):
        name = _month_name(language, month.month)
        size = _fitting(sheet, name, 7, within=slot - 3)
        sheet.text(left + slot * (place + 0.5), bottom - 11, name, size, colour=SOFT, align=0.5)


@lru_cache(maxsize=400)
def _month_name(_language: str, month: int) -> str:
    return formats.date_format(date(2001, month, 1), "M")


@dataclass(frozen=True)
class Step:
    """A line of how a share came about: what, why, how much."""

    what: str
    why: str
    figure: str
    is_result: bool = False


def _steps(sheet: Sheet, statement: Statement, y: float) -> float:
    sheet.text(LEFT, y, _("How your share came about"), 12, colour=INK, bold=True)
    y -= 8
    for step in steps(statement):
        y = _step(sheet, step, y)
    return y


def _step(sheet: Sheet, step: Step, y: float) -> float:
    what = sheet.lines(step.what, 9.5, within=114, bold=True)
    why = sheet.lines(step.why, 9, within=274)
    height = 12 * max(len(what), len(why)) + 8
    if step.is_result:
        sheet.box(LEFT, y - height, WIDE, height, TINT)
    else:
        sheet.line([(LEFT, y - height), (RIGHT, y - height)], RULE)
    first = y - 13
    for row, line in enumerate(what):
        sheet.text(LEFT + 6, first - 12 * row, line, 9.5, colour=INK, bold=True)
    for row, line in enumerate(why):
        sheet.text(LEFT + 126, first - 12 * row, line, 9, colour=SOFT)
    size = _fitting(sheet, step.figure, 10.5 if step.is_result else 9.5, within=WIDE - 412)
    colour = BRAND if step.is_result else INK
    sheet.text(RIGHT - 6, first, step.figure, size, colour=colour, bold=step.is_result, align=1)
    return y - height


def steps(statement: Statement) -> Iterator[Step]:
    """From the days to the penny, in the active language."""

    def amount(minor: int) -> str:
        return money(minor, statement.currency)

    yield _days_step(statement)
    yield Step(
        _("Earned"),
        _("Your part of what those days put into the pool, by salary and working time of the day."),
        amount(statement.earned_minor),
    )
    if statement.department_bp is not None:
        why = _("By how your department met its own goals over the year.")
        yield Step(_("Department's factor"), why, _factor(statement.department_bp))
    if statement.manager_bp is not None:
        why = _("Given by your lead; what one gets more by it, others of the department get less.")
        yield Step(_("Lead's factor"), why, _factor(statement.manager_bp))
    yield _pool_step(statement)
    yield _cap_step(statement)
    why = _("Whole pennies: what rounding leaves over goes to the largest remainders.")
    yield Step(_("Your share"), why, amount(statement.share_minor), is_result=True)


def _days_step(statement: Statement) -> Step:
    why = _("The goals were met on %(hit)s of %(days)s days; %(own)s of them count for you.")
    own = len(statement.days)
    return Step(
        _("Hit days"),
        why % {"hit": statement.hit_days, "days": statement.verdict_days, "own": own},
        ngettext("%(days)s day", "%(days)s days", own) % {"days": own},
    )


def _pool_step(statement: Statement) -> Step:
    why = ngettext(
        "The pool held %(pool)s for %(people)s person, shared by what each had earned,"
        " factors included, up to the cap.",
        "The pool held %(pool)s for %(people)s people, shared by what each had earned,"
        " factors included, up to the cap.",
        statement.people,
    )
    pool = money(statement.pool_minor, statement.currency)
    return Step(
        _("Part of the pool"),
        why
        % {"pool": pool, "people": formats.number_format(statement.people, force_grouping=True)},
        _part(statement.share_minor, statement.pool_minor),
    )


def _cap_step(statement: Statement) -> Step:
    say = {
        "cap": _percent(statement.cap_bp),
        "salary": money(statement.salary_minor, statement.currency),
        "other": money(statement.other_pools_minor, statement.currency),
    }
    if statement.other_pools_minor:
        why = _("%(cap)s of a salary of %(salary)s, less %(other)s from other pools.")
    else:
        why = _("%(cap)s of a salary of %(salary)s: nobody gets more.")
    return Step(_("Cap"), why % say, money(statement.cap_minor, statement.currency))


def _corrected(sheet: Sheet, statement: Statement, y: float) -> float:
    """Every day that was corrected after it was final, by its date."""
    if not statement.corrected:
        return y
    language = translation.get_language()
    days = ", ".join(_short_day(language, day.date) for day in statement.corrected)
    text = _("Corrected after they were final, and counted as corrected: %(days)s.")
    return _paragraph(sheet, y, text % {"days": days}, 8.5, colour=SOFT)


@lru_cache(maxsize=2000)
def _short_day(_language: str, day: date) -> str:
    return short_day(day)


def _foot(sheet: Sheet, statement: Statement, y: float) -> None:
    """At the page's end, or on a new page when it does not fit any more."""
    lines = [
        (line, link)
        for text, link in _foot_texts(statement)
        for line in sheet.lines(text, 8.5, within=WIDE)
    ]
    top = BOTTOM + 12 * len(lines)
    if y < top:
        _continue(sheet)
    y = top
    sheet.line([(LEFT, y), (RIGHT, y)], RULE)
    for line, link in lines:
        y -= 12
        wide = sheet.text(LEFT, y, line, 8.5, colour=BRAND if link else INK)
        if link:
            sheet.link(LEFT, y - 2, wide, 11, link)


def _foot_texts(statement: Statement) -> Iterator[tuple[str, str]]:
    """Each with the address it leads to, if any."""
    names = ", ".join(statement.ask) or _("finance")
    if statement.questions_until is None:
        yield _("Questions? Ask %(names)s.") % {"names": names}, ""
    else:
        text = _("Questions? Ask %(names)s, until %(day)s.")
        yield text % {"names": names, "day": _day(statement.questions_until)}, ""
    if statement.code:
        text = _("Your line in the replay file, from which anybody can recompute it all: %(code)s")
        yield text % {"code": statement.code}, ""
    yield _("Every figure, down to each day: %(link)s") % {"link": statement.link}, statement.link


def _paragraph(
    sheet: Sheet, y: float, text: str, size: float, *, colour: Colour = INK, bold: bool = False
) -> float:
    """Draws below `y`, on further pages where it has to, and returns where it ends."""
    for line in sheet.lines(text, size, within=WIDE, bold=bold):
        if y - size * 1.35 < BOTTOM:
            y = _continue(sheet)
        y -= size * 1.35
        sheet.text(LEFT, y, line, size, colour=colour, bold=bold)
    return y - size * 0.25


def _continue(sheet: Sheet) -> float:
    sheet.new_page()
    sheet.box(0, A4[1] - 7, A4[0], 7, BRAND)
    return A4[1] - 36


def _day(day: date) -> str:
    # Translators: Django's date format of a day without its weekday: 22 November 2026
    return formats.date_format(day, _("j F Y"))


def _percent(basis_points: int) -> str:
    shown = formats.number_format((Decimal(basis_points) / 100).normalize())
    return _("%(number)s%%") % {"number": shown}


def _part(share: int, whole: int) -> str:
    """Of the whole in percent, with as many decimals as tell small parts apart."""
    if whole <= 0:
        return "–"
    part = Decimal(100 * share) / whole
    shown = formats.number_format(part, 0 if not part else 2 if part >= 1 else 4)
    return _("%(number)s%%") % {"number": shown}


def _factor(basis_points: int) -> str:
    return "× " + formats.number_format(Decimal(basis_points) / BASIS, 4).rstrip("0").rstrip(".,")
