"""Lists: sorted, filtered, a page at a time, and as a file that obeys the filters."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django_filters import FilterSet
from django_tables2 import LazyPaginator, RequestConfig, Table
from django_tables2 import utils as table_utils
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Signature = tuple[tuple[str, ...], str | None]
read_signature: Callable[[Callable[..., Any]], Signature] = table_utils.signature
_signatures: dict[Callable[..., Any], Signature] = {}


def signature_once(method: Callable[..., Any]) -> Signature:
    """What arguments a column's method takes. django_tables2 inspects it anew for every cell: half
    of the time of a file of 14,000 rows."""
    function = getattr(method, "__func__", method)
    if function not in _signatures:
        _signatures[function] = read_signature(method)
    return _signatures[function]


table_utils.signature = signature_once

PER_PAGE = 50
LAST_PAGE = 1_000_000
"""Beyond it no database counts."""
LONGEST_FILE = 100_000
"""Rows in a file; who needs more asks the database."""


class UncountedPaginator(LazyPaginator):
    """Reads one row more than a page: to count everybody costs more than to find a few."""

    uncounted = True

    def validate_number(self, number: int | str) -> int:
        """A page that no company fills is the first one; databases count no further than 2^63."""
        found = super().validate_number(number)
        return found if found <= LONGEST_FILE else 1


Action = tuple[str, str | Promise]
"""An address and what its button says."""


def show_list(
    request: HttpRequest,
    table_class: type[Table],
    rows: Any,
    *,
    title: str,
    filters: type[FilterSet] | None = None,
    lead: str = "",
    actions: Sequence[Action] = (),
    template: str = "list.html",
    counted: bool = True,
    may_export: bool = True,
    shown: Mapping[str, Any] | None = None,
    looked_at: Callable[[Iterable[Any]], None] = lambda _rows: None,
    **given: Any,
) -> HttpResponse:
    """A page with the list, or, with ?export=csv or ?export=xlsx, the same rows as a file.

    `filters` is a FilterSet over the queryset `rows`; `given` goes to the table, `shown` to the
    template. Not `counted`: the pages have numbers but no last one. `looked_at` is told which rows
    are about to be shown: those of the page, or all that go into the file.
    """
    chosen = filters(request.GET, queryset=rows, request=request) if filters else None
    table = table_class(chosen.qs if chosen else rows, **given)
    export = request.GET.get("export")
    if export and not may_export:
        raise PermissionDenied
    if export:
        RequestConfig(request, paginate=False).configure(table)
        looked_at(row.record for row in islice(table.rows, LONGEST_FILE))
        return as_file(table, export, name=table_class.__name__.removesuffix("Table").lower())
    turn_to_page(request, table, Paginator if counted else UncountedPaginator)
    looked_at(row.record for row in table.page.object_list)
    offered = may_export and table.page.object_list
    context = {
        **(shown or {}),
        "title": title, "lead": lead, "table": table, "filters": chosen, "actions": actions,
        "exports": [(form, _exported(request, form)) for form in ("csv", "xlsx") if offered],
    }  # fmt: skip
    return render(request, template, context)


def turn_to_page(
    request: HttpRequest, table: Table, paginator: type[Paginator] = Paginator
) -> None:
    """Sorted as asked; the page asked for, else the last. How long a page is, is ours to say."""
    RequestConfig(request, paginate=False).configure(table)
    try:
        asked = int(request.GET.get(table.prefixed_page_field, 1))
    except ValueError:
        asked = 1
    try:
        table.paginate(paginator, per_page=PER_PAGE, page=min(asked, LAST_PAGE))
    except EmptyPage:
        table.page = table.paginator.page(table.paginator.num_pages)


def _exported(request: HttpRequest, form: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["export"] = form
    return f"?{query.urlencode()}"


def as_file(table: Table, form: str, *, name: str) -> HttpResponse:
    """All rows of the table; Http404 for another form than csv and xlsx."""
    if form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(_cells(table))
        # Excel takes a file for UTF-8 by this mark only.
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        book = Workbook(write_only=True)
        sheet = book.create_sheet(name[:31])
        for row in _cells(table):
            sheet.append(row)
        held = io.BytesIO()
        book.save(held)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(held.getvalue(), content_type=kind)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _cells(table: Table) -> Iterator[list[Any]]:
    for number, row in enumerate(table.as_values()):
        if number > LONGEST_FILE:
            return
        yield ["" if value == table.default else harmless(value) for value in row]


STARTS_A_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+−\-@＝＋－＠]|[\t\r\n]")
"""Full-width too, as spreadsheets in Chinese and Japanese read it, and behind blanks."""


def harmless(value: Any) -> Any:
    """A cell that a spreadsheet program does not run: text that begins like a formula gets a '.

    Control characters, which XLSX can't hold, become U+FFFD.
    """
    if isinstance(value, datetime) and value.tzinfo:
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str | Promise):
        text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value))
        return f"'{text}" if STARTS_A_FORMULA.match(text) else text
    return "" if value is None else value
