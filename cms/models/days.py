"""What is posted: the immutable snapshot of a day's board, and the archive by month."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db import models
from django.http import Http404
from wagtail.query import PageQuerySet


class Snapshots(models.QuerySet["DaySnapshot"]):
    def newest_of(self, days: Iterable[date]) -> dict[date, "DaySnapshot"]:
        """By day what was posted last."""
        return {each.date: each for each in self.filter(date__in=days).order_by("pk")}


class DaySnapshot(models.Model):
    """A day's board as it was posted; page and screens show these same bytes. Never edited."""

    date = models.DateField()
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=12)
    payload = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = Snapshots.as_manager()

    class Meta:
        get_latest_by = "id"
        indexes = [
            models.Index(fields=["sha256"], name="snapshot_by_sha256"),
            models.Index(fields=["date"], name="snapshot_by_date"),
        ]

    @cached_property
    def board(self) -> dict:
        return json.loads(self.payload)


@dataclass(frozen=True)
class Archive:
    """The posted days of a month, each page with its board or None, newest first; and all months
    that have some, by year."""

    month: date | None
    days: list[tuple[Any, dict | None]]
    years: list[tuple[int, list[date]]]


def archive_of(pages: PageQuerySet, asked: str | None) -> Archive:
    """Of results pages; of the newest month when none is asked for.

    Raises Http404 for a month that is none, as 2013-13, or has no posted day.
    """
    months = list(pages.order_by().dates("date", "month", order="DESC"))
    month = _month(asked, months)
    found = pages.filter(date__year=month.year, date__month=month.month) if month else pages.none()
    shown = list(found)
    boards = DaySnapshot.objects.newest_of([each.date for each in shown])
    days = [(each, boards[each.date].board if each.date in boards else None) for each in shown]
    years = [(year, list(group)) for year, group in groupby(months, key=lambda day: day.year)]
    return Archive(month, days, years)


def _month(asked: str | None, months: list[date]) -> date | None:
    if not asked:
        return months[0] if months else None
    found = next((each for each in months if f"{each:%Y-%m}" == asked), None)
    if found is None:
        raise Http404
    return found
