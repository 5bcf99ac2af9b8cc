"""The ledger as it stands in the database, against heads: those stored, and one that an owner received earlier.

Guarantees: every leaf is made anew from its row, and the tree from the leaves; a row that was changed, taken out or put in
after it was sealed shows in the root of every head that covers it. An operator who changes a row and every hash after it, and
signs anew, is found by whoever brings a head from before. Does not find a row that was changed before it was sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network import identity, membership
from sharing.ledger.errors import LedgerDamaged
from sharing.ledger.heads import ledger_name
from sharing.ledger.leaves import leaf_hash
from sharing.ledger.models import Disclosure, LedgerHead
from sharing.ledger.reading import Reader
from sharing.ledger.sealing import ROLE
from trust import checkpoint
from trust.checkpoint import Checkpoint
from trust.disclosures import Tree, compared, same_ledger
from trust.errors import CheckpointError, TrustError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One ledger, looked through. `hashed`: leaves of which the hash alone is left. `problems`: (what, code): `head <size>`,
    `leaf <number>`, or the head that was brought."""

    organization_id: str
    ledger: str
    size: int
    hashed: int
    problems: tuple[tuple[str, str], ...]


def check_against(session: Session, note: str) -> Checked:
    """The ledger that a head is of, against that head and all that are stored. Raises `CheckpointError` for no head of here."""
    brought = checkpoint.peek(note)
    owner_id = _owner_of(session, brought.origin)
    return check(session, owner_id, brought=note)


def check(session: Session, owner_id: str, *, brought: str | None = None) -> Checked:
    """One organization's ledger against every stored head, and the one brought."""
    stored = session.scalars(select(LedgerHead).where(LedgerHead.organization_id == owner_id).order_by(LedgerHead.size)).all()
    name = ledger_name(session, owner_id)
    extra = None if brought is None else checkpoint.peek(brought)
    tree = Tree([each.size for each in stored] + ([] if extra is None else [extra.size]))
    problems = list(_grown(session, owner_id, tree))
    for row in stored:
        problem = _judged(session, row.note, tree, name) or (None if tree.roots.get(row.size) == row.root else "root")
        if problem is not None:
            problems.append((f"head {row.size}", problem))
    newest = stored[-1].size if stored else 0
    if tree.size != newest:
        problems.append((f"head {newest}", "leaves_missing" if tree.size < newest else "not_sealed"))
    if brought is not None and (problem := _judged(session, brought, tree, name)) is not None:
        problems.append(("the head brought", problem))
    bare = select(func.count()).where(
        Disclosure.owner_id == owner_id, Disclosure.leaf.is_not(None), Disclosure.factory_id.is_(None)
    )
    hashed = session.scalar(bare) or 0
    return Checked(organization_id=owner_id, ledger=name, size=tree.size, hashed=hashed, problems=tuple(problems))


def owners(session: Session) -> list[str]:
    """The organizations that have a ledger."""
    return list(session.scalars(select(LedgerHead.organization_id).distinct().order_by(LedgerHead.organization_id)))


def _grown(session: Session, owner_id: str, tree: Tree) -> Iterator[tuple[str, str]]:
    reader = Reader(session)
    query = select(Disclosure).where(Disclosure.owner_id == owner_id, Disclosure.leaf.is_not(None))
    for row in session.scalars(query.order_by(Disclosure.leaf).execution_options(yield_per=500)):
        if row.leaf != tree.size:
            yield f"leaf {tree.size}", "leaf_missing"
            return
        found = row.hash or b""
        if row.factory_id is not None:
            try:
                made = leaf_hash(reader, row)
            except (LedgerDamaged, TrustError) as error:
                yield f"leaf {row.leaf}", error.code
            else:
                if made != found:
                    yield f"leaf {row.leaf}", "rewritten"
                found = made
        if len(found) != 32:
            yield f"leaf {row.leaf}", "hash"
            return
        tree.append(found)
        session.expunge(row)


def _judged(session: Session, note: str, tree: Tree, origin: str) -> str | None:
    """Why a head does not fit the tree; None when it does."""
    try:
        head = _read(session, note)
    except TrustError as error:
        return error.reason
    return compared(head, tree, origin)


def _read(session: Session, note: str) -> Checkpoint:
    keys: Sequence[identity.Key] = identity.keys_of(session, identity.node(session).did, ROLE)
    for key in keys:
        try:
            return checkpoint.read(note, key=key.public)
        except CheckpointError:
            raise
        except TrustError:
            continue
    raise CheckpointError("not_signed_by_the_node")


def _owner_of(session: Session, origin: str) -> str:
    slug = origin.rpartition("/")[2].partition(".")[0]
    found = membership.find(session, slug)
    if found is None or not same_ledger(origin, ledger_name(session, found.id)):
        raise CheckpointError("another_ledger")
    return found.id
