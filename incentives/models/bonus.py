"""The yearly bonus: policy, run, share, payment, and the acts that close a pool's year."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from incentives.models.goals import Pool
from incentives.rules import bonus
from people.models import Department, Employee

USER = settings.AUTH_USER_MODEL


class BonusPolicy(models.Model):
    """How a pool's years are shared: a fiscal year follows the row in force on its first day."""

    class CapBasis(models.TextChoices):
        MEAN = bonus.CapBasis.MEAN, _("mean salary over the days employed in the year")
        YEAR_END = bonus.CapBasis.YEAR_END, _("salary at the end of the year")

    class Leavers(models.TextChoices):
        GOOD = bonus.Leavers.GOOD, _("good leavers keep the days they earned")
        ALL = bonus.Leavers.ALL, _("all leavers keep the days they earned")
        NONE = bonus.Leavers.NONE, _("who leaves before the year's end gets nothing")

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="bonus_policies")
    from_date = models.DateField()
    cap_bp = models.PositiveIntegerField(default=2000)
    cap_basis = models.CharField(max_length=10, choices=CapBasis, default=CapBasis.MEAN)
    department_factor = models.BooleanField(default=False)
    manager_factor = models.BooleanField(default=False)
    manager_band_bp = models.PositiveIntegerField(default=2000)
    leavers = models.CharField(max_length=4, choices=Leavers, default=Leavers.GOOD)
    excluded_leave = models.JSONField(default=list)
    negative_limit_minor = models.BigIntegerField(default=0)
    question_days = models.PositiveSmallIntegerField(default=30)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "bonus policies"
        ordering = ["pool", "from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "from_date"], name="a_pool_has_one_bonus_policy_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(cap_bp__gte=1, cap_bp__lte=10_000),
                name="a_cap_is_above_nothing_and_at_most_the_salary",
            ),
            models.CheckConstraint(
                condition=Q(manager_band_bp__lt=10_000),
                name="a_manager_takes_from_nobody_everything",
            ),
            models.CheckConstraint(
                condition=Q(negative_limit_minor__gte=0), name="a_limit_on_debt_is_not_negative"
            ),
        ]


class BonusRuns(models.QuerySet):
    def live(self) -> Self:
        """The run of each pool and year that counts: neither void nor an estimate."""
        return self.filter(state__in=BonusRun.LIVE)

    def decided(self) -> Self:
        """Approved, whether payroll has confirmed everything or not."""
        return self.filter(state__in=(BonusRun.State.APPROVED, BonusRun.State.PAID))


