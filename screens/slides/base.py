"""What every kind of slide is: a block that an editor fills in, and facts that the house knows.

A block's `facts` asks `cms` for plain data and says what the template is given; the template only
arranges it. A slide is rendered once for all screens that are alike, never for one person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from people.models import Department, ShownTo


@dataclass(frozen=True)
class View:
    """Whom a loop is for: who stands before the screen, in which language, in which zone.
    `department` where the screen is a department's."""

    shown_to: ShownTo
    department: Department | None
    language: str
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """Where the screen hangs."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Facts:
    """What a template is given. `date`: the business day that the slide is about, ISO, if it is
    about one. `people`: ids of employees who are named; such a slide is `personal`, and goes from
    a screen that can't ask any more whether they still agree."""

    values: Mapping[str, Any]
    date: str | None = None
    people: frozenset[int] = field(default_factory=frozenset)
    personal: bool = False


class LeftOut(Exception):
    """Nothing to show, and why, in words for an editor: "No day has been posted yet." """


class Slide(blocks.StructBlock):
    """`kind` names the template, `screens/slides/KIND.html`, and the class of its CSS."""

    kind: ClassVar[str] = ""
    seconds = blocks.IntegerBlock(
        label=_("Seconds"), min_value=5, max_value=120, default=15,
        help_text=_("How long a page of it stands."),
    )  # fmt: skip

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        """In the view's language, which is active. Raises LeftOut."""
        raise NotImplementedError

    def only_on(self, value: Mapping[str, Any]) -> frozenset[int]:
        """Ids of the screens it stands on; empty: on all of them."""
        return frozenset()

    def text_to_read(self, value: Mapping[str, Any]) -> list[str]:
        """What an editor has written that is read from five metres, for the glance check."""
        return []

    def other_versions(self, value: Mapping[str, Any]) -> list[list[str]]:
        """The same texts in other languages, each shown for the same seconds."""
        return []

    def rendered(self, value: Mapping[str, Any], facts: Facts) -> str:
        context = {**facts.values, "date": facts.date, "seconds": value.get("seconds")}
        return render_to_string(f"screens/slides/{self.kind}.html", context)
