"""Who looks at a page: from the cookie to the same `Claims` that a token would carry, read from the database.

Guarantees: a cookie whose session has ended is that of nobody, and is told so where a page asks for somebody; what its
person may do is their role, read again in the snapshot or the transaction that answers (`api.auth`). A person acts for one
organization at a time, the chosen one or the first; for none, they are nobody to the network but can change their account.
Nobody gets further than the terms before they were accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Flask, g, request
from sqlalchemy.orm import Session

from api.asking import Asking, asking
from api.auth import OF_ROLE, WRITE
from api.container import Container
from api.errors import Refusal
from api.routing import Route, declared_pages
from api.signing_in import lifetime
from api.tokens import SESSIONS, Claims
from api.web import cookies
from network import identity
from network.people import persons, roles, sessions, terms
from network.people.persons import Person
from network.people.roles import Place
from network.people.sessions import LoggedIn
from policies import PURPOSES

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_TOUCH: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The person who looks, or nobody. `place`: the organization they act for, among `places`."""

    person: Person | None = None
    places: tuple[Place, ...] = ()
    place: Place | None = None
    purpose: str | None = None
    terms_accepted: bool = True

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the organization on the network: supplier, buyer, ..."""
        return frozenset() if self.place is None else frozenset(self.place.organization.roles)

    @property
    def writes(self) -> bool:
        """Whether the person may change what is the organization's."""
        return self.place is not None and WRITE in OF_ROLE[self.place.role]


NOBODY: Final = Visit()


def visit() -> Visit:
    """The visit in hand."""
    found: Visit = g.get("visit", NOBODY)
    return found


def install(app: Flask, container: Container) -> None:
    """Read the cookie of every page that is asked for; before the limits, which count by who asks."""

    def read_cookie() -> None:
        if request.endpoint not in declared_pages(app) or request.endpoint.endswith(".static"):
            return
        secret = cookies.remembered(cookies.SECRET)
        if secret is None:
            return
        current = asking()
        with container.house.database.read() as reading:
            known = sessions.by_secret(reading, secret, now=current.now)
            if known is not None:
                _know(reading, known, current, container)
        if known is None:
            cookies.end()
        elif known.used_at + _TOUCH <= current.now:
            with container.house.database.write("touch-session") as writing:
                sessions.touch(writing, known, lifetime=lifetime(container.settings), now=current.now)

    app.before_request(read_cookie)


def install_gate(app: Flask) -> None:
    """What a page asks of its visitor, after the limits."""

    def gate() -> None:
        route = declared_pages(app).get(request.endpoint or "")
        if route is not None:
            _admit(route)

    app.before_request(gate)


def _admit(route: Route) -> None:
    visitor = visit()
    if visitor.person is not None and not visitor.terms_accepted and not (route.public or route.person):
        raise Refusal("terms_required")
    if route.public:
        return
    if visitor.person is None:
        raise Refusal("session_required", "Log in first.")
    if route.person:
        return
    if visitor.place is None:
        raise Refusal("role_required", "You act for no organization yet.")
    if request.method not in SAFE and not visitor.writes:
        raise Refusal("scope_required", "Your role in this organization is to read.")


def _know(reading: Session, known: LoggedIn, current: Asking, container: Container) -> None:
    found = tuple(each for each in roles.places(reading, known.person_id) if not each.organization.suspended)
    chosen = cookies.remembered(cookies.ORGANIZATION)
    place = next((each for each in found if each.organization.slug == chosen), found[0] if found else None)
    purpose = cookies.remembered(cookies.PURPOSE)
    current.logged_in = known
    g.visit = Visit(
        person=persons.person(reading, known.person_id),
        places=found,
        place=place,
        purpose=purpose if purpose in PURPOSES and place is not None else None,
        terms_accepted=terms.accepted_by_person(reading, known.person_id),
    )
    if place is not None and g.visit.terms_accepted:
        current.claims = _claims(reading, known, place, current, container)
        current.organization_id = place.organization.id


def _claims(reading: Session, known: LoggedIn, place: Place, current: Asking, container: Container) -> Claims:
    node = identity.node(reading)
    return Claims(
        issuer=node.did,
        audience=node.origin,
        client_id=SESSIONS,
        organization=place.organization.did,
        purpose=visit().purpose,
        scope=tuple(sorted(OF_ROLE[place.role])),
        id=current.id,
        issued=current.now,
        expires=current.now + timedelta(seconds=container.settings.token_lifetime_s),
        person=known.person_id,
        session=known.id,
    )
