"""Exchange formats: lists and workbooks that come in from a spreadsheet, and what goes out to one.

Guarantees: reading raises only the ExchangeError family; a bad row costs that row; nothing is stored outside the
caller's transaction.
"""

from sharing.exchange.apply import Applied, ImportResult, Outcome, apply_import
from sharing.exchange.cells import escape_cell, unescape_cell, write_rows
from sharing.exchange.errors import ExchangeError
from sharing.exchange.mapping import ColumnMapping, map_columns
from sharing.exchange.plan import ImportPlan, Repeat, SheetPlan, cell_of, plan_import, write_errors
from sharing.exchange.stated import Draft, RowError, RowKey
from sharing.exchange.table import Limits
from sharing.exchange.targets import IGNORE, TARGETS

__all__ = [
    "IGNORE",
    "TARGETS",
    "Applied",
    "ColumnMapping",
    "Draft",
    "ExchangeError",
    "ImportPlan",
    "ImportResult",
    "Limits",
    "Outcome",
    "Repeat",
    "RowError",
    "RowKey",
    "SheetPlan",
    "apply_import",
    "cell_of",
    "escape_cell",
    "map_columns",
    "plan_import",
    "unescape_cell",
    "write_errors",
    "write_rows",
]