class BonusRun(models.Model):
    """One sharing out of a pool's year. An estimate is the same sum as of today and pays nothing.

    `policy` and `days` are what it was computed with: days are the hit days as
    {"date", "version", "contribution_minor", "base", "rate"}, rates scaled by 10^30.
    """

    class State(models.TextChoices):
        ESTIMATE = "estimate", _("estimate")
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        PAID = "paid", _("paid")
        VOID = "void", _("void")

    LIVE = (State.DRAFT, State.PROPOSED, State.APPROVED, State.PAID)

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="bonus_runs")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    first = models.DateField()
    last = models.DateField()
    through = models.DateField()
    policy = models.JSONField()
    days = models.JSONField()
    balance_minor = models.BigIntegerField()
    shared_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    employees = models.PositiveIntegerField()
    capped = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    proposed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=500, blank=True)

    objects = BonusRuns.as_manager()

    class Meta:
        ordering = ["-year", "pool", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "year"],
                condition=Q(state__in=("draft", "proposed", "approved", "paid")),
                name="a_pool_has_one_live_run_a_year",
            ),
            models.UniqueConstraint(
                fields=["pool", "year"],
                condition=Q(state="estimate"),
                name="a_pool_has_one_estimate_a_year",
            ),
            models.CheckConstraint(
                condition=Q(balance_minor=F("shared_minor") + F("carried_minor")),
                name="shares_and_what_carries_over_are_the_balance",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "paid"))
                | (
                    Q(proposed_by__isnull=False, approved_by__isnull=False)
                    & ~Q(approved_by=F("proposed_by"))
                ),
                name="who_proposes_a_bonus_does_not_approve_it",
            ),
            models.CheckConstraint(
                condition=~Q(state="void") | ~Q(void_reason=""), name="a_void_run_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} {self.year}"

    @property
    def currency(self) -> str:
        return self.pool.currency

    @property
    def payout_code(self) -> str:
        """The account that holds what is approved and not yet paid."""
        return f"payout:{self.pool.code}:{self.year}"

    def is_decided(self) -> bool:
        return self.state in (self.State.APPROVED, self.State.PAID)


class BonusShares(models.QuerySet):
    def in_list(self, run: BonusRun) -> Self:
        """Of a run, each with its `currency`, without what it was computed from."""
        named = self.filter(run=run).select_related("employee", "department").defer("working")
        return named.annotate(currency=Value(run.currency))


class BonusShare(models.Model):
    """One person's share. `working` is what it was computed from, for statement and replay:

    {"spans": [[first, last, department id, annual_minor, fte_bp], …], "earned": scaled by 10^30,
    "department_bp": {department id: factor}, "mean_department_bp": where the policy has factors,
    "salary_days", "days", "year_end": behind the cap, "other_pools_minor": taken off the cap,
    "weight": what was shared by, all factors in it}
    """

    run = models.ForeignKey(BonusRun, models.PROTECT, related_name="shares")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="bonus_shares")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    hit_days = models.PositiveIntegerField()
    earned_minor = models.BigIntegerField()
    cap_minor = models.BigIntegerField()
    share_minor = models.BigIntegerField()
    factor_bp = models.PositiveIntegerField(null=True)
    working = models.JSONField()
    code = models.CharField(max_length=12)
    sealed = models.BooleanField(default=False)

    objects = BonusShares.as_manager()

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "employee"], name="a_person_has_one_share_of_a_run"
            ),
            models.UniqueConstraint(
                fields=["run", "code"], name="a_code_stands_for_one_person_of_a_run"
            ),
            models.CheckConstraint(
                condition=Q(share_minor__gte=0, share_minor__lte=F("cap_minor")),
                name="no_share_is_above_its_cap",
            ),
        ]

    @property
    def is_capped(self) -> bool:
        return self.share_minor == self.cap_minor > 0


class BonusAdjustment(models.Model):
    """A manager's factor for one person in a run that is still a draft, with the reason."""

    run = models.ForeignKey(BonusRun, models.PROTECT, related_name="adjustments")
    employee = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    factor_bp = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "employee"], name="a_person_has_one_factor_in_a_run"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_factor_says_why"),
        ]


class LeadProposal(models.Model):
    """A lead has looked at a department's shares and stands by them."""

    run = models.ForeignKey(BonusRun, models.PROTECT, related_name="lead_proposals")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "department"], name="a_department_is_proposed_once_a_run"
            )
        ]


class BonusPayment(models.Model):
    """Payroll has confirmed that a share was paid."""

    share = models.OneToOneField(BonusShare, models.PROTECT, related_name="payment")
    amount_minor = models.BigIntegerField()
    paid_on = models.DateField()
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)


class StatementQuestion(models.Model):
    """A question about the own statement, to be answered by a day."""

    share = models.ForeignKey(BonusShare, models.PROTECT, related_name="questions")
    text = models.TextField(max_length=2000)
    answer_by = models.DateField()
    answer = models.TextField(max_length=2000, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answer_has_an_author_and_a_time",
            )
        ]

    def is_overdue(self, *, on: date) -> bool:
        return self.answered_at is None and self.answer_by < on


class PoolYearActs(models.QuerySet):
    def done(self) -> Self:
        return self.filter(state=PoolYearAct.State.DONE)


class PoolYearAct(models.Model):
    """Closing a pool's year, opening it again, bearing what it owes. All but closing need two."""

    class Kind(models.TextChoices):
        CLOSE = "close", _("year closed")
        REOPEN = "reopen", _("year opened again")
        WRITE_OFF = "write_off", _("debt borne by the company")

    class State(models.TextChoices):
        AWAITING = "awaiting_approval", _("awaiting approval")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="year_acts")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=20, choices=State, default=State.AWAITING)
    amount_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = PoolYearActs.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="close")
                | ~Q(state="done")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="a_year_is_reopened_or_written_off_by_two",
            ),
            models.UniqueConstraint(
                fields=["pool", "year", "kind"],
                condition=Q(state="awaiting_approval"),
                name="one_act_of_a_kind_waits_a_pool_and_year",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_act_on_a_year_says_why"),
        ]


def day_of(row: dict) -> date:
    """The date of one of a run's stored days."""
    return date.fromisoformat(row["date"])
