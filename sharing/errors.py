"""What can go wrong in `sharing`, each with a stable code and structured fields, none with a word of HTTP.

SharingError
├── ProfileErrors         a profile document broke rules; carries every problem found, not the first
├── InvalidDocument       another document of an owner broke rules, likewise
├── InvalidAttestation    a submitted attestation is not what was asked for
├── NotFound              unknown, hidden or somebody else's
├── RoleRequired          the calling organization lacks a role
├── StateConflict         not possible in the present state
├── RevisionMismatch      somebody edited in between
├── Incomplete            a profile lacks what publishing needs
├── FileRefused           bytes are no whole file of a kind that is kept
├── PreviewNotConfirmed   the first publication waits for its owner's look at the preview
├── WideningNotConfirmed  a policy that may show somebody more waits for its owner's look at what changes
├── ConfirmationNeeded    a policy waits for a yes to its warnings
├── ListFull              no free index was found in a status list
├── StatusDoubted         a status list that nobody confirmed since the node was restored
├── UnknownField          code asked for a field that the catalogue does not have
└── ProjectionForged      somebody tried to make a Projection without `project()`
"""

from dataclasses import dataclass
from typing import ClassVar

MOST_PROBLEMS = 500  # collected for one document; a hostile one must not make an answer of megabytes


class SharingError(Exception):
    """Root of this package's errors: `code` is stable snake_case, `fields` are the facts a caller may show."""

    code: ClassVar[str] = "sharing_error"

    def __init__(self, message: str = "", **fields: object) -> None:
        super().__init__(message or self.code)
        self.fields: dict[str, object] = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One broken rule: where (`capabilities/0/process`), a stable code, and a sentence for the owner."""

    path: str
    code: str
    message: str


class Problems:
    """Collects problems while a document is read, so that its owner hears of all of them at once."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, path: str, code: str, message: str) -> None:
        """Note one problem; beyond MOST_PROBLEMS they are counted as one `too_many_problems`."""
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(path=path, code=code, message=message))
        elif len(self.found) == MOST_PROBLEMS:
            self.found.append(Problem(path="", code="too_many_problems", message="There are more problems."))

    def __len__(self) -> int:
        return len(self.found)


class ProfileErrors(SharingError):
    """A profile document is refused; `problems` says everything that is wrong with it."""

    code = "profile_invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            f"The profile has {len(problems)} problem(s); the first: {problems[0].path}: {problems[0].message}",
            problems=[{"path": each.path, "code": each.code, "message": each.message} for each in problems],
        )
        self.problems = problems


class UnknownField(SharingError):
    """The catalogue has no such field."""

    code = "unknown_field"


class ProjectionForged(SharingError):
    """Only `sharing.projection.project` makes a Projection."""

    code = "projection_forged"


class NotFound(SharingError):
    """Unknown, hidden from the caller, or somebody else's: the three are one answer."""

    code = "not_found"


class RoleRequired(SharingError):
    """The calling organization lacks a role; depends on the caller alone, so it tells nothing about anybody else."""

    code = "role_required"


class StateConflict(SharingError):
    """The thing is the caller's to see, and is not in a state that allows this."""

    code = "state_conflict"


class RevisionMismatch(SharingError):
    """Somebody edited in between: the revision that was read is no longer the newest."""

    code = "revision_mismatch"


class Incomplete(SharingError):
    """A profile that lacks what publishing needs."""

    code = "profile_incomplete"


class FileRefused(SharingError):
    """The bytes are no whole PDF, PNG or JPEG file of a size that is kept; depends on the bytes alone."""

    code = "file_refused"


class PreviewNotConfirmed(SharingError):
    """The first publication waits for the digest of the preview that its owner has seen."""

    code = "preview_not_confirmed"

    def __init__(self, *, digest: str) -> None:
        super().__init__(
            "Before the first publication, look at the preview and send its digest: what was once public may have been copied.",
            digest=digest,
        )
        self.digest = digest


class WideningNotConfirmed(SharingError):
    """A policy that may show somebody more waits for the digest of the change that its owner has looked at."""

    code = "widening_not_confirmed"

    def __init__(self, *, digest: str) -> None:
        super().__init__(
            "This policy may show somebody more than the saved one does. Look at what changes and send its digest as "
            "`confirm`: what was once shown may have been copied.",
            digest=digest,
        )
        self.digest = digest


class ConfirmationNeeded(SharingError):
    """A policy does something its owner may not expect; saving it asks for a yes to each warning."""

    code = "confirmation_needed"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            problems[0].message,
            problems=[{"path": each.path, "code": each.code, "message": each.message} for each in problems],
        )
        self.problems = problems


class InvalidDocument(SharingError):
    """Something other than a profile breaks its rules; `problems` says everything that is wrong with it."""

    code = "document_invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            problems[0].message,
            problems=[{"path": each.path, "code": each.code, "message": each.message} for each in problems],
        )
        self.problems = problems


class InvalidAttestation(SharingError):
    """A submitted attestation does not say what its worksheet asked for, or is not the auditor's."""

    code = "attestation_invalid"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, reason=reason)
        self.reason = reason


class ListFull(SharingError):
    """Every index that was tried of a status list is taken."""

    code = "status_list_full"


class StatusDoubted(SharingError):
    """Since the node was restored, nobody has confirmed what this status list says; it is not signed."""

    code = "status_doubted"


def invalid(path: str, code: str, message: str) -> InvalidDocument:
    """One problem as an error."""
    return InvalidDocument((Problem(path=path, code=code, message=message),))
