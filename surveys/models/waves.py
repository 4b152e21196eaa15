"""A wave: one poll, its questions, its reporting cells, and who is invited."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import Department, Employee
from surveys.models.questions import Wording

USER = settings.AUTH_USER_MODEL
LEAST_SCORES, LEAST_COMMENTS, LEAST_RATES = 5, 10, 5
"""No poll may go below."""


class Wave(models.Model):
    """From its launch on, register, cells and smallest groups are frozen; `policy_digest` is of
    all that was promised, and shown to everybody invited. Ballots are sealed to `hr_key` and
    `staff_key`; what opens them is in nobody's database. `intros` and each of the `sections` are
    texts by language; `answers_digest` is of the file a poll of another tool was read from."""

    class Level(models.TextChoices):
        CONFIDENTIAL = "confidential", _("confidential")
        ANONYMOUS = "anonymous", _("anonymous")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        SEALED = "sealed", _("sealed")
        RELEASED = "released", _("released")

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict, blank=True)
    intros = models.JSONField(default=dict, blank=True)
    sections = models.JSONField(default=list, blank=True)
    level = models.CharField(max_length=12, choices=Level, default=Level.ANONYMOUS)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    fewest_scores = models.PositiveSmallIntegerField(default=7)
    fewest_comments = models.PositiveSmallIntegerField(default=10)
    fewest_rates = models.PositiveSmallIntegerField(default=7)
    hr_holder = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    staff_holder = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    hr_key = models.BinaryField(null=True)
    staff_key = models.BinaryField(null=True)
    ballot_length = models.PositiveIntegerField(default=0)
    policy_digest = models.CharField(max_length=64, blank=True)
    answers_digest = models.CharField(max_length=64, blank=True)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opens_at", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    fewest_scores__gte=LEAST_SCORES, fewest_comments__gte=LEAST_COMMENTS,
                    fewest_rates__gte=LEAST_RATES,
                ),
                name="no_group_is_smaller_than_promised",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(opens_at__isnull=False, closes_at__gt=F("opens_at"))
                & ~Q(policy_digest=""),
                name="an_open_poll_has_its_times_and_its_promise",
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(hr_key__isnull=False, staff_key__isnull=False),
                name="an_open_poll_has_both_keys",
            ),
            models.CheckConstraint(
                condition=~Q(hr_holder=F("staff_holder")), name="two_people_hold_the_keys"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "open")) | Q(hr_key=None, staff_key=None),
                name="a_sealed_poll_has_no_keys_any_more",
            ),
            models.UniqueConstraint(
                fields=["answers_digest"], condition=~Q(answers_digest=""),
                name="the_same_answers_are_read_in_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.names.get(get_language() or "") or self.name

    @property
    def publics(self) -> tuple[bytes, bytes]:
        """What seals its ballots, of an open poll."""
        return bytes(self.hr_key or b""), bytes(self.staff_key or b"")


class WaveItem(models.Model):
    """A question in one wave, in the wording that it has there, under the section of that place.
    `only_if`: the number of an earlier item, and the answers after which this one is asked."""

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    section = models.PositiveSmallIntegerField(default=1)
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+")
    only_if = models.PositiveSmallIntegerField(null=True, blank=True)
    only_if_answers = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["wave", "number"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="a_poll_has_each_number_once")
        ]


class Cell(models.Model):
    """A group that results are told of. Atoms are those without a part of their own; each invited
    person is in one. `path` are the numbers from the whole company down to this cell: a cell's
    atoms are those whose path begins with its own. `ballots` is known after the seal, where it may
    be."""

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="cells")
    number = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    is_atom = models.BooleanField()
    invited = models.PositiveIntegerField()
    ballots = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["wave", "path"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="a_poll_has_each_cell_once")
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """That somebody is invited, and whether a credential was handed out. Nothing else, ever: no
    credential and nothing made of one, no ballot, no time, no device, no language."""

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="invitations")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="invitations")
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="+")
    claimed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "employee"], name="somebody_is_invited_once")
        ]
