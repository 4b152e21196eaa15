"""You said, we did: what a poll brought to light, and what is done about it."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import Department, Employee
from surveys.models.questions import Theme
from surveys.models.waves import Wave

USER = settings.AUTH_USER_MODEL


class FocusArea(models.Model):
    """What the company, or a department, chose to work on after a poll."""

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="focus_areas")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict, blank=True)
    why = models.TextField(blank=True)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-wave__opens_at", "pk"]

    def __str__(self) -> str:
        return self.named()

    def named(self, language: str | None = None) -> str:
        """In a language, or that of the moment; where it has no name there, the company's."""
        return self.names.get(language or get_language() or "") or self.name


class Actions(models.QuerySet):
    def under_way(self) -> Self:
        return self.filter(state__in=UNDER_WAY)

    def overdue(self, day: date) -> Self:
        """What is not done although its day is over."""
        return self.under_way().filter(due_on__lt=day)


class Action(models.Model):
    """Something done about a focus area: by whom, until when. `said` and `did` are what the page
    tells, `texts` holds both by further languages; of what was dropped, `did` says why."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        BEGUN = "begun", _("begun")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    focus = models.ForeignKey(FocusArea, models.PROTECT, related_name="actions")
    said = models.TextField()
    did = models.TextField(blank=True)
    texts = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    done_on = models.DateField(null=True, blank=True)
    is_published = models.BooleanField(default=False)

    objects = Actions.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False)
                | ~Q(state="done") & Q(done_on__isnull=True),
                name="an_action_that_is_done_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return self.said_in()

    def said_in(self, language: str | None = None) -> str:
        return self._in(language, "said") or self.said

    def did_in(self, language: str | None = None) -> str:
        return self._in(language, "did") or self.did

    def _in(self, language: str | None, what: str) -> str:
        return self.texts.get(language or get_language() or "", {}).get(what, "")

    def is_overdue(self, *, on: date) -> bool:
        return self.state in UNDER_WAY and self.due_on < on


UNDER_WAY = (Action.State.PLANNED, Action.State.BEGUN)
