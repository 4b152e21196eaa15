"""What colleagues say of each other: nominations, cheers, replies; and how often they may."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import Department, Employee, ShownTo

USER = settings.AUTH_USER_MODEL


class RecognitionPolicy(models.Model):
    """How much praise one person may give, from a day on until the next row."""

    from_date = models.DateField(unique=True)
    giver_limit = models.PositiveSmallIntegerField(default=10)
    giver_days = models.PositiveSmallIntegerField(default=7)
    pair_limit = models.PositiveSmallIntegerField(default=2)
    pair_days = models.PositiveSmallIntegerField(default=30)
    most_nominees = models.PositiveSmallIntegerField(default=10)
    repeat_months = models.PositiveSmallIntegerField(default=12)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "recognition policies"
        ordering = ["from_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    giver_limit__gte=1, giver_days__gte=1, pair_limit__gte=1, pair_days__gte=1,
                    most_nominees__gte=1,
                ),
                name="a_limit_on_praise_lets_some_through",
            )
        ]  # fmt: skip


class Behaviours(models.QuerySet):
    def offered(self, day: date) -> Self:
        """Those that praise names on a day."""
        return self.filter(Q(retired_on=None) | Q(retired_on__gt=day))


class Behaviour(models.Model):
    """A way of serving that the company wants to see, in its own words. `names` holds further
    languages: {"zh-hans": …}."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    objects = Behaviours.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.names.get(get_language() or "") or self.name


class Nominations(models.QuerySet):
    def of(self, employee: Employee) -> Self:
        """What somebody gave, and what is published about them; two indexes serve it."""
        given = self.filter(giver=employee).order_by().values("pk")
        received = self.published().filter(nominees__employee=employee).order_by().values("pk")
        return self.filter(pk__in=given.union(received))

    def for_list(self) -> Self:
        """Each with whom it names, what they did and what it won."""
        rows = self.select_related("giver", "behaviour")
        return rows.prefetch_related("nominees__employee", "awards__level")

    def published(self) -> Self:
        return self.filter(state=Nomination.State.PUBLISHED)

    def of_person(self, employee: Employee) -> Self:
        """Given by somebody, or naming them."""
        own = Nominee.objects.filter(nomination=OuterRef("pk"), employee=employee)
        return self.filter(Q(giver=employee) | Exists(own))

    def counting(self, *, since: date, through: date) -> Self:
        """What counts for the circle on a day: published in the year before it."""
        return self.published().filter(published_on__gte=since, published_on__lte=through)


class Nomination(models.Model):
    """Somebody tells what colleagues did for a customer. Published at once; the story is kept as
    it was told. `audience` is what the giver chose, `shown_to` how far it is really shown: no
    further than the nominees agree to be named. `key` makes sending it twice one nomination."""

    class State(models.TextChoices):
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        HELD = "held", _("held")
        REMOVED = "removed", _("removed")

    key = models.UUIDField(unique=True)
    giver = models.ForeignKey(Employee, models.PROTECT, related_name="nominations_given")
    giver_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+"
    )
    story = models.TextField()
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="+")
    customer_reference = models.CharField(max_length=60, blank=True)
    happened_on = models.DateField()
    audience = models.PositiveSmallIntegerField(choices=ShownTo, default=ShownTo.STAFF)
    shown_to = models.PositiveSmallIntegerField(choices=ShownTo, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.PUBLISHED)
    published_at = models.DateTimeField()
    published_on = models.DateField()
    told_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)

    objects = Nominations.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_to__lte=F("audience")),
                name="praise_is_shown_no_further_than_its_giver_chose",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("published", "held"), ended_at=None)
                | Q(state="withdrawn", ended_at__isnull=False, ended_by__isnull=False)
                | (
                    Q(state="removed", ended_at__isnull=False, ended_by__isnull=False)
                    & ~Q(end_reason="")
                ),
                name="praise_that_ended_says_by_whom_and_when",
            ),
            models.CheckConstraint(condition=~Q(story=""), name="praise_tells_what_was_done"),
        ]
        indexes = [
            # The state stands in them, and not as a condition: so each answers without the table,
            # and SQLite takes it even where all rows have the same audience.
            models.Index(fields=["state", "shown_to", "-id"], name="wall_by_audience"),
            models.Index(
                fields=["state", "behaviour", "shown_to", "-id"], name="wall_by_behaviour"
            ),
            models.Index(
                fields=["published_on"], condition=Q(state="published"), name="praise_by_day"
            ),
            models.Index(fields=["giver", "published_at"], name="praise_by_giver"),
            models.Index(fields=["id"], condition=Q(told_at=None), name="praise_not_told_yet"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Nominee(models.Model):
    """One of those whom a nomination praises, with the department it was in."""

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="nominees")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="praise")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "employee"], name="praise_names_a_colleague_once"
            )
        ]
        indexes = [
            models.Index(fields=["department", "-nomination"], name="praise_of_department"),
            models.Index(fields=["employee", "-nomination"], name="praise_of_person"),
        ]


class Cheer(models.Model):
    """“Well done”, once a person and nomination."""

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="cheers")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "employee"], name="a_person_cheers_praise_once"
            )
        ]


class Reply(models.Model):
    """A few words under a nomination; `thanks` when they come from somebody it praises."""

    class State(models.TextChoices):
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        HELD = "held", _("held")
        REMOVED = "removed", _("removed")

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="replies")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    text = models.CharField(max_length=280)
    thanks = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State, default=State.PUBLISHED)
    key = models.UUIDField(unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_reply_says_something")]
