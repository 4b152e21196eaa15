"""Goals, results, verdicts and pools. Figures are integers scaled by 10^7."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from incentives import rules
from ledger.models import Account, Transfer
from people.models import Department, Spanned


class Unit(models.TextChoices):
    PERCENT = rules.Unit.PERCENT, _("percent")
    COUNT = rules.Unit.COUNT, _("count")
    MINUTES = rules.Unit.MINUTES, _("minutes")
    HOURS = rules.Unit.HOURS, _("hours")
    MONEY = rules.Unit.MONEY, _("money")
    SCORE = rules.Unit.SCORE, _("score")


class Direction(models.TextChoices):
    AT_LEAST = rules.Direction.AT_LEAST, _("at least")
    AT_MOST = rules.Direction.AT_MOST, _("at most")


class State(models.IntegerChoices):
    NOT_DUE = rules.GoalState.NOT_DUE, _("not due")
    AWAITED = rules.GoalState.AWAITED, _("awaited")
    MET = rules.GoalState.MET, _("met")
    MISSED = rules.GoalState.MISSED, _("missed")
    EXCUSED = rules.GoalState.EXCUSED, _("excused")


class Metric(models.Model):
    """What is measured. Decimals are fixed once a result exists, direction once a target does."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=10, choices=Unit)
    direction = models.CharField(max_length=10, choices=Direction)
    decimals = models.PositiveSmallIntegerField()
    plausible_min = models.BigIntegerField(null=True)
    plausible_max = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decimals__lte=rules.SCALE_DIGITS),
                name="a_metric_has_at_most_seven_decimals",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def figure(self, value_scaled: int) -> Decimal:
        return rules.unscaled(value_scaled, self.decimals)

    def is_plausible(self, value_scaled: int) -> bool:
        low, high = self.plausible_min, self.plausible_max
        return (low is None or value_scaled >= low) and (high is None or value_scaled <= high)


class Target(Spanned):
    """What a department is to reach in a metric, from a day on."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="targets")
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="targets")
    value_scaled = models.BigIntegerField()
    weight = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(Spanned.Meta):
        ordering = ["department", "metric", "from_date"]
        constraints = [
            *Spanned.Meta.constraints,
            models.CheckConstraint(condition=Q(weight__gte=1), name="a_target_weighs_at_least_one"),
        ]


class GoalFact(models.Model):
    """Something known of one goal: department, metric, business day.

    Department and metric have no index of their own: what is asked is asked by the day. PostgreSQL
    was seen to take the metric's instead of the key of results that begins with the day, while it
    had not counted their rows, and each close read every figure that a metric ever had.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="+", db_index=False)
    date = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Result(GoalFact):
    """The figure for a goal; the latest revision counts, none is ever edited."""

    class Source(models.TextChoices):
        FORM = "form", _("form")
        FILE = "file", _("file")
        API = "api", _("API")
        RESTATEMENT = "restatement", _("restatement")

    value_scaled = models.BigIntegerField()
    revision = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=12, choices=Source)
    reason = models.CharField(max_length=500, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["date", "department", "metric", "revision"],
                name="a_result_has_each_revision_once",
            ),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""),
                name="a_changed_result_says_why",
            ),
        ]


