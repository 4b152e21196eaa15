"""What is to be shown where and when; editors write these in Wagtail."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from people.rules import parse_working_days
from screens.models.previewed import Previewed
from screens.models.screens import Screen
from screens.slides import SLIDES


class Slides(StreamField):
    """Another kind of slide is no change of the database, so migrations name none."""

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, path, _args, kwargs = super().deconstruct()
        return name, path, [[]], {**kwargs, "block_lookup": {}}


class Playlist(DraftStateMixin, RevisionMixin, Previewed, ClusterableModel):
    """Slides in their order. What is live is shown, a draft is not."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slides = Slides(SLIDES, verbose_name=_("slides"), blank=True)
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="playlist")

    panels = [
        FieldPanel("name"),
        FieldPanel("slides"),
        InlinePanel(
            "showings", heading=_("When it takes the place of the screens' own"),
            label=_("Showing"),
            help_text=_("Without any it is shown where it is a screen's own playlist, always."),
        ),
    ]  # fmt: skip

    class Meta:
        ordering = ["name"]
        verbose_name = _("playlist")
        verbose_name_plural = _("playlists")

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> models.Manager:
        return self._revisions


class Showing(ClusterableModel):
    """A part of the day or a span of days in which a playlist takes the place of a screen's own;
    clock and days are those of the screen's site. Nothing said: always, on every screen."""

    playlist = ParentalKey(Playlist, related_name="showings")
    weekdays = models.CharField(
        _("weekdays"), max_length=40, blank=True, help_text=_("Such as Mon-Fri; empty: every day.")
    )
    from_time = models.TimeField(_("begins at"), null=True, blank=True)
    until_time = models.TimeField(_("ends at"), null=True, blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    screens = ParentalManyToManyField(
        Screen, blank=True, verbose_name=_("screens"), help_text=_("None chosen: on all of them.")
    )

    panels = [
        FieldPanel("weekdays"),
        FieldRowPanel([FieldPanel("from_time"), FieldPanel("until_time")]),
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        FieldPanel("screens", widget=CheckboxSelectMultiple),
    ]

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_time__isnull=True)
                | Q(until_time__isnull=True)
                | Q(from_time__lt=models.F("until_time")),
                name="a_part_of_the_day_begins_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True)
                | Q(last_day__isnull=True)
                | Q(first_day__lte=models.F("last_day")),
                name="a_showing_begins_before_it_ends",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        wrong = {}
        if self.weekdays:
            try:
                parse_working_days(self.weekdays)
            except ValueError:
                wrong["weekdays"] = gettext("Write it like Mon-Fri or Mon-Thu,Sat.")
        if self.from_time and self.until_time and self.from_time >= self.until_time:
            wrong["until_time"] = gettext("It must be later than “begins at”, on the same day.")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            wrong["last_day"] = gettext("It must not be before the first day.")
        if wrong:
            raise ValidationError(wrong)


class Emergency(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, Previewed, ClusterableModel
):
    """Takes the place of everything while it is live, on the chosen screens or on all; needs a
    second person to go live, and none to end."""

    title = models.CharField(_("what is the matter, in five words"), max_length=60)
    text = models.CharField(_("what to do, in one sentence"), max_length=200, blank=True)
    ends_at = models.DateTimeField(_("ends by itself at"), null=True, blank=True)
    screens = ParentalManyToManyField(
        Screen, blank=True, verbose_name=_("screens"), help_text=_("None chosen: on all of them.")
    )
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="emergency")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="emergency",
        for_concrete_model=False,
    )

    panels = [
        HelpPanel(_("A second person approves it; anybody who writes here ends it, at once.")),
        FieldPanel("title"),
        FieldPanel("text"),
        InlinePanel("texts", heading=_("In other languages"), label=_("Language")),
        FieldPanel("ends_at"),
        FieldPanel("screens", widget=CheckboxSelectMultiple),
    ]

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("emergency")
        verbose_name_plural = _("emergencies")

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> models.Manager:
        return self._revisions


class EmergencyText(models.Model):
    """The same in another language."""

    emergency = ParentalKey(Emergency, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("what is the matter, in five words"), max_length=60)
    text = models.CharField(_("what to do, in one sentence"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["emergency", "language"], name="an_emergency_speaks_a_language_once"
            )
        ]
