"""A list into a plan: which drafts it would make, what repeats, what is wrong. Pure but for reading the list.

Guarantees: drafts + repeats + rows with errors = data rows, and each row is in exactly one of the three; the first
sound row of a key is the draft and later ones are repeats that name it; the same bytes and mapping give the same plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sharing.exchange.cells import TextStream, write_rows
from sharing.exchange.mapping import ColumnMapping, map_columns
from sharing.exchange.rows import Draft, RowError, RowKey, read_row
from sharing.exchange.source import Source, decode, read_source
from sharing.exchange.table import DamagedRow, EmptyRow, Limits, Row, Table

Progress = Callable[[int, int], None]  # done, of how many
_REPORT_EVERY = 500  # rows
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A row that says an earlier factory again: `literal` to the letter, else folded. `differs`: columns not equal."""

    row: int
    first_row: int
    literal: bool
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What importing a list would do. `rows` counts data rows; `empty_rows` are not among them."""

    source_digest: str  # SHA-256 of the bytes, hex
    mapping: ColumnMapping
    rows: int
    empty_rows: int
    drafts: tuple[Draft, ...]
    repeats: tuple[Repeat, ...]
    errors: tuple[RowError, ...]

    @property
    def error_rows(self) -> int:
        """Rows that have at least one error."""
        return len({error.row for error in self.errors})

    @property
    def notices(self) -> tuple[RowError, ...]:
        """Values that were left out of rows which are taken."""
        return tuple(notice for draft in self.drafts for notice in draft.notices)


def plan_import(
    source: Source,
    *,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    delimiter: str | None = None,
    progress: Progress | None = None,
) -> ImportPlan:
    """Read a CSV list of factories; raises ExchangeError. `mapping`: column name -> target or `ignore`, over guesses."""
    data = read_source(source, max_bytes=limits.max_bytes)
    table = Table(decode(data), limits=limits, delimiter=delimiter)
    columns = map_columns(table.header, mapping)
    tally = _Tally(columns, decimal_comma=table.delimiter != ",")
    for count, row in enumerate(table.rows(), start=1):
        tally.add(row)
        if progress is not None and count % _REPORT_EVERY == 0:
            progress(*table.progress)
    if progress is not None:
        progress(*table.progress)
    return tally.plan(hashlib.sha256(data).hexdigest())


def write_errors(stream: TextStream, plan: ImportPlan) -> None:
    """The report a person opens beside the list: row, column, kind, code, reason; every cell escaped."""
    findings = [(error.row, error.column or "", "error", error.code, error.message) for error in plan.errors]
    findings += [(notice.row, notice.column or "", "notice", notice.code, notice.message) for notice in plan.notices]
    for repeat in plan.repeats:
        code = "repeat_literal" if repeat.literal else "repeat_folded"
        differs = f"; differs in: {', '.join(repeat.differs)}" if repeat.differs else ""
        findings.append((repeat.row, "", "repeat", code, f"the same factory as row {repeat.first_row}{differs}"))
    write_rows(stream, ("row", "column", "kind", "code", "reason"), ((str(row), *rest) for row, *rest in sorted(findings)))


class _Tally:
    """The plan while its rows come in."""

    def __init__(self, mapping: ColumnMapping, *, decimal_comma: bool) -> None:
        self._mapping = mapping
        self._decimal_comma = decimal_comma
        self._rows = 0
        self._empty = 0
        self._drafts: dict[RowKey, tuple[Draft, Row]] = {}
        self._repeats: list[Repeat] = []
        self._errors: list[RowError] = []

    def add(self, row: Row | DamagedRow | EmptyRow) -> None:
        if isinstance(row, EmptyRow):
            self._empty += 1
            return
        self._rows += 1
        if isinstance(row, DamagedRow):
            self._errors.append(RowError(row=row.number, column=None, code=row.code, message=row.message))
            return
        read = read_row(row, self._mapping, decimal_comma=self._decimal_comma)
        if isinstance(read, tuple):
            self._errors.extend(read)
            return
        first = self._drafts.setdefault(read.key, (read, row))
        if first[0] is not read:
            self._repeats.append(self._repeat(read, row, *first))

    def plan(self, source_digest: str) -> ImportPlan:
        return ImportPlan(
            source_digest=source_digest,
            mapping=self._mapping,
            rows=self._rows,
            empty_rows=self._empty,
            drafts=tuple(draft for draft, _ in self._drafts.values()),
            repeats=tuple(self._repeats),
            errors=tuple(self._errors),
        )

    def _repeat(self, read: Draft, row: Row, first: Draft, first_row: Row) -> Repeat:
        differs = [column for column, _ in self._mapping.used if row.cells[column] != first_row.cells[column]]
        return Repeat(
            row=read.row,
            first_row=first.row,
            literal=read.literal == first.literal,
            differs=tuple(map(self._mapping.column_name, differs)),
        )
