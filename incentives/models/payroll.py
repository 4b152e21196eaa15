"""How a payroll system wants its files: mapped once, used for every bonus."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PayrollLayout(models.Model):
    """The file of one payroll system.

    `columns` are, in order, {"header", "field" (a Field), "text" (of a fixed text, else "")};
    `cost_centres` are by department code, a department without one goes by its code.
    """

    class Field(models.TextChoices):
        NUMBER = "number", _("employee number")
        NAME = "name", _("name")
        DEPARTMENT = "department", _("department code")
        COST_CENTRE = "cost_centre", _("cost centre")
        AMOUNT = "amount", _("amount")
        CURRENCY = "currency", _("currency")
        POOL = "pool", _("pool")
        YEAR = "year", _("year it is paid for")
        FIRST = "first", _("first day of that year")
        LAST = "last", _("last day of that year")
        APPROVED_ON = "approved_on", _("day of approval")
        TEXT = "text", _("fixed text, or empty")

    class Delimiter(models.TextChoices):
        COMMA = "comma", _("comma")
        SEMICOLON = "semicolon", _("semicolon")
        TAB = "tab", _("tab")
        PIPE = "pipe", _("vertical bar")

    class DecimalMark(models.TextChoices):
        POINT = "point", "1250.50"
        COMMA = "comma", "1250,50"

    class Encoding(models.TextChoices):
        UTF8_MARKED = "utf-8-sig", _("UTF-8 with a mark (BOM), as Excel wants it")
        UTF8 = "utf-8", _("UTF-8 without a mark")
        CP1252 = "cp1252", _("Windows-1252 (Western Europe)")

    class DateForm(models.TextChoices):
        ISO = "iso", "2026-12-31"
        COMPACT = "compact", "20261231"
        DOTTED = "dotted", "31.12.2026"
        DAY_FIRST = "day_first", "31/12/2026"
        MONTH_FIRST = "month_first", "12/31/2026"

    class Units(models.TextChoices):
        MAJOR = "major", _("pounds, dollars, euros: 1250.50")
        MINOR = "minor", _("pence, cents: 125050")

    name = models.CharField(max_length=60, unique=True)
    columns = models.JSONField()
    cost_centres = models.JSONField(default=dict)
    delimiter = models.CharField(max_length=10, choices=Delimiter, default=Delimiter.COMMA)
    decimal_mark = models.CharField(max_length=10, choices=DecimalMark, default=DecimalMark.POINT)
    encoding = models.CharField(max_length=10, choices=Encoding, default=Encoding.UTF8_MARKED)
    date_form = models.CharField(max_length=12, choices=DateForm, default=DateForm.ISO)
    units = models.CharField(max_length=5, choices=Units, default=Units.MAJOR)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="a_payroll_layout_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
