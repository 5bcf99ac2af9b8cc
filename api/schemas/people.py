"""Accounts, sessions, roles, applications, terms."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api.schemas.fields import Moment, Text
from network.people.addresses import ADDRESS_PATTERN
from network.people.applications import SECTOR_PATTERN, VALUE_PATTERN, VALUES_MAX, WANTED_ROLES
from network.people.letters import LANGUAGES
from network.people.passwords import LEAST, MOST
from network.people.roles import ROLES
from sharing.catalogue.identifiers import SCHEMES

_TOKEN = {"description": "From the letter"}
_COUNTRY = {"description": "ISO 3166-1 alpha-2", "pattern": "^[A-Z]{2}$"}
_SLUG = {"description": "Part of its DID for ever: a-z, 0-9 and hyphens", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_EMAIL = {"description": "As RFC 5321 writes it, in ASCII", "pattern": f"^{ADDRESS_PATTERN}$", "examples": ["lan@example.org"]}


class Password(ma.fields.String):
    """A password as somebody typed it: any characters; never shown, and not in any description of a fault."""

    def __init__(self, **other: Any) -> None:
        metadata = {"format": "password"} | other.pop("metadata", {})
        super().__init__(validate=ma.validate.Length(min=1, max=1024, error="Too long, or empty."), metadata=metadata, **other)


CHOSEN = {
    "minLength": LEAST,
    "maxLength": MOST,
    "description": "Any characters; not one that everybody tries first, nor your own name",
}
"""Of a password that is chosen now, and not compared with one that was. Counted in its normal form."""


class AskedOrganization(ma.Schema):
    """An organization that somebody asks for."""

    slug = Text(most=63, required=True, metadata=_SLUG)
    legal_name = Text(required=True)
    country = Text(most=2, least=2, required=True, metadata=_COUNTRY)
    roles = ma.fields.List(
        Text(most=16, metadata={"enum": list(WANTED_ROLES)}), required=True, metadata={"minItems": 1, "maxItems": VALUES_MAX}
    )
    sectors = ma.fields.List(
        Text(most=16, metadata={"pattern": f"^{SECTOR_PATTERN}$"}),
        load_default=list,
        metadata={"description": "Codes such as C25", "maxItems": VALUES_MAX},
    )
    identifiers = ma.fields.Dict(
        keys=Text(most=16, metadata={"enum": list(SCHEMES)}),
        values=Text(most=64, metadata={"pattern": f"^{VALUE_PATTERN}$"}),
        load_default=dict,
        metadata={"description": "Scheme to value: vn_tax, lei ...", "maxProperties": VALUES_MAX},
    )


class SignUpBody(ma.Schema):
    """Ask for an account and an organization."""

    email = Text(most=254, required=True, metadata=_EMAIL)
    password = Password(required=True, metadata=CHOSEN)
    name = Text(required=True, metadata={"description": "Your own"})
    language = ma.fields.String(load_default=LANGUAGES[0], validate=ma.validate.OneOf(LANGUAGES))
    organization = ma.fields.Nested(AskedOrganization, required=True)
    token = Text(most=64, load_default=None, metadata={"description": "Of a letter to this address, where one came already"})


class Waiting(ma.Schema):
    """Said to everybody alike; more stands in a letter, if one is due."""

    state = ma.fields.String(required=True, metadata={"enum": ["waiting"]})


class ConfirmationBody(ma.Schema):
    """Confirm an address: the mailed token, and the password of the sign-up."""

    token = Text(most=64, required=True, metadata=_TOKEN)
    password = Password(required=True)


class ResetBody(ma.Schema):
    """Ask for a new password."""

    email = Text(most=254, required=True, metadata=_EMAIL)


class NewPasswordBody(ma.Schema):
    """Choose a new password with a mailed token."""

    token = Text(most=64, required=True, metadata=_TOKEN)
    password = Password(required=True, metadata=CHOSEN)


class LogInBody(ma.Schema):
    """Log in; `code` or `recovery_code` where a second factor is on."""

    email = Text(most=254, required=True, metadata=_EMAIL)
    password = Password(required=True)
    code = Text(most=16, load_default=None, metadata={"description": "Six digits of this moment"})
    recovery_code = Text(most=32, load_default=None)


class Session(ma.Schema):
    """One session of a person."""

    id = ma.fields.String(required=True)
    agent = ma.fields.String(required=True, metadata={"description": "What the program said of itself"})
    created = Moment(required=True)
    used_at = Moment(required=True)
    expires_at = Moment(required=True)


class BegunSession(Session):
    """A session as it begins; `secret` is shown once."""

    secret = ma.fields.String(required=True)


class SessionList(ma.Schema):
    """The person's sessions, the newest first; `current` is the id of the one that asks."""

    sessions = ma.fields.List(ma.fields.Nested(Session), required=True)
    current = ma.fields.String(required=True)


