"""An announcement: written here for its days and its screens, or the newest of the pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from cms.services.for_screens.announcing import newest_announcement
from screens.slides import words
from screens.slides.base import Facts, LeftOut, Slide, View


def which_screens() -> list[tuple[str, str]]:
    rows = apps.get_model("screens", "Screen").objects.order_by("name")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


TITLE = {"label": gettext_lazy("Title"), "max_length": 60, "required": False}
TEXT = {"label": gettext_lazy("Text"), "max_length": 200, "required": False}


class InAnotherLanguage(blocks.StructBlock):
    language = blocks.ChoiceBlock(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    title = blocks.CharBlock(**TITLE)
    text = blocks.CharBlock(**TEXT)


class AnnouncementSlide(Slide):
    kind = "announcement"
    title = blocks.CharBlock(
        **TITLE,
        help_text=gettext_lazy("Five words. Empty: the newest announcement of the pages."),
    )
    text = blocks.CharBlock(**TEXT, help_text=gettext_lazy("One or two short sentences."))
    translations = blocks.ListBlock(
        InAnotherLanguage(), label=gettext_lazy("In other languages"), default=[], required=False
    )
    first_day = blocks.DateBlock(label=gettext_lazy("First day"), required=False)
    last_day = blocks.DateBlock(label=gettext_lazy("Last day"), required=False)
    screens = blocks.MultipleChoiceBlock(
        choices=which_screens, label=gettext_lazy("Only on"), required=False,
        help_text=gettext_lazy("None chosen: on all screens that show this playlist."),
    )  # fmt: skip

    class Meta:
        label = gettext_lazy("Announcement")
        icon = "warning"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            refused = ValidationError(_("Not before the first day."))
            raise blocks.StructBlockValidationError({"last_day": refused})
        if cleaned.get("text") and not cleaned.get("title"):
            refused = ValidationError(_("A text needs its title; without both, the newest page is"
                                        " shown."))  # fmt: skip
            raise blocks.StructBlockValidationError({"title": refused})
        return cleaned

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        first, last = value.get("first_day"), value.get("last_day")
        if first and view.today < first:
            raise LeftOut(_("Begins on %(day)s.") % {"day": words.written_day(first)})
        if last and view.today > last:
            raise LeftOut(_("Was over on %(day)s.") % {"day": words.written_day(last)})
        if value.get("title"):
            return Facts(in_language(value, view.language))
        newest = newest_announcement(language=view.language)
        if newest is None:
            raise LeftOut(_("There is no announcement yet."))
        day = words.written_day(date.fromisoformat(newest["published_on"]))
        return Facts({"title": newest["title"], "text": newest["text"], "day": day})

    def text_to_read(self, value: Mapping[str, Any]) -> list[str]:
        return [text for text in (value.get("title"), value.get("text")) if text]

    def other_versions(self, value: Mapping[str, Any]) -> list[list[str]]:
        return [self.text_to_read(each) for each in value.get("translations") or []]

    def only_on(self, value: Mapping[str, Any]) -> frozenset[int]:
        return frozenset(int(screen) for screen in value.get("screens") or [])


def in_language(value: Mapping[str, Any], language: str) -> dict[str, str]:
    """As it was written for a language; what was not, as it was written first."""
    found = next(
        (each for each in value.get("translations") or [] if each["language"] == language), None
    )
    said = found if found and found.get("title") else value
    return {"title": said["title"], "text": said.get("text") or ""}
