"""A restored node says so, signs and answers nothing, and once settled has unsaid nothing that it said before."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from api import backups
from api.backups import settling
from network import identity, membership
from network.people import leaving, persons
from network.people.models import PersonRoleRow, PersonRow, ResetRow
from tests.api.restoring import Place, again, backed_up, restored, settled
from tests.api.test_factories import LATHE, made
from tests.api.test_journey import attested
from tests.api.world import World, populate
from trust import bundle as bundles
from trust import jws
from trust import status_list as bitstring
from trust.keys import PublicKey

FIELD = "tolerance_um"


def audit_list(world: World, attestation: str) -> str:
    """The address of the status list that an attestation names."""
    shown = world.get("initech", f"/v1/attestations/{attestation}").json["presentation"]
    payload = jws.peek(shown.partition("~")[0]).payload
    entry = next(each for each in payload["credentialStatus"] if each["statusPurpose"] == "revocation")
    return str(entry["statusListCredential"]).removeprefix("https://node.example")


def verdicts(world: World, factory: str, who: str | None = "globex") -> dict[str, str]:
    data = world.get(who, f"/v1/factories/{factory}/bundle").data
    with world.database.read() as session:
        anchors = identity.own_anchors(session)
    report = bundles.verify(data, anchors, world.clock())
    return {each.path.rpartition("/")[2]: str(each.verdict) for each in report.fields}


def is_set(world: World, text: str) -> set[int]:
    with world.database.read() as session:
        key: PublicKey = identity.find_key(session, bitstring.signed_by(text)).public
    bits = bitstring.decode(bitstring.read(text, key=key).encoded)
    return {index for index in range(len(bits) * 8) if bits[index >> 3] & (0x80 >> (index & 7))}


NARROW = {
    "v": 1,
    "rules": [
        {"id": "card", "to": "anyone", "show": [["legal_name", "exact"], ["country", "exact"], ["$listing", "exact"]]},
    ],
}


def test_what_was_taken_back_after_the_backup_is_never_said_to_hold(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    audited, narrowed, kept = (made(world, LATHE) for _ in range(3))
    attestation = attested(world, audited)
    grant = world.post(
        "acme",
        "/v1/grants",
        json={"factory": audited, "organization": "globex", "tier": "partner", "purpose": "rfq", "until": "2026-12-31"},
    ).json["id"]
    address = audit_list(world, attestation)
    assert is_set(world, world.get(None, address).text) == set()
    file = backed_up(world, place)

    assert world.post("initech", f"/v1/attestations/{attestation}/revocation", json={"reason": "fake"}).status_code == 204
    revoked = is_set(world, world.get(None, address).text)
    assert len(revoked) == 1
    assert world.delete("acme", f"/v1/grants/{grant}").status_code == 204
    world.save_policy("acme", narrowed, NARROW)
    held = world.get(None, f"/v1/factories/{narrowed}", headers={"Accept": "application/vc+jwt"}).text
    untouched = world.get(None, f"/v1/factories/{kept}", headers={"Accept": "application/vc+jwt"}).text
    secret = world.clients["umbrella"]
    with world.database.write() as session:
        owner = membership.find(session, "umbrella")
        assert owner is not None
        membership.revoke_client(session, owner.id, secret[0], now=world.clock())

    world = restored(world, place, file)
    assert world.get(None, "/readyz").json["code"] == "node_behind"
    assert world.get(None, "/healthz").status_code == 200
    for path in (address, f"/v1/factories/{audited}", f"/v1/factories/{audited}/bundle", "/v1/search?q=co"):
        answer = world.get(None, path)
        assert (answer.status_code, answer.json["code"]) == (503, "node_behind"), path
    name, word = world.clients["acme"]
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": word}
    assert world.client.post("/v1/token", data=form).json["code"] == "node_behind"

    said = settled(world, really=False)
    assert world.get(None, "/readyz").status_code == 503
    done = settled(world)
    assert (done.withdrawn, done.again, done.exactly) == (said.withdrawn, said.again, True)
    assert done.withdrawn == [narrowed]

    world = again(world, place)
    assert world.get(None, "/readyz").status_code == 200
    assert revoked <= is_set(world, world.get(None, address).text)
    assert world.get("acme", f"/v1/grants/{grant}").json["state"] == "withdrawn"
    assert verdicts(world, audited)[FIELD] == "withdrawn"
    assert world.get(None, f"/v1/factories/{narrowed}").status_code == 404
    assert world.get(None, f"/v1/factories/{kept}", headers={"Accept": "application/vc+jwt"}).text == untouched
    form = {"grant_type": "client_credentials", "client_id": secret[0], "client_secret": secret[1]}
    assert world.client.post("/v1/token", data=form).status_code == 401

    # The view that a reader holds of the time after the backup is superseded, although the copy never knew of it.
    entry = jws.peek(held).payload["credentialStatus"]
    entry = entry[0] if isinstance(entry, list) else entry
    text = world.get(None, str(entry["statusListCredential"]).removeprefix("https://node.example")).text
    assert int(entry["statusListIndex"]) in is_set(world, text)


def test_the_restored_node_goes_on_and_the_same_backup_can_be_restored_again(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    factory = made(world, LATHE)
    attestation = attested(world, factory)
    file = backed_up(world, place)
    assert world.post("initech", f"/v1/attestations/{attestation}/revocation", json={"reason": "fake"}).status_code == 204
    world = restored(world, place, file)
    settled(world)
    world = again(world, place)
    second = made(world, LATHE)
    world = restored(world, place, file)
    assert world.get(None, "/readyz").status_code == 503
    settled(world)
    world = again(world, place)
    assert verdicts(world, factory)[FIELD] == "withdrawn"
    assert world.get(None, f"/v1/factories/{second}").status_code == 404


def test_a_copy_put_back_by_hand_is_noticed_too(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    factory = made(world, LATHE)
    file = backed_up(world, place)
    world.post("acme", f"/v1/factories/{factory}/withdraw")
    world.app.extensions["guildnet"].close()
    url = place.another()
    backups.restore(file, url, world.app.extensions["guildnet"].house.keystore, world.clock())
    world = place.world(url, dict(world.clients), seed=3)
    with world.database.write() as session:  # as after a plain copy: nothing in the file says that it was restored
        session.execute(text("UPDATE signing_state SET restored_at = NULL"))
    world = again(world, place)
    assert world.get(None, f"/v1/factories/{factory}").json["code"] == "node_behind"
    assert settled(world).withdrawn == [factory]


def test_a_restored_node_takes_in_nothing_until_it_is_settled(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    file = backed_up(world, place)
    world.token("acme")
    tokens = dict(world._tokens)
    world = restored(world, place, file)
    world._tokens.update(tokens)
    assert world.post("acme", "/v1/factories", json=LATHE).json["code"] == "node_behind"
    assert world.get("acme", "/v1/factories").json["code"] == "node_behind"


def test_without_its_journal_a_node_doubts_what_may_have_been_taken_back(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    factory = made(world, LATHE)
    attestation = attested(world, factory)
    address = audit_list(world, attestation)
    body = {"factory": factory, "organization": "globex", "tier": "partner", "purpose": "rfq", "until": "2026-12-31"}
    grant = world.post("acme", "/v1/grants", json=body).json["id"]
    file = backed_up(world, place)
    world.clock.move(hours=2)
    world._tokens.clear()
    assert world.post("initech", f"/v1/attestations/{attestation}/revocation", json={"reason": "fake"}).status_code == 204
    newer = world.get(None, address).text

    clock = world.clock.now
    world = restored(world, place, file, journal="another machine")
    world.clock.now = clock
    with pytest.raises(backups.BackupFailed, match="without-journal"):
        settled(world)
    done = settled(world, keep=frozenset())
    assert (done.exactly, done.withdrawn, done.doubted) == (False, [factory], [attestation])
    assert grant in done.ended

    world = again(world, place, journal="another machine")
    world.clock.now = clock
    assert world.get(None, address).json["code"] == "status_doubted"
    digest = world.post("acme", f"/v1/factories/{factory}/publish", json={})
    assert digest.status_code == 200, digest.text
    assert verdicts(world, factory)[FIELD] == "unresolvable"

    house = world.app.extensions["guildnet"].house
    assert settling.confirm(house, [], None, ["nonsense"])["doubted"] == [attestation]
    facts = settling.confirm(house, [], None, [newer])
    assert facts["doubted"] == []
    assert len(is_set(world, world.get(None, address).text)) == 1
    assert verdicts(world, factory)[FIELD] == "withdrawn"


def test_an_auditor_confirms_that_nothing_was_revoked(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    factory = made(world, LATHE)
    attestation = attested(world, factory)
    older = world.get(None, audit_list(world, attestation)).text
    world = restored(world, place, backed_up(world, place), journal="another machine")
    settled(world, keep=frozenset({"factories", "grants"}))
    world = again(world, place, journal="another machine")
    house = world.app.extensions["guildnet"].house
    assert verdicts(world, factory)[FIELD] == "unresolvable"
    assert settling.confirm(house, [], None, [older])["doubted"] == [attestation], "an old clear bit proves nothing"
    assert settling.confirm(house, [], "initech", [])["confirmed"] == [attestation]
    assert verdicts(world, factory)[FIELD] == "verified_current"


def test_a_key_that_was_replaced_after_the_backup_stays_closed(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    factory = made(world, LATHE)
    file = backed_up(world, place)
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        owner = membership.find(session, "acme")
        assert owner is not None
        before = identity.organization_key(session, owner.id)
        lost = identity.rotate(session, house.keystore, owner.did, "organization", now=world.clock())
    world = restored(world, place, file)
    done = settled(world)
    world = again(world, place)
    with world.database.read() as session:
        keys = {key.kid: key.valid_until for key in identity.keys_of(session, owner.did)}
    assert keys[before.kid] is not None
    assert lost.kid not in keys
    assert keys[done.keys[0]] is None  # type: ignore[index]
    assert json.loads(world.get(None, f"/v1/factories/{factory}").data)["factory"]["id"]


def test_there_is_nothing_to_settle_on_a_node_that_is_not_behind(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    with pytest.raises(backups.BackupFailed, match="not behind"):
        settled(world)


def test_nobody_is_let_in_by_what_was_before_the_backup(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    house = world.app.extensions["guildnet"].house

    def account(address: str) -> str:
        with world.database.write() as session:
            given = {"name": "Mai", "language": "vi", "password": "old", "now": world.clock()}
            row = persons.add(session, house.entropy, address=address, **given)  # type: ignore[arg-type]
            owner = membership.find(session, "acme")
            assert owner is not None
            session.add(PersonRoleRow(organization_id=owner.id, person_id=row.id, role="editor", since=world.clock()))
            return row.id

    people = {name: account(f"{name}@node.example") for name in ("left", "changed", "erased", "same")}
    with world.database.write() as session:
        session.add(ResetRow(token_sha256=bytes(32), person_id=people["same"], expires_at=world.clock() + timedelta(hours=1)))
    file = backed_up(world, place)
    with world.database.write() as session:
        for row in session.scalars(select(PersonRoleRow).where(PersonRoleRow.person_id == people["left"])):
            session.delete(row)
        persons.row_of(session, people["changed"]).password = "new"
        leaving.erase_person(session, house.keystore, people["erased"], now=world.clock())
    world = restored(world, place, file)
    assert settled(world).mailed == {"password_resets": 1}
    with world.database.read() as session:
        rows = {name: session.get_one(PersonRow, each) for name, each in people.items()}
        roles = set(session.scalars(select(PersonRoleRow.person_id)))
    assert roles == {people["changed"], people["same"]}
    assert (rows["same"].password, rows["changed"].password, rows["left"].password) == ("old", None, "old")
    assert (rows["erased"].address, rows["erased"].name, rows["erased"].password) == (None, "", None)
