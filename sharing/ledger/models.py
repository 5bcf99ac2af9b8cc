"""The tables of the ledger. No foreign keys: recording must not wait for whoever edits an organization or a factory (on
PostgreSQL a foreign key locks the row it points at), and what was disclosed stays true when a factory is erased.

A disclosure is written once, before its answer leaves; sealing gives it a leaf, and keeping the ledger short takes all but
its leaf and hash. A head is written once. `questions` counts what organizations asked, never what they found.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import UtcTime
from network.database import Base

HEX_ID = 32
FACTORY_ID = 21
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class Disclosure(Base):
    """One factory given out in one answer: its fields and levels (`shown`, read by `legend`), to whom, why.

    `id` is random: the row's name for its owner, and the salt of its leaf. `viewer`: an organization's id, `public` or
    `member`. `rules` and `close` are words between blanks. A row without `factory_id` was shortened: its hash alone is left.
    """

    __tablename__ = "disclosures"

    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(HEX_ID))
    owner_id: Mapped[str] = mapped_column(String(HEX_ID))
    factory_id: Mapped[str | None] = mapped_column(String(FACTORY_ID))
    viewer: Mapped[str] = mapped_column(String(HEX_ID))
    actor: Mapped[str | None] = mapped_column(String(32))
    purpose: Mapped[str | None] = mapped_column(String(20))
    way: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column("seen_at", UtcTime)
    legend: Mapped[str] = mapped_column(String(16))
    shown: Mapped[str] = mapped_column(Text)
    rules: Mapped[str] = mapped_column(Text)
    close: Mapped[str | None] = mapped_column(Text)
    policy_revision: Mapped[int | None] = mapped_column(Integer)
    question: Mapped[str | None] = mapped_column(String(32))
    leaf: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_disclosures_owner", "owner_id", "number"),
        Index("uq_disclosures_leaf", "owner_id", "leaf", unique=True),
        Index(
            "ix_disclosures_unsealed",
            "number",
            sqlite_where=text("leaf IS NULL"),
            postgresql_where=text("leaf IS NULL"),
        ),
    )


class Legend(Base):
    """The fields that a disclosure's `shown` counts through, in their order."""

    __tablename__ = "ledger_legends"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    fields: Mapped[str] = mapped_column(Text)


class LedgerHead(Base):
    """One head of an owner's ledger: the tree over its first `size` leaves, signed. `edge`: the roots of its whole subtrees,
    largest first, 32 bytes each, from which the tree grows."""

    __tablename__ = "ledger_heads"

    organization_id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    edge: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column("sealed_at", UtcTime)


class FirstSight(Base):
    """The first time that a viewer saw a group of a factory through the tier `confidential` or a direct grant."""

    __tablename__ = "ledger_first_sights"

    factory_id: Mapped[str] = mapped_column(String(FACTORY_ID), primary_key=True)
    viewer: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    group: Mapped[str] = mapped_column("field_group", String(32), primary_key=True)
    disclosure: Mapped[str] = mapped_column(String(HEX_ID))


class Question(Base):
    """One question that an organization asked in a week (its Monday), under what it has in common with others (`shape`)."""

    __tablename__ = "ledger_questions"

    asker: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    week: Mapped[date] = mapped_column("monday", Date, primary_key=True)
    shape: Mapped[str] = mapped_column(String(32), primary_key=True)
    variant: Mapped[str] = mapped_column(String(32), primary_key=True)
    names: Mapped[str] = mapped_column(Text)
