"""Where a poll is, and what comes next."""

from datetime import datetime

from django.db.models import Count, IntegerField, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from people.dates import moment
from surveys.models import Cell, Question, Wave, WaveItem, Wording

State = Wave.State


def polls() -> QuerySet[Wave]:
    """All of them, with `invited`."""
    whole = Cell.objects.filter(wave=OuterRef("pk"), number=0).values("invited")
    return Wave.objects.annotate(invited=Subquery(whole, output_field=IntegerField()))


def stage_of(wave: Wave, *, now: datetime) -> str:
    """In words: the state, and what is to do."""
    if wave.state == State.DRAFT:
        return _("draft: prepare and launch it")
    if wave.state == State.RELEASED:
        return _("released")
    if wave.state == State.SEALED:
        return _("sealed: look at the release")
    if wave.opens_at and now < wave.opens_at:
        return _("launched, opens %(at)s") % {"at": moment(wave.opens_at)}
    if wave.closes_at and now < wave.closes_at:
        return _("open until %(at)s") % {"at": moment(wave.closes_at)}
    return _("closed: seal it with both keys")


def questions() -> QuerySet[Question]:
    """The library with `newest`, the texts of each question's last wording, the number of its
    wordings and of the polls that asked it."""
    wordings = Wording.objects.filter(question=OuterRef("pk"))
    counted = wordings.order_by().values("question").annotate(n=Count("pk")).values("n")
    items = WaveItem.objects.filter(wording__question=OuterRef("pk")).order_by()
    asked = items.exclude(wave__state=State.DRAFT).values("wording__question")
    polls_counted = asked.annotate(n=Count("wave", distinct=True)).values("n")
    newest = wordings.order_by("-number").values("texts")[:1]
    return Question.objects.select_related("theme").annotate(
        wordings_count=Coalesce(Subquery(counted), 0),
        asked_count=Coalesce(Subquery(polls_counted), 0),
        newest=Subquery(newest, output_field=JSONField()),
    )
