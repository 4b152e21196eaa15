"""What customers said, in their words, for as long as they agree."""

from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from cms.models.texts import InALanguage
from people.dates import WITHIN_REASON
from people.models import ShownTo

AUDIENCES = [
    (ShownTo.STAFF, _("colleagues, and screens for them")),
    (ShownTo.PUBLIC, _("everybody, outside the company too")),
]


class Voices(models.QuerySet):
    def in_force(self, day: date, *, audience: ShownTo) -> Self:
        """Approved, and agreed to by the customer for that day and that audience."""
        until = Q(agreed_until=None) | Q(agreed_until__gte=day)
        return self.filter(
            until, live=True, withdrawn_on=None, agreed_on__lte=day, shown_to__gte=audience
        )


class CustomerVoice(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    InALanguage,
    ClusterableModel,
):
    """A sentence of a customer. Approved by a second person before anybody reads it; gone at once
    when the customer takes it back."""

    quote = models.CharField(_("what the customer said"), max_length=200)
    said_by = models.CharField(
        _("who said it"), max_length=120,
        help_text=_("In the words the customer agreed to: “Mrs L. from Leeds”, “a customer”."),
    )  # fmt: skip
    shown_to = models.PositiveSmallIntegerField(
        _("may be shown to"), choices=AUDIENCES, default=ShownTo.STAFF
    )
    agreed_on = models.DateField(_("the customer agreed on"), validators=WITHIN_REASON)
    agreed_until = models.DateField(
        _("and agreed until"), null=True, blank=True, validators=WITHIN_REASON,
        help_text=_("The last day on which it may be shown; empty when none was named."),
    )  # fmt: skip
    how_agreed = models.CharField(
        _("how they agreed"), max_length=200,
        help_text=_("In one sentence: “By e-mail to Dee, kept in the customer's file.”"),
    )  # fmt: skip
    withdrawn_on = models.DateField(_("taken back on"), null=True, blank=True, editable=False)
    live = models.BooleanField(_("live"), default=False, editable=False)

    objects = Voices.as_manager()

    panels = [
        FieldPanel("quote"),
        FieldPanel("said_by"),
        FieldPanel("language"),
        MultiFieldPanel(
            [
                FieldPanel("shown_to"),
                FieldPanel("agreed_on"),
                FieldPanel("agreed_until"),
                FieldPanel("how_agreed"),
            ],
            heading=_("Consent"),
        ),
        InlinePanel("texts", heading=_("In other languages"), label=_("Language")),
    ]

    class Meta:
        verbose_name = _("customer's words")
        verbose_name_plural = _("customers' words")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_until=None) | Q(agreed_until__gte=F("agreed_on")),
                name="a_customers_consent_does_not_end_before_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(shown_to__in=[ShownTo.STAFF, ShownTo.PUBLIC]),
                name="a_customers_words_are_for_staff_or_public",
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.quote}”"

    def clean(self) -> None:
        super().clean()
        if self.withdrawn_on:
            raise ValidationError(
                _("The customer took these words back. Ask anew, and write them down anew.")
            )
        if self.agreed_on and self.agreed_until and self.agreed_until < self.agreed_on:
            raise ValidationError({"agreed_until": _("The consent ends before it begins.")})

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """An older draft doesn't bring back what the customer took back."""
        voice = super().with_content_json(content)
        voice.withdrawn_on = self.withdrawn_on
        return voice

    def said_in(self, language: str) -> tuple[str, str, str]:
        """The words, who said them, and the language they stand in: the reader's or their own."""
        own = self.quote, self.said_by, self.language
        return next(
            (
                (each.quote, each.said_by or self.said_by, language)
                for each in self.texts.all()
                if each.language == language and language != self.language
            ),
            own,
        )

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "cms/voice_preview.html"


class VoiceText(InALanguage):
    """A customer's words, translated."""

    voice = ParentalKey(CustomerVoice, on_delete=models.CASCADE, related_name="texts")
    quote = models.CharField(_("what the customer said"), max_length=200)
    said_by = models.CharField(_("who said it"), max_length=120, blank=True)

    panels = [FieldPanel("language"), FieldPanel("quote"), FieldPanel("said_by")]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voice", "language"], name="a_voice_has_one_text_a_language"
            )
        ]
