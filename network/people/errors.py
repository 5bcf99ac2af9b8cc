"""What can go wrong with people, as a part of the tree of `network.errors`.

    NetworkError
    └── PeopleError                people_error
        ├── Faulty                 (something that was sent; says where)
        ├── AddressInvalid         address_invalid
        ├── PasswordRefused        password_refused
        ├── SignInRefused          sign_in_refused      (address, password or code: which is not told)
        ├── TooManyAttempts        too_many_attempts    (for any address alike)
        ├── TicketInvalid          ticket_invalid       (unknown, used and expired alike)
        ├── CodeRefused            code_refused
        ├── NotThere               not_found
        ├── PeopleConflict         people_conflict
        ├── LastOwner              last_owner
        ├── NotConfirmed           not_confirmed
        ├── TermsOutdated          terms_outdated
        ├── ApplicationInvalid     application_invalid
        └── MailFailed             mail_failed

Guarantees: no text here holds an address, a password or a token.
"""

from __future__ import annotations

from network.errors import NetworkError


class PeopleError(NetworkError):
    """An account, a session, a role, an application or a letter."""

    code = "people_error"


class Faulty(PeopleError):
    """Something that was sent cannot be taken; `problems` says where, as (path, code, message)."""

    code = "people_error"

    def __init__(self, message: str, *, path: str, reason: str = "invalid") -> None:
        super().__init__(message, reason=reason)
        self.problems = ((path, reason, message),)


class AddressInvalid(Faulty):
    """The text is not a mail address that this node writes to."""

    code = "address_invalid"


class PasswordRefused(Faulty):
    """The password is too short, too long or too easily guessed; `reason` says which."""

    code = "password_refused"


class SignInRefused(PeopleError):
    """Nobody logs in with this; whether the address, the password or the code is wrong is one answer."""

    code = "sign_in_refused"


class TooManyAttempts(PeopleError):
    """Too many attempts for one address from one place, or invitations of it; the same for an address that nobody has."""

    code = "too_many_attempts"


class TicketInvalid(PeopleError):
    """A mailed token is unknown, used or too old."""

    code = "ticket_invalid"


class CodeRefused(PeopleError):
    """A one-time code is wrong, or was used already."""

    code = "code_refused"


class NotThere(PeopleError):
    """Unknown, or somebody else's: one answer."""

    code = "not_found"


class PeopleConflict(PeopleError):
    """Not possible in the present state."""

    code = "people_conflict"


class LastOwner(PeopleError):
    """An organization with people has an owner."""

    code = "last_owner"


class NotConfirmed(PeopleError):
    """What cannot be undone waits for a value that says it is meant."""

    code = "not_confirmed"


class TermsOutdated(PeopleError):
    """The version or the digest is not that of the terms in force."""

    code = "terms_outdated"


class ApplicationInvalid(Faulty):
    """What an applicant says of an organization, or a file of theirs, cannot be taken."""

    code = "application_invalid"


class MailFailed(PeopleError):
    """The mail server, or the file in its place, did not take a letter."""

    code = "mail_failed"
