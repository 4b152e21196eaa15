"""What this app keeps about a person."""

from django.utils.translation import gettext_lazy as _

from incentives.models import (
    BonusAdjustment,
    BonusPayment,
    BonusShare,
    HeldFigure,
    Restatement,
    Result,
    StatementBatch,
    StatementQuestion,
)
from people.models import Employee
from people.services.personal import Part, Row, as_row, rows_of


def _payments(employee: Employee) -> list[Row]:
    paid = BonusPayment.objects.filter(share__employee=employee).select_related("made_by")
    return [as_row(payment, without=("share",)) for payment in paid]


def _questions(employee: Employee) -> list[Row]:
    asked = StatementQuestion.objects.filter(share__employee=employee).order_by("pk")
    return [as_row(each, without=("share",)) for each in asked.select_related("answered_by")]


def _answers(employee: Employee) -> list[Row]:
    """That somebody has answered, and when; the words belong to whoever asked."""
    given = StatementQuestion.objects.filter(answered_by__employee=employee).order_by("pk")
    times = given.values_list("answered_at", flat=True)
    return [{"answered_at": at.isoformat()} for at in times if at]


def _factors_given(employee: Employee) -> list[Row]:
    """For which bonus, and when; what for whom belongs to whoever got it."""
    given = BonusAdjustment.objects.filter(made_by__employee=employee).order_by("pk")
    return [
        {"run": str(factor.run), "made_at": factor.made_at.isoformat()}
        for factor in given.select_related("run__pool")
    ]


PARTS = (
    rows_of("figures", _("Figures entered or confirmed"), Result, "made_by", "confirmed_by"),
    rows_of("held-figures", _("Figures held"), HeldFigure, "made_by", "decided_by"),
    rows_of(
        "restatements", _("Corrections proposed or decided"), Restatement, "made_by", "decided_by",
        without=("preview",),
    ),
    rows_of("bonus-shares", _("Shares of the bonus"), BonusShare, "employee"),
    Part("bonus-payments", _("Payments of the bonus"), _payments),
    Part("statement-questions", _("Questions about the own statement"), _questions),
    Part("statement-answers", _("Questions answered"), _answers,
         frozenset({"incentives.StatementQuestion.answered_by"})),
    rows_of("bonus-factors", _("Managers' factors"), BonusAdjustment, "employee"),
    Part("bonus-factors-given", _("Managers' factors given"), _factors_given,
         frozenset({"incentives.BonusAdjustment.made_by"})),
    rows_of("statements-made", _("Statements made for all"), StatementBatch, "made_by",
            without=("folder",)),
)  # fmt: skip
