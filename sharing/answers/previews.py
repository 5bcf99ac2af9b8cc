"""What somebody would see: the projection that the same pipe would give them, and nothing made for the occasion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sharing.answers.drafts import NEWEST, matter, shown_as
from sharing.answers.names import known_to_owner
from sharing.answers.pictures import Asked, picture
from sharing.house import House
from sharing.projection import Projection
from sharing.sentences import Language, rule_sentence
from sharing.viewers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlooked:
    """A rule that may show more, to whoever holds what it asks for."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """`projection` is None where for this viewer there is no such factory; `viewer` says whom the answer is about."""

    projection: Projection | None
    viewer: Mapping[str, object]
    unlooked: tuple[Unlooked, ...]


def preview(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    asked: Asked,
    *,
    policy: object = None,
    profile: str = NEWEST,
    language: Language = "en",
) -> Previewed:
    """What this viewer would see of the caller's factory, under the saved policy or under a draft.

    `profile`: `newest`, as it would be after publishing now, or `live`, as it is published.
    """
    found = matter(session, caller, factory_id, policy)
    whom = picture(session, factory_id, asked, house.today())
    projection = shown_as(house, session, found, profile=profile).projected(house, whom.viewer, whom.relation, whom.day)
    rules = whom.unlooked(found.policy)
    known = known_to_owner(session, found.factory, rules)
    return Previewed(
        projection=projection,
        viewer=whom.document(),
        unlooked=tuple(Unlooked(rule=each.id, text=rule_sentence(each, language, known)) for each in rules),
    )
