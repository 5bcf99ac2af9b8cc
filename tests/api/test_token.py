"""Getting a token, and being believed with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from network import identity, membership
from tests.api.world import ORIGIN, World


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def parts(token: str) -> tuple[dict[str, object], dict[str, object]]:
    head, body, _ = token.split(".")
    return json.loads(base64.urlsafe_b64decode(head + "==")), json.loads(base64.urlsafe_b64decode(body + "=="))


def test_a_token_says_who_through_what_for_what_and_nothing_else(world: World) -> None:
    header, payload = parts(world.token("acme", "rfq"))
    assert (header["typ"], header["alg"]) == ("at+jwt", "EdDSA")
    assert set(payload) == {"iss", "aud", "sub", "exp", "iat", "jti", "org", "client_id", "purpose", "scope"}
    assert (payload["iss"], payload["aud"]) == ("did:web:node.example", ORIGIN)
    assert (payload["org"], payload["purpose"]) == ("did:web:node.example:orgs:acme", "rfq")
    assert payload["sub"] == payload["client_id"] == world.clients["acme"][0]
    assert payload["exp"] - payload["iat"] == 600  # type: ignore[operator]


def test_the_published_key_set_verifies_a_token(world: World) -> None:
    token = world.token("acme")
    keys = jwt.PyJWKSet.from_dict(world.get(None, "/.well-known/jwks.json").json)
    key = next(key for key in keys.keys if key.key_id == parts(token)[0]["kid"])
    options = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(token, key, algorithms=["EdDSA"], audience=ORIGIN, options=options)["org"].endswith(":acme")


@pytest.mark.parametrize("way", ["form", "basic"])
def test_credentials_stand_in_the_form_or_in_basic(world: World, way: str) -> None:
    name, secret = world.clients["acme"]
    form = {"grant_type": "client_credentials"}
    if way == "form":
        answer = world.post(None, "/v1/token", data=form | {"client_id": name, "client_secret": secret})
    else:
        answer = world.post(None, "/v1/token", data=form, headers=basic(name, secret))
    assert answer.status_code == 200
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["scope"] == "read write"
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("private, no-store", "no-cache")


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "0" * 32}, 401, "invalid_client"),
        ({"client_id": "x\x00y"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"scope": "read admin"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"purpose": "curiosity"}, 400, "invalid_request"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, 400, "invalid_request"),
    ],
)
def test_refusals_have_the_shape_of_rfc_6749_and_ours(world: World, change: dict[str, object], status: int, error: str) -> None:
    name, secret = world.clients["acme"]
    form: dict[str, object] = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret} | change
    given = {key: value for key, value in form.items() if value is not None}
    answer = world.post(None, "/v1/token", data=given)
    assert (answer.status_code, answer.json["error"], answer.json["code"]) == (status, error, error)
    assert answer.content_type == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    assert ("WWW-Authenticate" in answer.headers) == (error == "invalid_client")


def test_unknown_parameters_of_a_token_request_are_ignored(world: World) -> None:
    name, secret = world.clients["acme"]
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret, "resource": "x"}
    assert world.post(None, "/v1/token", data=form).status_code == 200


def test_credentials_in_both_places_are_refused(world: World) -> None:
    name, secret = world.clients["acme"]
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret}
    assert world.post(None, "/v1/token", data=form, headers=basic(name, secret)).json["error"] == "invalid_request"


def test_wrong_secret_unknown_client_revoked_and_suspended_are_one_answer(world: World) -> None:
    name, secret = world.clients["acme"]
    form = {"grant_type": "client_credentials"}
    wrong = world.post(None, "/v1/token", data=form, headers=basic(name, "x" * 43))
    unknown = world.post(None, "/v1/token", data=form, headers=basic("f" * 32, secret))
    with world.database.write() as session:
        member = membership.find(session, "acme")
        assert member is not None
        membership.suspend(session, member.id, now=world.clock.now)
    suspended = world.post(None, "/v1/token", data=form, headers=basic(name, secret))
    assert wrong.status_code == 401
    assert wrong.data == unknown.data == suspended.data


def test_a_narrower_scope_is_a_narrower_token(world: World) -> None:
    name, secret = world.clients["acme"]
    form = {"grant_type": "client_credentials", "scope": "read"}
    token = world.post(None, "/v1/token", data=form, headers=basic(name, secret)).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert world.get(None, "/v1/factories", headers=headers).status_code == 200
    refused = world.post(None, "/v1/factories", json={}, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (403, "scope_required")


@pytest.mark.parametrize(("seconds", "status"), [(600, 200), (659, 200), (661, 401), (-59, 200), (-61, 401)])
def test_a_token_counts_within_its_time_and_a_minute(world: World, seconds: int, status: int) -> None:
    world.clock.now = world.clock.now.replace(microsecond=0)
    world.token("acme")
    world.clock.now += timedelta(seconds=seconds)
    answer = world.get("acme", "/v1/factories")
    assert answer.status_code == status
    if seconds == -61:
        assert "61 s in the future" in answer.json["detail"]


def test_a_bad_token_is_401_even_where_nobody_needs_one(world: World) -> None:
    answer = world.get(None, "/v1/search", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="guildnet", error="invalid_token"')


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer  x", "Token abc"])
def test_a_header_that_is_not_one_bearer_token_is_401(world: World, header: str) -> None:
    assert world.get(None, "/v1/search", headers={"Authorization": header}).status_code == 401


def test_a_missing_token_is_asked_for_without_an_error(world: World) -> None:
    answer = world.get(None, "/v1/factories")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="guildnet"')


def forged(world: World, header: dict[str, object], payload: dict[str, object], key: object = None) -> str:
    signing = key or Ed25519PrivateKey.generate()
    return jwt.PyJWS().encode(
        json.dumps(payload).encode(),
        signing,
        algorithm=str(header.get("alg", "EdDSA")),
        headers=header,  # type: ignore[arg-type]
    )


FORGERIES: dict[str, Callable[[dict[str, object], dict[str, object]], tuple[dict[str, object], dict[str, object]]]] = {
    "foreign key": lambda head, body: (head, body),
    "unknown kid": lambda head, body: (head | {"kid": "did:web:node.example#x"}, body),
    "type JWT": lambda head, body: (head | {"typ": "JWT"}, body),
    "critical extension": lambda head, body: (head | {"crit": ["exp"]}, body),
    "key in the header": lambda head, body: (head | {"jwk": {"kty": "OKP"}}, body),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_refused(world: World, forgery: str) -> None:
    head, body = FORGERIES[forgery](*parts(world.token("acme")))
    token = forged(world, head, body)
    assert world.get(None, "/v1/factories", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_an_unsigned_token_and_one_signed_with_the_public_key_as_secret_are_refused(world: World) -> None:
    head, body = parts(world.token("acme"))
    public = world.get(None, "/.well-known/jwks.json").json["keys"][0]["x"]
    unsigned = jwt.encode(body, None, algorithm="none", headers={"kid": head["kid"], "typ": "at+jwt"})
    confused = jwt.encode(body, public, algorithm="HS256", headers={"kid": head["kid"], "typ": "at+jwt"})
    for token in (unsigned, confused):
        assert world.get(None, "/v1/factories", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("change", [{"aud": "https://other.example"}, {"iss": "did:web:other.example"}, {"sub": "x"}])
def test_a_token_of_our_key_for_another_use_is_refused(world: World, change: dict[str, str]) -> None:
    head, body = parts(world.token("acme"))
    house = world.app.extensions["guildnet"].house
    with world.database.read() as session:
        signer = identity.node_signer(session, house.keystore, "token")
    texts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, body | change)]
    data = b".".join(texts)
    token = (data + b"." + base64.urlsafe_b64encode(signer.sign(data)).rstrip(b"=")).decode()
    assert world.get(None, "/v1/factories", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_revoking_a_client_counts_from_the_next_request(world: World) -> None:
    assert world.get("acme", "/v1/factories").status_code == 200
    with world.database.write() as session:
        member = membership.find(session, "acme")
        assert member is not None
        membership.revoke_client(session, member.id, world.clients["acme"][0], now=world.clock.now)
    assert world.get("acme", "/v1/factories").json["code"] == "token_invalid"
    assert world.get("acme", "/v1/search").json["code"] == "token_invalid"


def test_suspending_an_organization_counts_from_the_next_request(world: World) -> None:
    assert world.get("acme", "/v1/factories").status_code == 200
    with world.database.write() as session:
        member = membership.find(session, "acme")
        assert member is not None
        membership.suspend(session, member.id, now=world.clock.now)
    assert world.get("acme", "/v1/factories").status_code == 401


def test_roles_are_read_at_each_request_and_not_from_the_token(world: World) -> None:
    factory = {"legal_name": {"vi": "A"}, "country": "VN"}
    assert world.post("globex", "/v1/factories", json=factory).status_code == 403
    with world.database.write() as session:
        member = membership.find(session, "globex")
        assert member is not None
        membership.set_facts(session, member.id, "role", ["supplier"], source="operator", now=world.clock.now)
    assert world.post("globex", "/v1/factories", json=factory).status_code == 201
