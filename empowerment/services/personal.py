"""What this app keeps about a person, and what it forgets when somebody is erased."""

from django.utils.translation import gettext_lazy as _

from empowerment.models import (
    AccountingExport,
    CardMatch,
    CardMismatch,
    CardStatement,
    Case,
    CaseReturn,
    CaseStep,
    FollowUp,
    Limit,
    Receipt,
    Review,
    SiteCurrencies,
)
from people.models import Employee
from people.services.personal import rows_of

EMPTIED = "–"

PARTS = (
    rows_of("cases", _("Empowerment cases"), Case, "employee"),
    rows_of("cases-decided", _("Cases decided"), Case, "decided_by",
            without=("customer", "reason")),
    rows_of("case-steps", _("Steps in cases"), CaseStep, "made_by"),
    rows_of("case-returns", _("Money that came back"), CaseReturn, "made_by"),
    rows_of("case-reviews", _("Cases looked at"), Review, "reviewed_by", without=("facts",)),
    rows_of("follow-ups", _("What became of customers"), FollowUp, "made_by"),
    rows_of("limits-of-me", _("Limits of empowerment for you"), Limit, "employee",
            without=("made_by",)),
    rows_of("limits-set", _("Limits of empowerment set"), Limit, "made_by"),
    rows_of("site-currencies", _("Currencies of sites set"), SiteCurrencies, "made_by"),
    rows_of("accounting-files", _("Files for accounting made"), AccountingExport, "made_by"),
    rows_of("card-statements", _("Card statements imported"), CardStatement, "imported_by"),
    rows_of("card-matches", _("Card lines matched"), CardMatch, "made_by"),
    rows_of("card-mismatches", _("Card lines taken from a case"), CardMismatch, "made_by"),
)  # fmt: skip


def forget(employee: Employee, called: tuple[str, ...]) -> None:
    """The words and receipts of an erased person's cases; amounts and days stay."""
    cases = Case.objects.filter(employee=employee)
    Receipt.objects.filter(case__in=cases).delete()
    cases.exclude(reason="").update(reason=EMPTIED)
    cases.exclude(no_receipt="").update(no_receipt=EMPTIED)
    said = CaseStep.objects.filter(made_by__employee=employee) | CaseStep.objects.filter(
        case__employee=employee
    )
    said.exclude(text="").update(text=EMPTIED)
    CaseReturn.objects.filter(case__in=cases).update(reason=EMPTIED)
    CaseReturn.objects.filter(made_by__employee=employee).update(reason=EMPTIED)
    Limit.objects.filter(employee=employee).update(reason=EMPTIED)