class HeldFigure(GoalFact):
    """An implausible figure that waits for somebody else to confirm or refuse it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    value_scaled = models.BigIntegerField()
    source = models.CharField(max_length=12, choices=Result.Source)
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")) | Q(state="refused"),
                name="who_enters_a_figure_does_not_confirm_it",
            ),
            models.UniqueConstraint(
                fields=["date", "department", "metric"],
                condition=Q(state="waiting"),
                name="one_figure_of_a_goal_waits_at_a_time",
            ),
        ]

    @property
    def value(self) -> Decimal:
        return self.metric.figure(self.value_scaled)


class Excuse(GoalFact):
    """A due goal that does not count on a day: who excused it, and why."""

    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["date", "department", "metric"], name="a_goal_is_excused_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_excuse_says_why"),
        ]


class Pool(models.Model):
    """A bonus pool; its money lies in one account per fiscal year."""

    code = models.SlugField(max_length=30, unique=True)
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def account_code(self, year: int) -> str:
        return f"pool:{self.code}:{year}"

    def accounts(self) -> models.QuerySet[Account]:
        return Account.objects.filter(code__startswith=f"pool:{self.code}:")

    def movements(self) -> models.QuerySet[Transfer]:
        """Transfers into and out of this pool's accounts, newest first."""
        accounts = self.accounts()
        return Transfer.objects.filter(
            Q(to_account__in=accounts) | Q(from_account__in=accounts)
        ).order_by("-id")

    def policy_on(self, day: date) -> "PoolPolicy | None":
        return self.policies.filter(from_date__lte=day).order_by("-from_date").first()


class Headline(models.Model):
    """The pool whose verdict is the company's, from a day on until the next row."""

    from_date = models.DateField(unique=True)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="headlines")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["from_date"]


class PoolPolicy(models.Model):
    """How a pool judges a day and what a hit day pays, from a day on until the next row."""

    class Mode(models.TextChoices):
        SHARE = rules.Mode.SHARE, _("share of goals")
        WEIGHTED = rules.Mode.WEIGHTED, _("share of weights")

    class Unreported(models.TextChoices):
        MISSED = rules.Unreported.MISSED, _("unreported goals count as missed")
        LEAVE_OUT = rules.Unreported.LEAVE_OUT, _("unreported goals are left out")

    class Kind(models.TextChoices):
        FIXED = rules.ContributionKind.FIXED, _("fixed amount")
        PER_HEAD = rules.ContributionKind.PER_HEAD, _("amount per head")
        PAYROLL = rules.ContributionKind.PAYROLL, _("basis points of the day's payroll")

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="policies")
    from_date = models.DateField()
    scope = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    threshold_bp = models.PositiveIntegerField(default=9500)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.SHARE)
    unreported = models.CharField(max_length=10, choices=Unreported, default=Unreported.MISSED)
    contribution_kind = models.CharField(max_length=10, choices=Kind, default=Kind.FIXED)
    contribution_amount = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "pool policies"
        ordering = ["pool", "from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "from_date"], name="a_pool_has_one_policy_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(threshold_bp__gte=1, threshold_bp__lte=10_000),
                name="a_threshold_is_above_none_and_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(contribution_amount__gte=0), name="a_contribution_is_not_negative"
            ),
        ]


class Day(models.Model):
    """The row that closing, restating and recording lock; one a business day."""

    date = models.DateField(primary_key=True)


class DayVerdicts(models.QuerySet):
    def latest_versions(self) -> "DayVerdicts":
        newer = DayVerdict.objects.filter(date=OuterRef("date"), version__gt=OuterRef("version"))
        of_pool = Exists(newer.filter(pool=OuterRef("pool")))
        without_pool = Exists(newer.filter(pool=None))
        return self.exclude(of_pool).exclude(Q(pool=None) & without_pool)

    def of_company(self) -> "DayVerdicts":
        """The company's verdicts: of the pool that was the headline then, or of none."""
        return self.filter(is_company=True)

    def for_pool(self, pool: Pool | None) -> "DayVerdicts":
        return self.filter(pool=pool)


