"""Yesterday's results by department."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from cms.services.for_screens.departments import Below, choices, department_and_below
from cms.services.posting import newest_snapshot
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View
from screens.slides.tiles import tally, tiles

WHOLE = "*"
"""No department's code: codes are letters and digits."""


def which() -> list[tuple[str, Any]]:
    return [(WHOLE, gettext_lazy("The whole company")), *choices()]


class BoardSlide(Slide):
    kind = "board"
    department = blocks.ChoiceBlock(
        choices=which, required=False, label=gettext_lazy("Department"),
        help_text=gettext_lazy(
            "With those below it. Empty: on a department's screen that department, elsewhere the"
            " whole company."
        ),
    )  # fmt: skip

    class Meta:
        label = gettext_lazy("Results by department")
        icon = "table"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        newest = newest_snapshot()
        if newest is None:
            raise LeftOut(_("No day has been posted yet."))
        board = newest.board
        below = chosen(value.get("department") or "", board, view)
        found = tiles(board, below.codes if below else None)
        if below and not found:
            raise LeftOut(
                _("No goal of %(department)s was due on the posted day.")
                % {"department": below.name}
            )
        return Facts({**head(board, below), "tiles": found}, date=board["date"])


def chosen(code: str, board: Mapping[str, Any], view: View) -> Below | None:
    """Whose goals: None is the whole company. As departments stood on the posted day."""
    if not code and view.department is not None:
        code = view.department.code
    if not code or code == WHOLE:
        return None
    below = department_and_below(code, on=words.day_of(board))
    if below is None:
        raise LeftOut(_("There is no department %(code)s any more.") % {"code": code})
    return below


def head(board: Mapping[str, Any], below: Below | None) -> dict[str, Any]:
    """The strip above the tiles: which day, how it went, what it paid; always the company's."""
    company, pool = board["company"], words.headline_pool(board)
    day = words.day_of(board)
    return {
        "day": words.headline_day(day),
        "sentence": words.sentence(company),
        "verdict": words.verdict_of(company["hit"]),
        "verdict_said": words.verdict_words(company),
        "status": words.status_of(board["status"], board["version"]),
        "status_said": words.status_words(board),
        "rule": words.rule(board),
        "pool": pool_lines(pool) if pool else None,
        "label": _("Goals of {day}").format(day=words.written_day(day)),
        "department": below.name if below else "",
        "tally": tally(board, below.codes if below else None),
    }


def pool_lines(pool: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": words.pool_named(pool),
        "balance": words.money(pool["balance_minor"], pool["currency"]),
        "paid": words.paid(pool),
    }
