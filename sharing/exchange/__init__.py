"""Exchange formats: lists that come in from a spreadsheet, and text that goes out to one.

Guarantees: reading raises only the ExchangeError family; a bad row costs that row; nothing is stored outside the
caller's transaction.
"""

from sharing.exchange.apply import Applied, DraftStore, ImportResult, Outcome, StoredDraft, apply_import
from sharing.exchange.cells import escape_cell, write_rows
from sharing.exchange.errors import ExchangeError
from sharing.exchange.mapping import ColumnMapping, map_columns
from sharing.exchange.plan import ImportPlan, Repeat, plan_import, write_errors
from sharing.exchange.rows import Draft, RowError, RowKey
from sharing.exchange.table import Limits
from sharing.exchange.targets import IGNORE, TARGETS

__all__ = [
    "IGNORE",
    "TARGETS",
    "Applied",
    "ColumnMapping",
    "Draft",
    "DraftStore",
    "ExchangeError",
    "ImportPlan",
    "ImportResult",
    "Limits",
    "Outcome",
    "Repeat",
    "RowError",
    "RowKey",
    "StoredDraft",
    "apply_import",
    "escape_cell",
    "map_columns",
    "plan_import",
    "write_errors",
    "write_rows",
]
