"""The errors of this package. Nothing else leaves it: no ValueError, KeyError or TypeError for bad input.

    PolicyError
      PolicyErrors         a document was refused; carries every fault, not the first
      UnknownField         a field was asked for that the vocabulary does not have
      MalformedVocabulary  fields and groups contradict each other (a programming error of the caller)
      MalformedGrant       a grant that could not mean anything

``code`` is stable: callers, tests and translations key on it. Messages are for people and may be reworded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a document: where (``rules/3/to/country/0``), a stable code, and words for a person."""

    path: str
    code: str
    message: str


class PolicyError(Exception):
    """Root of everything this package raises."""

    code: ClassVar[str] = "policy_error"


class PolicyErrors(PolicyError):
    """A policy, matrix or platform document was refused; ``errors`` holds all its faults."""

    code: ClassVar[str] = "invalid_policy"

    def __init__(self, errors: Iterable[Fault]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{fault.path}: {fault.code}" for fault in self.errors))


class UnknownField(PolicyError):
    """Asked for a field the vocabulary does not name: answering "hidden" would conceal a misspelling."""

    code: ClassVar[str] = "unknown_field"

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


class MalformedVocabulary(PolicyError):
    """The vocabulary given by the catalogue is inconsistent."""

    code: ClassVar[str] = "malformed_vocabulary"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class MalformedGrant(PolicyError):
    """A grant without tier and without fields, or a direct grant that also names a tier."""

    code: ClassVar[str] = "malformed_grant"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
