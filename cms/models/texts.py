"""The same words in more than one language: a reader gets her own, else the page's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.search import index

WORDS = ["bold", "italic", "link", "ul", "ol", "image"]


def languages_offered() -> list[tuple[str, str]]:
    """Asked anew each time: a company offers another language without a migration."""
    return settings.LANGUAGES


@dataclass(frozen=True)
class Told:
    """What stands on a page for one reader; `body` is rich text."""

    title: str
    summary: str
    body: str


class InALanguage(models.Model):
    language = models.CharField(_("language"), max_length=10, choices=languages_offered)

    class Meta:
        abstract = True


class TextsInALanguage(InALanguage):
    """A title in another language, and as much of the rest as somebody has translated."""

    title = models.CharField(_("title"), max_length=255)
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    body = RichTextField(_("text"), blank=True, features=WORDS)

    panels = [
        FieldPanel("language"),
        FieldPanel("title"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["page", "language"], name="one_%(class)s_a_language")
        ]


TRANSLATED = [index.SearchField(each) for each in ("title", "summary", "body")]


class InLanguages:
    """For a page with `texts` in other languages; `TITLE`, `SUMMARY` and `BODY` name its own."""

    TITLE, SUMMARY, BODY = "title", "summary", "body"
    texts: Any

    first_published_at: Any

    @property
    def published_on(self) -> date | None:
        """In the company's zone; None while it is a draft."""
        at = self.first_published_at
        return timezone.localdate(at) if at else None

    @property
    def told(self) -> Told:
        return self.told_in(get_language() or settings.LANGUAGE_CODE)

    def told_in(self, language: str) -> Told:
        """What is missing in a language stands there as the page itself has it."""
        said = next((each for each in self.texts.all() if each.language == language), None)
        own = (self.TITLE, self.SUMMARY, self.BODY)
        fields = zip(("title", "summary", "body"), own, strict=True)
        return Told(
            **{
                field: (said and getattr(said, field)) or (getattr(self, name) if name else "")
                for field, name in fields
            }
        )