class Place(ma.Schema):
    """An organization of the person; `terms_accepted`: its programs may act under the terms in force."""

    slug = ma.fields.String(required=True)
    did = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True, metadata={"enum": list(ROLES)})
    suspended = ma.fields.Boolean(required=True)
    terms_accepted = ma.fields.Boolean(required=True)


class Me(ma.Schema):
    """The person's own account."""

    id = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    language = ma.fields.String(required=True)
    second_factor = ma.fields.Boolean(required=True)
    terms_accepted = ma.fields.Boolean(required=True)
    organizations = ma.fields.List(ma.fields.Nested(Place), required=True)


class MeBody(ma.Schema):
    """What a person may change of their account without their password."""

    name = Text(load_default=None)
    language = ma.fields.String(load_default=None, validate=ma.validate.OneOf(LANGUAGES))


class ChangePasswordBody(ma.Schema):
    """The password that is, and the one that shall be."""

    old = Password(required=True)
    new = Password(required=True, metadata=CHOSEN)


class PasswordBody(ma.Schema):
    """The person's password."""

    password = Password(required=True)


class CodeBody(ma.Schema):
    """A code of the second factor."""

    code = Text(most=32, required=True)


class RecoveryCodesBody(ma.Schema):
    """Make new recovery codes."""

    password = Password(required=True)
    code = Text(most=32, required=True)


class FactorOffBody(ma.Schema):
    """Take the second factor off; `code` may be a recovery code."""

    password = Password(required=True)
    code = Text(most=32, required=True)


class Factor(ma.Schema):
    """A second factor that waits for its first code; shown once."""

    secret = ma.fields.String(required=True, metadata={"description": "Base32"})
    uri = ma.fields.String(required=True, metadata={"description": "For a QR code"})


class RecoveryCodes(ma.Schema):
    """Each works once; shown once."""

    recovery_codes = ma.fields.List(ma.fields.String(), required=True)


class EraseAccountBody(ma.Schema):
    """Erase the account; `confirm` must be `erase`."""

    password = Password(required=True)
    confirm = Text(most=16, required=True)


class Terms(ma.Schema):
    """The terms in force, in Markdown by language."""

    version = ma.fields.String(required=True)
    digest = ma.fields.String(required=True, metadata={"description": "SHA-256 over version and texts"})
    texts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class AcceptTermsBody(ma.Schema):
    """Accept the terms, for oneself and for organizations whose owner one is."""

    version = Text(most=16, required=True)
    digest = Text(most=64, required=True)
    organizations = ma.fields.List(Text(most=63), load_default=list, metadata={"description": "Slugs"})


class ApplicationDocument(ma.Schema):
    """A file shown to the operator."""

    digest = ma.fields.String(required=True, metadata={"description": "SHA-256"})
    media_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True, metadata={"description": "Bytes"})


class Application(ma.Schema):
    """An application, for its applicant."""

    id = ma.fields.String(required=True)
    state = ma.fields.String(required=True, metadata={"enum": ["waiting", "approved", "refused"]})
    answer = ma.fields.String(required=True, metadata={"description": "What the operator said"})
    slug = ma.fields.String(required=True, attribute="asked.slug")
    legal_name = ma.fields.String(required=True, attribute="asked.legal_name")
    country = ma.fields.String(required=True, attribute="asked.country")
    roles = ma.fields.List(ma.fields.String(), required=True, attribute="asked.roles")
    sectors = ma.fields.List(ma.fields.String(), required=True, attribute="asked.sectors")
    identifiers = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(), required=True, attribute="asked.identifiers"
    )
    documents = ma.fields.List(ma.fields.Nested(ApplicationDocument), required=True)
    created = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)


class ApplicationList(ma.Schema):
    """The person's applications, the newest first."""

    applications = ma.fields.List(ma.fields.Nested(Application), required=True)
