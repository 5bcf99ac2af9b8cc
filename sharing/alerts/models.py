"""The tables of saved searches and of what changed in them.

What a viewer was shown of a factory rests in `followed.content` and `alerts.changes` and nowhere else here; it is their own
earlier view, cut again at each look, and emptied with the factory (`sharing.erasing`). The rows themselves stay until the next
look, so that an erased factory and a hidden one are told alike: no longer found.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

import network.people.models  # noqa: F401 - declares the persons that a row may name
from network.columns import CanonicalJson, UtcTime
from network.database import Base
from network.lasting import ENDED, LASTING
from sharing.models import FACTORY_ID, HEX_ID


def _search(*, primary: bool = False) -> Mapped[str]:
    return mapped_column(String(HEX_ID), ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=primary)


class SavedSearch(Base):
    """A search that an organization keeps, who made it, and how often it is looked at anew.

    `looked_at`: the last look, None before the first one; `broad`: it found more factories than are followed.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (
        CheckConstraint("every IN ('never', 'hourly', 'daily', 'weekly')", name="every"),
        {"info": ENDED},
    )

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    organization_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("organizations.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("persons.id"))
    name: Mapped[str] = mapped_column(Text)
    parameters: Mapped[object] = mapped_column(CanonicalJson)
    factory_id: Mapped[str | None] = mapped_column(String(FACTORY_ID), ForeignKey("factories.id"), index=True)
    purpose: Mapped[str | None] = mapped_column(String(20))
    every: Mapped[str] = mapped_column(String(8))
    mail: Mapped[bool] = mapped_column(Boolean, info=LASTING)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    broad: Mapped[bool] = mapped_column(Boolean)


class Followed(Base):
    """A factory that the last look found, and what it showed."""

    __tablename__ = "followed"

    search_id: Mapped[str] = _search(primary=True)
    factory_id: Mapped[str] = mapped_column(String(FACTORY_ID), ForeignKey("factories.id"), primary_key=True, index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


class Alert(Base):
    """What one look found changed about one factory: `appeared`, `changed` or `gone`."""

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint("kind IN ('appeared', 'changed', 'gone')", name="kind"),
        Index("ix_alerts_search_id_at", "search_id", "at"),
    )

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    search_id: Mapped[str] = _search()
    factory_id: Mapped[str] = mapped_column(String(FACTORY_ID), ForeignKey("factories.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    changes: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcTime)
