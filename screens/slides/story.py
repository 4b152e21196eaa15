"""A story of good service: the newest, or a chosen one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from cms.services.for_screens.stories import story
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View


class StorySlide(Slide):
    kind = "story"
    story = blocks.PageChooserBlock(
        page_type="cms.StoryPage", required=False, label=gettext_lazy("Story"),
        help_text=gettext_lazy("Empty: the newest."),
    )  # fmt: skip

    class Meta:
        label = gettext_lazy("Story")
        icon = "doc-full"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        chosen = value.get("story")
        told = story(view.shown_to, language=view.language, only=chosen.pk if chosen else None)
        if told is None:
            raise LeftOut(_("There is no story in which everybody agrees to be shown here."))
        day = words.written_day(date.fromisoformat(told["published_on"]))
        values = {name: told[name] for name in ("title", "summary", "picture", "image_text")}
        return Facts(
            {**values, "day": day}, people=frozenset(told["people"]), personal=told["personal"]
        )
