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
)
from people.models import Employee
from people.services.personal import Part, Row, as_row, rows_of


def _payments(employee: Employee) -> list[Row]:
    paid = BonusPayment.objects.filter(share__employee=employee).select_related("made_by")
    return [as_row(payment, without=("share",)) for payment in paid]


PARTS = (
    rows_of("figures", _("Figures entered or confirmed"), Result, "made_by", "confirmed_by"),
    rows_of("held-figures", _("Figures held"), HeldFigure, "made_by", "decided_by"),
    rows_of(
        "restatements", _("Corrections proposed or decided"), Restatement, "made_by", "decided_by",
        without=("preview",),
    ),
    rows_of("bonus-shares", _("Shares of the bonus"), BonusShare, "employee"),
    Part("bonus-payments", _("Payments of the bonus"), _payments),
    rows_of("bonus-factors", _("Managers' factors"), BonusAdjustment, "employee", "made_by"),
    rows_of("statements-made", _("Statements made for all"), StatementBatch, "made_by",
            without=("folder",)),
)  # fmt: skip
