"""How far this database has signed, and whether it may sign at all.

One row of `signing_state`: the newest *generation* (see `network.lasting`), which key-encryption key everything is sealed
under, and since when the database is a restored copy that nobody has settled.

Guarantees: `require_current` raises `NodeBehind` when the database was restored, or when the journal knows a later
generation than this snapshot although it was begun after that one was committed. Every signer asks it (see
`network.identity.keys`), so nothing older than what was said already is ever signed.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from network import lasting
from network.errors import KekReplaced, NodeBehind, SchemaMismatch

MARK: Final = "guildnet_mark"
"""Key of `Session.info`: the newest generation that the journal knew before the transaction began."""

_SEAL_LOCK: Final = 0x6775696C6B656B  # any number that nobody else on a PostgreSQL server uses for its advisory locks
_JUDGED: Final = "guildnet_current"
_REWRAPPED: Final = "guildnet_rewrapped"


def is_replaced(session: Session, name: str | None) -> bool:
    """Whether everything was put under another key-encryption key than the one of this name; no name: nobody opens here."""
    found = session.execute(text("SELECT kek_check FROM signing_state")).scalar()
    return name is not None and found is not None and found != name


def is_behind(session: Session) -> bool:
    """Whether this database is older than what the node has said, or a restored copy that nobody has settled."""
    row = session.execute(text("SELECT generation, restored_at FROM signing_state WHERE id = 1")).one_or_none()
    if row is None:
        raise SchemaMismatch("The signing state is missing; run `guildnet init` or restore a backup.")
    return row.restored_at is not None or row.generation < session.info.get(MARK, 0)


def require_current(session: Session) -> None:
    """Raise `NodeBehind` where nothing may be signed; asked once for each transaction."""
    if session.info.get(_JUDGED):
        return
    if is_behind(session):
        raise NodeBehind("This database is older than what the node has said; `guildnet restore accept` settles it.")
    session.info[_JUDGED] = True


def settling(session: Session) -> None:
    """Let this transaction sign although the database is behind: only for what settles that."""
    session.info[_JUDGED] = True


def settled(session: Session, newest: int) -> None:
    """From this transaction on the database is current again, beyond generation `newest` of the journal."""
    lasting.mark(session)
    session.execute(
        text(
            "UPDATE signing_state SET restored_at = NULL, restored_from = NULL, elsewhere = false, "
            "generation = CASE WHEN generation < :newest THEN :newest ELSE generation END"
        ),
        {"newest": newest},
    )


def take_generation(session: Session) -> int:
    """The next generation, in the transaction that noted something. Last of all: until its commit, others wait.

    Raises `NodeBehind`: a copy that went on by itself would overtake the journal, and nobody could tell any more.
    """
    require_current(session)
    number = session.execute(text("UPDATE signing_state SET generation = generation + 1 RETURNING generation")).scalar()
    return int(number or 0)


def lock_seals(session: Session) -> None:
    """Until this transaction ends, no other one that may have sealed something commits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEAL_LOCK})


def sealed_under(session: Session, name: str) -> None:
    """From this transaction on everything is sealed under the key-encryption key of this name."""
    session.execute(text("UPDATE signing_state SET kek_check = :name"), {"name": name})
    session.info[_REWRAPPED] = True


def require_seal(session: Session, name: str) -> None:
    """Raise `KekReplaced` when everything was put under another key-encryption key than the one of this name.

    Asked last before a commit: what a process sealed with a key it should no longer use must not be stored.
    """
    if session.info.get(_REWRAPPED):
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _SEAL_LOCK})
    if is_replaced(session, name):
        raise KekReplaced("The key-encryption key was changed while this process ran: start it anew.")
