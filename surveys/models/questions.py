"""The library: questions that are asked again and again, and every wording they had."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.rules.questionnaire import Kind

USER = settings.AUTH_USER_MODEL
KINDS = {
    Kind.AGREEMENT: _("agreement, 1 to 5"), Kind.LIKELIHOOD: _("likelihood, 0 to 10"),
    Kind.SCALE: _("another scale"),
    Kind.CHOICE: _("one of several"), Kind.SEVERAL: _("several of several"),
    Kind.RANKING: _("ranking"), Kind.COMMENT: _("comment"),
}  # fmt: skip


class Theme(models.Model):
    """What several questions are about together; `names` holds further languages."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.names.get(get_language() or "") or self.name


class Question(models.Model):
    """One question through the years. Kind and answers never change: another scale is another
    question. `lowest`, `highest` and `favourable_from` are of another scale than 1 to 5 and
    0 to 10."""

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, KINDS[kind]) for kind in Kind])
    options = models.JSONField(default=list, blank=True)
    fewest = models.PositiveSmallIntegerField(default=0)
    most = models.PositiveSmallIntegerField(default=0)
    may_not_apply = models.BooleanField(default=False)
    lowest = models.SmallIntegerField(null=True, blank=True)
    highest = models.SmallIntegerField(null=True, blank=True)
    favourable_from = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="questions"
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind="scale", lowest__lt=F("highest"), favourable_from__gt=F("lowest"),
                    favourable_from__lte=F("highest"),
                )
                | ~Q(kind="scale")
                & Q(lowest__isnull=True, highest__isnull=True, favourable_from__isnull=True),
                name="another_scale_says_from_where_to_where",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code


class Wording(models.Model):
    """How a question was put from then on: by language the text, a help text and the answers'
    labels. Another wording asks something else, so a trend line breaks there."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="wordings")
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField()
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["question", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="a_question_has_each_wording_once"
            )
        ]

    def __str__(self) -> str:
        texts = self.texts.get(get_language() or "") or next(iter(self.texts.values()))
        return texts["text"]
