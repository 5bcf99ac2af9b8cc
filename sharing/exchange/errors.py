"""Why a list could not be read at all; what is wrong with one row is a value (`rows.RowError`), never an exception.

    SharingError
    └── ExchangeError               exchange_error
        ├── SourceUnreadable        source_unreadable
        ├── SourceTooLarge          source_too_large
        ├── EncodingRefused         encoding_refused
        ├── BinaryContent           binary_content
        ├── HeaderInvalid           header_invalid
        ├── TooManyRows             too_many_rows
        ├── WorkbookDamaged         workbook_damaged
        ├── WorkbookUnsafe          workbook_unsafe
        ├── WorkbookKindRefused     workbook_kind_refused
        ├── NothingToImport         nothing_to_import
        ├── MappingInvalid          mapping_invalid
        └── MappingIncomplete       mapping_incomplete

Guarantees: `code` never changes once released, `fields` holds plain text and numbers, and the text says what to do
next.
"""

from __future__ import annotations

from typing import ClassVar

from sharing.errors import SharingError


class ExchangeError(SharingError):
    """Root of what stops a whole list."""

    code: ClassVar[str] = "exchange_error"


class SourceUnreadable(ExchangeError):
    """The file is absent, not a regular file, or the system refused to read it."""

    code = "source_unreadable"


class SourceTooLarge(ExchangeError):
    """The list has more bytes than the limit. Fields: limit, size (bytes; None when unknown)."""

    code = "source_too_large"


class EncodingRefused(ExchangeError):
    """The bytes are not UTF-8. Fields: offset (bytes from the start), looks_like."""

    code = "encoding_refused"


class BinaryContent(ExchangeError):
    """A NUL byte, which no text list contains. Fields: offset (bytes from the start)."""

    code = "binary_content"


class HeaderInvalid(ExchangeError):
    """The first row does not name the columns, or names too many."""

    code = "header_invalid"


class TooManyRows(ExchangeError):
    """The list has more rows than the limit. Fields: limit."""

    code = "too_many_rows"


class WorkbookDamaged(ExchangeError):
    """A workbook that is cut off, or whose inside is not what a workbook's is. Fields: sheet."""

    code = "workbook_damaged"


class WorkbookUnsafe(ExchangeError):
    """A workbook that costs too much to open, or hides something. Fields: reason, and entry or limit."""

    code = "workbook_unsafe"


class WorkbookKindRefused(ExchangeError):
    """A spreadsheet or archive of a kind that is not read. Fields: looks_like."""

    code = "workbook_kind_refused"


class NothingToImport(ExchangeError):
    """No sheet of the workbook is one that can be imported. Fields: sheets."""

    code = "nothing_to_import"


class MappingInvalid(ExchangeError):
    """An explicit mapping names an unknown column or target, or names one twice. Fields: column, target."""

    code = "mapping_invalid"


class MappingIncomplete(ExchangeError):
    """No column gives a mandatory value. Fields: missing (targets), columns (what the header names)."""

    code = "mapping_incomplete"
