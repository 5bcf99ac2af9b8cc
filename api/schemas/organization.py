"""What owners see and change of their organization: people, invitations, programs, leaving."""

from __future__ import annotations

import marshmallow as ma

from api.schemas.fields import Flag, Moment, Text
from api.schemas.people import CHOSEN, Password
from network.people.letters import LANGUAGES
from network.people.roles import ROLES

_ROLE = {"description": "owner, editor or reader"}


class Organization(ma.Schema):
    """The caller's organization, and what the caller may do for it."""

    id = ma.fields.String(required=True)
    slug = ma.fields.String(required=True)
    did = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    country = ma.fields.String(required=True, allow_none=True)
    verified = ma.fields.Integer(required=True, allow_none=True)
    roles = ma.fields.List(ma.fields.String(), required=True)
    sectors = ma.fields.List(ma.fields.String(), required=True)
    may = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "read, write, manage"})


class LeavingBody(ma.Schema):
    """Leave the network; `confirm` must be the slug. `erase` also destroys the factories and the name."""

    confirm = Text(most=63, required=True)
    erase = Flag(load_default=False)


class Colleague(ma.Schema):
    """A person in the organization."""

    id = ma.fields.String(required=True, attribute="person.id")
    name = ma.fields.String(required=True, attribute="person.name")
    email = ma.fields.String(required=True, attribute="person.address")
    second_factor = ma.fields.Boolean(required=True, attribute="person.has_factor")
    role = ma.fields.String(required=True, metadata={"enum": list(ROLES)})
    since = Moment(required=True)


class People(ma.Schema):
    """Everybody in the organization, by name."""

    people = ma.fields.List(ma.fields.Nested(Colleague), required=True)


class RoleBody(ma.Schema):
    """What a person may do for the organization."""

    role = ma.fields.String(required=True, validate=ma.validate.OneOf(ROLES), metadata=_ROLE)


class InvitationBody(RoleBody):
    """Invite whoever reads this address's mail."""

    email = Text(most=254, required=True)
    language = ma.fields.String(load_default=LANGUAGES[0], validate=ma.validate.OneOf(LANGUAGES))


class Invitation(ma.Schema):
    """An open invitation."""

    id = ma.fields.String(required=True)
    email = ma.fields.String(required=True, attribute="address")
    role = ma.fields.String(required=True)
    created = Moment(required=True)
    expires_at = Moment(required=True)


class InvitationList(ma.Schema):
    """Open invitations, oldest first."""

    invitations = ma.fields.List(ma.fields.Nested(Invitation), required=True)


class AcceptBody(ma.Schema):
    """Accept an invitation; `name` and `password` make an account where the address has none."""

    token = Text(most=64, required=True, metadata={"description": "From the letter"})
    name = Text(load_default=None)
    password = Password(load_default=None, metadata=CHOSEN)


class Accepted(ma.Schema):
    """Who joined."""

    person = ma.fields.String(required=True, attribute="person_id")
    role = ma.fields.String(required=True)
    new_account = ma.fields.Boolean(required=True)


class ClientBody(ma.Schema):
    """Make credentials for a program."""

    label = Text(required=True)
    scopes = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(["read", "write"])),
        required=True,
        validate=ma.validate.Length(min=1, max=2),
    )


class Client(ma.Schema):
    """A program's credentials, without the secret."""

    client_id = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    scopes = ma.fields.Function(lambda client: sorted(ma.utils.get_value(client, "scopes")), required=True)
    created = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)


class NewClient(Client):
    """A program's credentials; `client_secret` is shown once."""

    client_secret = ma.fields.String(required=True)


class ClientList(ma.Schema):
    """Every program's credentials, oldest first."""

    clients = ma.fields.List(ma.fields.Nested(Client), required=True)
