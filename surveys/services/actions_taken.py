"""The question of the next poll: whether action was taken after the last one.

Its wording stays the same from poll to poll, so that the trend goes on; what was worked on, which
differs each time, is told above it.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from people.models import User
from surveys.models import Question, Theme, Wave
from surveys.rules.acting import shortened
from surveys.rules.questionnaire import Kind
from surveys.services.acting_page import published
from surveys.services.drafting import add_questions, copy, name_sections
from surveys.services.library import NewQuestion, Said, add_question

CODE = "action-taken"
TEXT = gettext_noop("Action was taken after the last poll.")
MOST_NAMED = 5
LONGEST_TITLE = 120
"""Characters: the reminder is the title of the question's section."""


@dataclass(frozen=True)
class ActionsTakenItem:
    """A question to propose: `texts` is its wording by language, `reminder` what stands above it
    in each."""

    code: str
    kind: Kind
    texts: dict[str, dict[str, str]]
    reminder: dict[str, str]


def actions_taken_item(after: Wave, *, languages: list[str]) -> ActionsTakenItem | None:
    """What to ask in the poll that follows one, in the languages it is asked in; None when nothing
    was published after it: then there is nothing that people could have seen."""
    actions = published().filter(focus__wave=after).order_by("focus", "pk")
    areas = list({action.focus_id: action.focus for action in actions}.values())[:MOST_NAMED]
    if not areas:
        return None
    texts, reminder = {}, {}
    for language in languages:
        with translation.override(language):
            texts[language] = {"text": _(TEXT)}
            named = pgettext("between names in a list", "; ").join(
                area.named(language) for area in areas
            )
            said = _("After the last poll we chose to work on: %(areas)s.") % {"areas": named}
            reminder[language] = shortened(said, words=LONGEST_TITLE, columns=LONGEST_TITLE)
    return ActionsTakenItem(CODE, Kind.AGREEMENT, texts, reminder)


@transaction.atomic
def copy_and_ask(
    wave: Wave,
    code: str,
    name: str,
    *,
    keep: AbstractSet[int] = frozenset(),
    by: User,
    now: datetime,
) -> Wave:
    """A draft that asks what another poll asked and, where something was published after that,
    whether action was taken. Raises DraftRefused."""
    draft = copy(wave, code, name, keep=keep, by=by)
    languages = _languages(draft)
    item = actions_taken_item(wave, languages=languages)
    if item is None:
        return draft
    asked = draft.items.filter(wording__question__code=CODE).first()
    if asked is None:
        draft = name_sections(draft, [*_sections(draft), item.reminder], by=by)
        question = _question(item, by=by, now=now)
        return add_questions(draft, [question], section=len(draft.sections), by=by)
    # Among other questions it stands under their title; alone, below what was worked on this time.
    if not draft.items.filter(section=asked.section).exclude(pk=asked.pk).exists():
        sections = _sections(draft)
        sections[asked.section - 1] = item.reminder
        draft = name_sections(draft, sections, by=by)
    return draft


def _sections(draft: Wave) -> list[dict[str, str]]:
    """A poll without titles has one section too."""
    return list(draft.sections) or [{}]


def _languages(draft: Wave) -> list[str]:
    """Those that the other questions are asked in; of none, the company's."""
    wordings = draft.items.values_list("wording__texts", flat=True)
    used = {language for texts in wordings for language in texts}
    return [code for code, _name in settings.LANGUAGES if not used or code in used]


def _question(item: ActionsTakenItem, *, by: User, now: datetime) -> Question:
    """As the library has it, else new there."""
    found = Question.objects.filter(code=item.code).first()
    if found:
        return found
    said = {language: Said(texts["text"]) for language, texts in item.texts.items()}
    theme = Theme.objects.filter(code="action").first()
    new = NewQuestion(item.code, item.kind, said, theme=theme, may_not_apply=True)
    return add_question(new, by=by, now=now)
