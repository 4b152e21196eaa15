"""What this app keeps about a person."""

from django.utils.translation import gettext_lazy as _

from incentives.models import (
    BonusAdjustment,
    BonusShare,
    HeldFigure,
    Restatement,
    Result,
)
from people.services.personal import rows_of

PARTS = (
    rows_of("figures", _("Figures entered or confirmed"), Result, "made_by", "confirmed_by"),
    rows_of("held-figures", _("Figures held"), HeldFigure, "made_by", "decided_by"),
    rows_of(
        "restatements", _("Corrections proposed or decided"), Restatement, "made_by", "decided_by",
        without=("preview",),
    ),
    rows_of("bonus-shares", _("Shares of the bonus"), BonusShare, "employee"),
    rows_of("bonus-factors", _("Managers' factors"), BonusAdjustment, "employee", "made_by"),
)  # fmt: skip
