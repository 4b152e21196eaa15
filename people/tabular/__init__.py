"""Reading tables out of whatever file people send: CSV, TXT and XLSX, in any usual encoding.

Responsibility: from bytes to sheets of cells (`reading`), and from a cell to a date, an exact
number or a text (`cells`). Nothing here knows Django, the database or what the columns mean.
"""

from .cells import (
    BLANKS,
    Cell,
    DateOrder,
    Number,
    TableError,
    date_order,
    decimal_comma,
    normalise,
    parse_date,
    parse_number,
    parse_text,
)
from .reading import (
    MAX_BYTES,
    MAX_CELL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNCOMPRESSED,
    Row,
    Sheet,
    read_sheets,
)

__all__ = [
    "BLANKS",
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_CELLS",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "MAX_UNCOMPRESSED",
    "Cell",
    "DateOrder",
    "Number",
    "Row",
    "Sheet",
    "TableError",
    "date_order",
    "decimal_comma",
    "normalise",
    "parse_date",
    "parse_number",
    "parse_text",
    "read_sheets",
]
