"""Charts and words of polls' results in templates."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys.charts import single, stacked
from surveys.models import Cell, WaveItem
from surveys.services import telling
from surveys.services.reading import Answer, ItemLine, part_of

register = template.Library()


@register.filter
def answers_bar(line: ItemLine) -> SafeString:
    """Of a question on a scale: all answers in one bar."""
    return stacked([answer.part for answer in line.answers])


@register.filter
def answer_bar(answer: Answer) -> SafeString:
    return single(answer.part)


@register.filter
def rate(cell: Cell) -> str:
    """The response rate of a sealed poll's cell."""
    return _("hidden") if cell.ballots is None else part_of(cell.ballots, cell.invited)


@register.filter
def why_hidden(why: str) -> str:
    return str(telling.WHY_HIDDEN.get(why, ""))


@register.filter
def hidden_mark(why: str) -> str:
    return str(telling.HIDDEN.get(why, ""))


@register.filter
def asked(row: WaveItem, language: str) -> str:
    """A question's text in the reader's language."""
    return telling.text_of(row, language)