class DayVerdict(models.Model):
    """One version of a day's verdict in a pool's scope (pool empty: the company's, no money).

    A provisional version is renewed until it is final; a final one is never touched again.
    """

    class Status(models.TextChoices):
        PROVISIONAL = rules.Status.PROVISIONAL, _("provisional")
        FINAL = rules.Status.FINAL, _("final")

    pool = models.ForeignKey(Pool, models.PROTECT, null=True, related_name="verdicts")
    date = models.DateField()
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status)
    scope = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    threshold_bp = models.PositiveIntegerField()
    mode = models.CharField(max_length=10, choices=PoolPolicy.Mode)
    unreported = models.CharField(max_length=10, choices=PoolPolicy.Unreported)
    due = models.PositiveIntegerField(default=0)
    met = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    awaited = models.PositiveIntegerField(default=0)
    excused = models.PositiveIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)
    met_weight = models.PositiveBigIntegerField(default=0)
    counted_weight = models.PositiveBigIntegerField(default=0)
    needed = models.PositiveBigIntegerField(default=0)
    hit = models.BooleanField(null=True)
    contribution_minor = models.BigIntegerField(default=0)
    expected_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    contribution_kind = models.CharField(max_length=10, choices=PoolPolicy.Kind)
    contribution_amount = models.BigIntegerField(default=0)
    is_company = models.BooleanField()
    posting_withheld = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now=True)

    objects = DayVerdicts.as_manager()

    class Meta:
        ordering = ["-date", "pool", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "date", "version"], name="a_pool_judges_each_version_of_a_day_once"
            ),
            models.UniqueConstraint(
                fields=["date", "version"],
                condition=Q(pool=None),
                name="the_company_judges_each_version_of_a_day_once",
            ),
            models.UniqueConstraint(
                fields=["date", "version"],
                condition=Q(is_company=True),
                name="a_day_has_one_company_verdict_a_version",
            ),
            models.CheckConstraint(
                condition=Q(hit=None, counted_weight=0)
                | Q(hit=True, needed__lte=F("met_weight"), counted_weight__gt=0)
                | Q(hit=False, needed__gt=F("met_weight"), counted_weight__gt=0),
                name="a_day_hits_exactly_when_it_has_what_is_needed",
            ),
            models.CheckConstraint(
                condition=Q(hit=True) | Q(contribution_minor=0),
                name="a_day_that_does_not_hit_pays_nothing",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="a_restated_day_says_why"
            ),
        ]
        indexes = [models.Index(fields=["date"], name="verdict_by_date")]


class GoalVerdict(models.Model):
    """A goal as a final day used it: target, figure and state. Never edited.

    No index but the key and no foreign-key checks: a day of 100,000 departments is written in
    one statement, and what it points to is itself never deleted.
    """

    pk = models.CompositePrimaryKey("verdict_id", "target_id")
    verdict = models.ForeignKey(
        DayVerdict, models.PROTECT, related_name="goals", db_constraint=False, db_index=False
    )
    target = models.ForeignKey(
        Target, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    state = models.PositiveSmallIntegerField(choices=State)
    value_scaled = models.BigIntegerField(null=True)
    target_scaled = models.BigIntegerField()
    weight = models.PositiveIntegerField()

    @property
    def value(self) -> Decimal | None:
        return None if self.value_scaled is None else self.target.metric.figure(self.value_scaled)

    @property
    def target_value(self) -> Decimal:
        return self.target.metric.figure(self.target_scaled)

    @property
    def state_name(self) -> str:
        return rules.GoalState(self.state).name.lower()


class Restatement(GoalFact):
    """A correction to a final day: proposed with its preview, applied by a second person."""

    class Kind(models.TextChoices):
        VALUE = "value", _("figure")
        TARGET = "target", _("target")
        EXCUSE = "excuse", _("excuse")

    class State(models.TextChoices):
        AWAITING = "awaiting_approval", _("awaiting approval")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")

    kind = models.CharField(max_length=10, choices=Kind)
    new_scaled = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=20, choices=State, default=State.AWAITING)
    moves_money = models.BooleanField()
    preview = models.JSONField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_restatement_says_why"),
            models.CheckConstraint(
                condition=~Q(state="applied", moves_money=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="who_proposes_money_does_not_approve_it",
            ),
        ]

    @property
    def new_figure(self) -> Decimal | None:
        return None if self.new_scaled is None else self.metric.figure(self.new_scaled)
