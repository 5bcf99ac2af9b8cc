"""A person's own account: name, password, second factor, terms, organizations, erasing. Asked with a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from api import auth, signing_in
from api.asking import asking
from api.container import container_of, house
from api.routing import Answer, Door, Kind
from api.schemas import people as schemas
from network import identity
from network.people import factors, persons, roles
from network.people import terms as accepted
from network.people.errors import NotThere

door = Door("me", url_prefix="/v1", description="One's own account.")


@door.answers("GET", "/me", kind=Kind.OWN, person=True)
@door.gives(200, schemas.Me)
def me() -> Answer:
    """One's account and organizations."""
    with auth.reading() as (session, _):
        return _described(session, auth.person_in(session).person_id)


@door.answers("PUT", "/me", kind=Kind.OWN, person=True)
@door.takes(schemas.MeBody)
@door.gives(200, schemas.Me)
def change_me(body: Mapping[str, Any]) -> Answer:
    """Change one's name, or the language of letters."""
    with auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        persons.change(session, person_id, **body)
        return _described(session, person_id)


@door.answers("DELETE", "/me", kind=Kind.OWN, person=True)
@door.takes(schemas.EraseAccountBody)
@door.gives(204)
def erase_me(body: Mapping[str, Any]) -> Answer:
    """Erase one's account, for good."""
    signing_in.erase_account(container_of(current_app), _person(), password=body["password"], confirm_with=body["confirm"])
    return None, 204


@door.answers("PUT", "/me/password", kind=Kind.OWN, person=True)
@door.takes(schemas.ChangePasswordBody)
@door.gives(204)
def change_password(body: Mapping[str, Any]) -> Answer:
    """Choose a new password; every session ends, this one too."""
    signing_in.change_password(container_of(current_app), _person(), **body)
    return None, 204


@door.answers("POST", "/me/second-factor", kind=Kind.OWN, person=True)
@door.takes(schemas.PasswordBody)
@door.gives(201, schemas.Factor)
def offer_factor(body: Mapping[str, Any]) -> Answer:
    """Make a second factor; it counts once its first code was sent."""
    signing_in.require_password(container_of(current_app), _person(), body["password"])
    with auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        return factors.offer(session, house().keystore, person_id, issuer=identity.node(session).name), 201


@door.answers("POST", "/me/second-factor/confirmation", kind=Kind.OWN, person=True)
@door.takes(schemas.CodeBody)
@door.gives(200, schemas.RecoveryCodes)
def confirm_factor(body: Mapping[str, Any]) -> Answer:
    """Put the second factor in force with its first code."""
    with signing_in.counting_codes(container_of(current_app), _person()), auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        codes = factors.switch_on(session, house().keystore, person_id, body["code"], now=asking().now)
    return {"recovery_codes": codes}


@door.answers("POST", "/me/second-factor/recovery-codes", kind=Kind.OWN, person=True)
@door.takes(schemas.RecoveryCodesBody)
@door.gives(200, schemas.RecoveryCodes)
def renew_recovery_codes(body: Mapping[str, Any]) -> Answer:
    """Ten new recovery codes; the old ones stop to work."""
    signing_in.require_password(container_of(current_app), _person(), body["password"])
    with signing_in.counting_codes(container_of(current_app), _person()), auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        codes = factors.new_recovery_codes(session, house().keystore, person_id, body["code"], now=asking().now)
    return {"recovery_codes": codes}


@door.answers("DELETE", "/me/second-factor", kind=Kind.OWN, person=True)
@door.takes(schemas.FactorOffBody)
@door.gives(204)
def remove_factor(body: Mapping[str, Any]) -> Answer:
    """Take the second factor off."""
    signing_in.require_password(container_of(current_app), _person(), body["password"])
    with signing_in.counting_codes(container_of(current_app), _person()), auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        factors.switch_off(session, house().keystore, person_id, body["code"], now=asking().now)
    return None, 204


@door.answers("POST", "/me/terms", kind=Kind.OWN, person=True)
@door.takes(schemas.AcceptTermsBody)
@door.gives(204)
def accept_terms(body: Mapping[str, Any]) -> Answer:
    """Accept the terms in force, for oneself and for organizations whose owner one is."""
    with auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        own = {str(each.organization.slug): each.organization.id for each in roles.places(session, person_id)}
        if not set(body["organizations"]) <= set(own):
            raise NotThere("There is no such organization of yours.")
        accepted.accept(
            session,
            house().entropy,
            person_id,
            version=body["version"],
            digest=body["digest"],
            organizations=[own[slug] for slug in body["organizations"]],
            now=asking().now,
        )
    return None, 204


@door.answers("DELETE", "/me/organizations/<slug:slug>", kind=Kind.OWN, person=True)
@door.gives(204)
def leave_organization(slug: str) -> Answer:
    """Stop acting for an organization; its last owner cannot."""
    with auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        own = {str(each.organization.slug): each.organization.id for each in roles.places(session, person_id)}
        if slug not in own:
            raise NotThere("There is no such organization of yours.")
        roles.remove(session, own[slug], person_id)
    return None, 204


def _person() -> str:
    with auth.reading() as (session, _):
        return auth.person_in(session).person_id


def _described(session: Session, person_id: str) -> dict[str, object]:
    person = persons.person(session, person_id)
    return {
        "id": person.id,
        "email": person.address,
        "name": person.name,
        "language": person.language,
        "second_factor": person.has_factor,
        "terms_accepted": accepted.accepted_by_person(session, person_id),
        "organizations": [_place(session, each) for each in roles.places(session, person_id)],
    }


def _place(session: Session, place: roles.Place) -> dict[str, object]:
    member = place.organization
    return {
        "slug": member.slug,
        "did": member.did,
        "name": member.name,
        "role": place.role,
        "suspended": member.suspended,
        "terms_accepted": accepted.accepted_for(session, member.id),
    }
