"""What of the caller's runs out soon, and what others asked, proposed or answered."""

from __future__ import annotations

import marshmallow as ma

from api import auth
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas.fields import Day, Moment
from sharing import notices
from sharing.notices import STAGES, WORDS
from sharing.telling import EVENTS

door = Door(
    "notices",
    url_prefix="/v1",
    description="What runs out, told 60, 30 and 7 days before and on the day; what the other party did, told at once.",
)


class Notice(ma.Schema):
    """Something that runs out, or that the other party did."""

    kind = ma.fields.String(required=True, metadata={"enum": [*WORDS, *EVENTS]})
    subject = ma.fields.String(required=True, metadata={"description": "Its id, or its path in the profile"})
    factory = ma.fields.String(required=True, attribute="factory_id")
    due = Day(required=True, metadata={"description": "The day on which it runs out, or on which it happened"})
    stage = ma.fields.Integer(required=True, metadata={"enum": list(STAGES)})
    posted_at = Moment(required=True)
    ledger_head = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The signed head of your ledger when it was told; keep it"}
    )


class NoticeList(ma.Schema):
    """The caller's notices, newest first."""

    notices = ma.fields.List(ma.fields.Nested(Notice), required=True)


@door.answers("GET", "/notices", kind=Kind.OWN)
@door.gives(200, NoticeList)
def list_notices() -> Answer:
    """The caller's own notices; of others' factories only those that it sees now."""
    with auth.reading() as (session, caller):
        return {"notices": notices.list_notices(house(), session, caller)}
