"""Everything that can go wrong in `network`, as one tree.

    NetworkError                      network_error
    ├── DatabaseFailure               database_failure
    │   ├── UnsupportedDatabase       database_unsupported
    │   ├── DatabaseBusy              database_busy            (try again)
    │   ├── DatabaseUnavailable       database_unavailable
    │   ├── StorageFull               storage_full             (reads go on)
    │   ├── NodeBehind                node_behind              (a restored database)
    │   ├── JournalUnusable           journal_unusable
    │   ├── ReadOnlyTransaction       transaction_read_only    (a defect of the caller)
    │   ├── StoredValueInvalid        stored_value_invalid     (integrity)
    │   └── SchemaMismatch            schema_mismatch
    ├── KeystoreError                 keystore_error
    │   ├── KekInvalid                kek_invalid
    │   ├── KekExists                 kek_exists
    │   ├── KekUnreadable             kek_unreadable
    │   ├── KekReplaced               kek_replaced             (start the process anew)
    │   ├── SealBroken                seal_broken              (integrity)
    │   └── KeyNotHeld                key_not_held
    ├── IdentityError                 identity_error
    │   ├── OriginInvalid             origin_invalid
    │   ├── NodeExists                node_exists
    │   ├── NodeMissing               node_missing
    │   ├── SlugInvalid               slug_invalid
    │   ├── SlugTaken                 slug_taken
    │   ├── NameInvalid               name_invalid
    │   ├── KeyUnknown                key_unknown
    │   ├── KeyRefused                key_refused
    │   └── KeyTimeInvalid            key_time_invalid
    ├── MembershipError               membership_error
    │   ├── OrganizationUnknown       organization_unknown
    │   ├── FactInvalid               fact_invalid
    │   ├── ClientUnknown             client_unknown
    │   └── ClientInvalid             client_invalid
    └── TimeInvalid                   time_invalid

Guarantees: `code` never changes once released; `fields` holds plain text and numbers that are safe to show to the
caller (never a secret, a key or a stored value). Not here: status codes, which only `api.errors` knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class NetworkError(Exception):
    """Root of the tree; `code` is stable, `fields` are the structured details, the text is for people."""

    code: ClassVar[str] = "network_error"

    def __init__(self, message: str, **fields: str | int | None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: Mapping[str, str | int | None] = MappingProxyType(fields)


class DatabaseFailure(NetworkError):
    """The database did not do what was asked."""

    code = "database_failure"


class UnsupportedDatabase(DatabaseFailure):
    """The URL names no database that this package supports."""

    code = "database_unsupported"


class DatabaseBusy(DatabaseFailure):
    """A lock was held for too long, or the database chose this transaction as a victim. Nothing was stored."""

    code = "database_busy"


class DatabaseUnavailable(DatabaseFailure):
    """The server or the file cannot be reached or used."""

    code = "database_unavailable"


class StorageFull(DatabaseFailure):
    """There is no room left where the database (or the journal beside it) stands. Nothing was stored; reading goes on."""

    code = "storage_full"


class NodeBehind(DatabaseFailure):
    """The database is older than what this node has said already: a restored copy. It signs nothing until that is settled."""

    code = "node_behind"


class JournalUnusable(DatabaseFailure):
    """The journal cannot be read or written, or belongs to another node."""

    code = "journal_unusable"


class ReadOnlyTransaction(DatabaseFailure):
    """Something was written inside `Database.read()`."""

    code = "transaction_read_only"


class StoredValueInvalid(DatabaseFailure):
    """A stored value is not what this program writes: the file was changed from outside, or is damaged."""

    code = "stored_value_invalid"


class SchemaMismatch(DatabaseFailure):
    """The tables are missing, or those of another release, or an unknown revision was asked for."""

    code = "schema_mismatch"


class KeystoreError(NetworkError):
    """A secret could not be sealed or opened."""

    code = "keystore_error"


class KekInvalid(KeystoreError):
    """The key-encryption key is not 32 bytes of canonical unpadded base64url."""

    code = "kek_invalid"


class KekExists(KeystoreError):
    """A key file is already there; it is never overwritten, since everything sealed under it would be lost."""

    code = "kek_exists"


class KekUnreadable(KeystoreError):
    """The key file is missing, unreadable, or readable by others."""

    code = "kek_unreadable"


class KekReplaced(KeystoreError):
    """Everything was put under another key-encryption key while this process ran. Nothing was stored."""

    code = "kek_replaced"


class SealBroken(KeystoreError):
    """A sealed value does not open: another key, another row, or damage. Which of them cannot be told apart."""

    code = "seal_broken"


class KeyNotHeld(KeystoreError):
    """The private half of this key is not on this node."""

    code = "key_not_held"


class IdentityError(NetworkError):
    """A node, an organization or a key cannot be what was asked for."""

    code = "identity_error"


class OriginInvalid(IdentityError):
    """The text is not an acceptable node origin."""

    code = "origin_invalid"


class NodeExists(IdentityError):
    """This database is a node already; its origin is fixed for ever."""

    code = "node_exists"


class NodeMissing(IdentityError):
    """This database holds no node yet."""

    code = "node_missing"


class SlugInvalid(IdentityError):
    """The text is not an acceptable slug."""

    code = "slug_invalid"


class SlugTaken(IdentityError):
    """An organization with this slug exists, or existed."""

    code = "slug_taken"


class NameInvalid(IdentityError):
    """A name or label is empty, too long, not NFC, or holds control, bidi or invisible characters."""

    code = "name_invalid"


class KeyUnknown(IdentityError):
    """No such key."""

    code = "key_unknown"


class KeyRefused(IdentityError):
    """The key cannot be used here: not Ed25519, a low-order point, or already in use for something else."""

    code = "key_refused"


class KeyTimeInvalid(IdentityError):
    """A rotation or compromise date that contradicts what is recorded."""

    code = "key_time_invalid"


class MembershipError(NetworkError):
    """An organization, a fact about it, or its client credentials."""

    code = "membership_error"


class OrganizationUnknown(MembershipError):
    """No such organization."""

    code = "organization_unknown"


class FactInvalid(MembershipError):
    """A fact with an unknown attribute or source, or a value outside its pattern."""

    code = "fact_invalid"


class ClientUnknown(MembershipError):
    """No such client of this organization."""

    code = "client_unknown"


class ClientInvalid(MembershipError):
    """A client cannot be made with this label or these scopes."""

    code = "client_invalid"


class TimeInvalid(NetworkError):
    """A time without a zone, or not in UTC."""

    code = "time_invalid"
