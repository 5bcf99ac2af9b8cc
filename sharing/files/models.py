"""The table of attached files. Owned by `sharing.files`; a row belongs to one organization and never changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import UtcTime
from network.database import Base


class StoredFile(Base):
    """One file of an organization, under the SHA-256 of its content; the content is read only when it is asked for."""

    __tablename__ = "files"

    organization_id: Mapped[str] = mapped_column(String(32), ForeignKey("organizations.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
