"""What the money kept, cut one way, and power that is not used."""

from dataclasses import dataclass

import django_tables2 as tables
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from empowerment.services.reporting import Figures
from empowerment.services.reviewing import Looked
from empowerment.services.unused_power import Power
from people.columns import NUMBER, WHEN, CurrencyColumn, MoneyColumn, NumberColumn
from people.templatetags.shown import percent


@dataclass(frozen=True)
class Row:
    """A group with its figures; None: kept back, as fewer than five people spent."""

    name: str
    currency: str
    figures: Figures | None

    def __getattr__(self, name: str) -> int | None:
        return getattr(self.figures, name) if self.figures else None


@dataclass(frozen=True)
class PowerRow:
    name: str
    power: Power | None

    def __getattr__(self, name: str) -> int | None:
        return getattr(self.power, name) if self.power else None


class ShareColumn(tables.Column):
    """Basis points, shown as a percentage with one decimal, rounded down."""

    def __init__(self, *args, **more):
        super().__init__(*args, attrs=NUMBER, **more)

    def render(self, value: int) -> str:
        return percent(value - value % 10)


class FiguresTable(tables.Table):
    """`first` names the column of groups. Hidden figures are dashes, and the note says why."""

    name = tables.Column(_("Group"), orderable=False, attrs=WHEN)
    cases = NumberColumn(_("Cases"), orderable=False)
    at_once = NumberColumn(_("At once"), orderable=False)
    net_minor = MoneyColumn(_("Spent"), orderable=False)
    average_minor = MoneyColumn(_("Average"), orderable=False)
    kept = NumberColumn(_("Kept"), orderable=False)
    per_kept_minor = MoneyColumn(_("Cost per kept"), orderable=False)
    asked_bp = ShareColumn(_("Asked about"), orderable=False)
    unknown_bp = ShareColumn(_("Unknown"), orderable=False)
    currency = CurrencyColumn(_("Currency"))

    class Meta:
        attrs = {"class": "table"}
        empty_text = _("No case in these months.")

    def __init__(self, rows: list[Row], *, first: str):
        super().__init__(rows)
        self.columns["name"].column.verbose_name = first

    def render_name(self, value: str, record: Row) -> str:
        return _few(value) if record.figures is None else value


class PowerTable(tables.Table):
    name = tables.Column(_("Department"), orderable=False)
    people = NumberColumn(_("May put right"), orderable=False)
    used_bp = ShareColumn(_("Have done so"), orderable=False)
    cases = NumberColumn(_("Cases"), orderable=False)
    asked_bp = ShareColumn(_("Asked above the limit"), orderable=False)

    class Meta:
        attrs = {"class": "table"}
        empty_text = _("Nobody has an allowance yet.")

    def render_name(self, value: str, record: PowerRow) -> str:
        return _few(value) if record.power is None else value


class LookedTable(tables.Table):
    department = tables.Column(_("Department"), orderable=False)
    drawn = NumberColumn(_("Cases to look at"), orderable=False)
    reviewed = NumberColumn(_("Of these looked at"), orderable=False)
    split = NumberColumn(_("Split"), accessor="signals__split", orderable=False)
    just_under = NumberColumn(_("Just under"), accessor="signals__just_under", orderable=False)
    same = NumberColumn(_("Same customer"), accessor="signals__same", orderable=False)
    far = NumberColumn(_("Far from peers"), accessor="signals__far", orderable=False)
    returned = NumberColumn(_("Came back often"), accessor="signals__returned", orderable=False)

    class Meta:
        attrs = {"class": "table"}
        empty_text = _("No case of these months was to be looked at.")

    def render_department(self, value: str, record: Looked) -> str:
        return _few(value) if record.signals is None else value


def _few(name: str) -> str:
    return gettext("%(name)s (fewer than five people)") % {"name": name}
