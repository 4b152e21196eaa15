"""How a payroll system wants its files: the layout that is always there, and those finance made."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incentives.models import PayrollLayout
from incentives.services.eligibility import BonusRefused
from incentives.services.payroll_files import EXAMPLES, as_csv
from people.models import User
from people.services import audit

Field = PayrollLayout.Field
STANDARD = "Standard"
LONGEST_TEXT = 60
STATE = (
    "name", "columns", "cost_centres", "delimiter", "decimal_mark", "encoding", "date_form",
    "units",
)  # fmt: skip


class LayoutRefused(BonusRefused):
    """The layout was not kept; `field` is the one that is wrong."""

    def __init__(self, message: str, *, field: str) -> None:
        self.field = field
        super().__init__(message)


def standard_layout() -> PayrollLayout:
    """There without any setup. Its headers are those that the import of payroll's confirmation
    knows, and “paid on” is empty: payroll fills it in and sends the file back."""
    columns = [
        ("employee number", Field.NUMBER), ("name", Field.NAME), ("department", Field.DEPARTMENT),
        ("amount", Field.AMOUNT), ("currency", Field.CURRENCY), ("pool", Field.POOL),
        ("year", Field.YEAR), ("paid on", Field.TEXT),
    ]  # fmt: skip
    return PayrollLayout(
        name=STANDARD,
        columns=[{"header": header, "field": str(field), "text": ""} for header, field in columns],
    )


def all_layouts() -> list[PayrollLayout]:
    return [standard_layout(), *PayrollLayout.objects.all()]


def layout_named(name: str) -> PayrollLayout | None:
    return next((each for each in all_layouts() if each.name == name), None)


def layout_state(layout: PayrollLayout) -> dict:
    """All of it, as the log keeps it."""
    return {name: getattr(layout, name) for name in STATE}


@transaction.atomic
def save_layout(layout: PayrollLayout, *, by: User) -> PayrollLayout:
    """Keep a new layout or a changed one. Raises LayoutRefused; then it is as it was."""
    refuse_layout(layout)
    held = PayrollLayout.objects.select_for_update().filter(pk=layout.pk).first()
    before = layout_state(held) if held else None
    if before == layout_state(layout):
        return layout
    _save_under_its_name(layout)
    audit.record(
        "set_payroll_layout", by=by, subject=f"payroll-layout:{layout.pk}", before=before,
        after=layout_state(layout),
    )  # fmt: skip
    return layout


def _save_under_its_name(layout: PayrollLayout) -> None:
    others = PayrollLayout.objects.exclude(pk=layout.pk)
    taken = LayoutRefused(
        _("There is a layout “%(name)s” already: choose another name.") % {"name": layout.name},
        field="name",
    )
    if layout.name.casefold() == STANDARD.casefold():
        raise taken
    if others.filter(name__iexact=layout.name).exists():
        raise taken
    try:
        with transaction.atomic():
            layout.save()
    except IntegrityError:
        raise taken from None


def refuse_layout(layout: PayrollLayout) -> None:
    """Raises LayoutRefused when no file could be written so, or nobody could be paid by it."""
    for field in (Field.NUMBER, Field.AMOUNT):
        if field not in {column["field"] for column in layout.columns}:
            raise LayoutRefused(
                _("Payroll needs a column with the %(field)s.") % {"field": field.label},
                field="columns",
            )
    headers = [column["header"].casefold() for column in layout.columns]
    double = next((header for header in headers if headers.count(header) > 1), None)
    if double:
        raise LayoutRefused(
            _("Two columns have the header “%(header)s”.") % {"header": double}, field="columns"
        )
    marks_alike = layout.delimiter == layout.decimal_mark == PayrollLayout.Delimiter.COMMA
    if marks_alike and layout.units == PayrollLayout.Units.MAJOR:
        raise LayoutRefused(
            _("The comma can't stand between columns and in amounts: choose another one."),
            field="delimiter",
        )
    try:
        preview(layout)
    except BonusRefused as refused:
        raise LayoutRefused(str(refused), field="encoding") from refused


def preview(layout: PayrollLayout) -> str:
    """The first lines of a file, of people who do not exist. Raises PayrollRefused."""
    return as_csv(layout, EXAMPLES).decode(layout.encoding)
