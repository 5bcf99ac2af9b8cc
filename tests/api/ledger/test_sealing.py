"""Rows are sealed under heads that their owner keeps, and whoever rewrites a row afterwards is found."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy import delete, select, text, update

from api.migrations.run import upgrade
from network import identity, membership
from sharing.fsck import fsck
from sharing.leaving import leave
from sharing.ledger import checking, sealing
from sharing.ledger.leaves import leaf_hash
from sharing.ledger.models import Disclosure, LedgerHead
from sharing.ledger.reading import Reader
from sharing.ledger.retention import shorten
from sharing.viewers import MANAGE, READ_AND_WRITE, Caller
from tests.api.ledger.rows import listed, rows
from tests.api.test_factories import made
from tests.api.world import World, populate, world_at
from trust import anchors, checkpoint, disclosures, merkle
from trust.checkpoint import Checkpoint

CONFIDENTIAL = {
    "v": 1,
    "rules": [
        {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"]]},
        {"id": "close", "to": {"tier": "confidential"}, "show": [["*", "exact"]]},
    ],
}


class Undone(Exception):
    """What was tried is to be rolled back."""


def seal(world: World) -> int:
    return sealing.seal_due(world.app.extensions["guildnet"].house)


def anchored(world: World) -> tuple[anchors.Anchor, ...]:
    with world.database.read() as session:
        return identity.own_anchors(session)


def exported(world: World, owner: str = "acme", **query: str) -> list[bytes]:
    answer = world.get(owner, "/v1/ledger/export", query_string=query)
    assert answer.status_code == 200
    return answer.data.splitlines(keepends=True)


def head(world: World, owner: str = "acme") -> str:
    return str(world.get(owner, "/v1/ledger").json["head"])


def looked(world: World, factory: str, times: int) -> None:
    for _ in range(times):
        assert world.get("globex", f"/v1/factories/{factory}").status_code == 200


def rewrite(world: World, leaf: int) -> None:
    """What an operator with the database and the key can do: change a row and every hash, head and signature after it."""
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        row = session.scalars(select(Disclosure).where(Disclosure.leaf == leaf)).one()
        row.purpose = "benchmark"
        session.flush()
        reader = Reader(session)
        edge: list[bytes] = []
        heads = {each.size: each for each in session.scalars(select(LedgerHead))}
        signer = identity.node_signer(session, house.keystore, "log")
        for size, each in enumerate(session.scalars(select(Disclosure).order_by(Disclosure.leaf)).all(), start=1):
            each.hash = leaf_hash(reader, each)
            edge = merkle.grown(edge, size - 1, each.hash)
            if size in heads:
                stored = heads[size]
                stored.root, stored.edge = merkle.root_of_edge(edge), b"".join(edge)
                origin = checkpoint.peek(stored.note).origin
                stored.note = checkpoint.issue(Checkpoint(origin=origin, size=size, root=stored.root), signer=signer)


def test_rows_are_sealed_once_in_their_order_each_owner_by_themselves(world: World) -> None:
    mine, theirs = made(world), made(world, owner="umbrella")
    looked(world, mine, 2)
    looked(world, theirs, 1)
    assert seal(world) == 3
    assert seal(world) == 0
    looked(world, mine, 1)
    assert seal(world) == 1
    assert [each["leaf"] for each in listed(world)] == [0, 1, 2]
    assert [each["leaf"] for each in listed(world, "umbrella")] == [0]
    assert checkpoint.peek(head(world)).origin == "node.example/ledger/acme"
    assert (checkpoint.peek(head(world)).size, checkpoint.peek(head(world, "umbrella")).size) == (3, 1)


def test_an_export_holds_every_row_and_nothing_of_other_owners_and_is_checked_without_the_node(world: World) -> None:
    mine, theirs = made(world), made(world, owner="umbrella")
    looked(world, mine, 2)
    looked(world, theirs, 3)
    seal(world)
    earlier = head(world)
    looked(world, mine, 1)
    lines = exported(world)
    assert len(lines) == 4
    assert theirs not in b"".join(lines).decode()
    report = disclosures.verify(lines, anchored(world), [earlier])
    assert report.holds
    assert (report.size, report.told, report.hashed) == (3, 3, 0)
    told = list(disclosures.leaves(lines))
    assert [each["id"] for each in told] == [each["id"] for each in listed(world)]
    assert {each["factory"] for each in told} == {f"urn:guildnet:factory:{mine}"}


def test_a_part_of_the_ledger_stands_under_the_same_head(world: World) -> None:
    first, second = made(world), made(world)
    looked(world, first, 1)
    looked(world, second, 1)
    lines = exported(world, factory=second)
    report = disclosures.verify(lines, anchored(world))
    assert report.holds
    assert (report.told, report.hashed) == (1, 1)
    assert first not in b"".join(lines).decode()


@pytest.mark.parametrize("leaf", [0, 2, 4])
def test_a_rewritten_row_with_every_hash_and_head_after_it_is_found_by_a_head_kept_earlier(world: World, leaf: int) -> None:
    factory = made(world)
    looked(world, factory, 3)
    seal(world)
    looked(world, factory, 2)
    seal(world)
    kept = head(world)
    rewrite(world, leaf)
    with world.database.read() as session:
        assert checking.check(session, rows(world)[0].owner_id).problems == ()
        found = checking.check_against(session, kept)
    assert ("the head brought", "rewritten") in found.problems
    report = disclosures.verify(exported(world), anchored(world), [kept])
    assert not report.holds
    assert [each.problem for each in report.earlier] == ["rewritten"]


def test_a_row_changed_taken_out_or_put_last_is_found_by_the_stored_heads(world: World) -> None:
    factory = made(world)
    looked(world, factory, 4)
    seal(world)
    owner = rows(world)[0].owner_id
    for change in (
        update(Disclosure).where(Disclosure.leaf == 1).values(rules="other"),
        update(Disclosure).where(Disclosure.leaf == 1).values(hash=bytes(32)),
        delete(Disclosure).where(Disclosure.leaf == 1),
        delete(Disclosure).where(Disclosure.leaf == 3),
        update(Disclosure).where(Disclosure.leaf == 0).values(factory_id=None, hash=bytes(32)),
        update(LedgerHead).values(root=bytes(32)),
    ):
        with suppress(Undone), world.database.write() as session:
            session.execute(change)
            assert checking.check(session, owner).problems, str(change)
            raise Undone
    with world.database.read() as session:
        assert checking.check(session, owner).problems == ()


def test_a_ledger_cut_short_is_found_by_a_later_head(world: World) -> None:
    factory = made(world)
    looked(world, factory, 2)
    seal(world)
    lines = exported(world)
    looked(world, factory, 2)
    seal(world)
    report = disclosures.verify(lines, anchored(world), [head(world)])
    assert [each.problem for each in report.earlier] == ["leaves_missing"]


def test_a_file_that_was_touched_is_refused_or_does_not_hold(world: World) -> None:
    factory = made(world)
    looked(world, factory, 3)
    lines = exported(world)
    trusted = anchored(world)
    assert disclosures.verify([*lines[:2], *lines[3:]], trusted).problem == "leaves_missing"
    assert disclosures.verify([*lines, lines[1]], trusted).problem == "leaves_added"
    assert disclosures.verify([lines[0], lines[2], lines[1], lines[3]], trusted).problem == "rewritten"
    with pytest.raises(Exception, match="no_anchor"):
        disclosures.verify(lines, [anchors.parse(f"node:https://other.example#{trusted[0].thumbprint}")])


def test_the_first_sight_of_a_confidential_group_is_told_once_with_the_head(world: World) -> None:
    factory = made(world)
    world.save_policy("acme", factory, CONFIDENTIAL)
    looked(world, factory, 1)
    seal(world)
    assert world.get("acme", "/v1/notices").json["notices"] == []
    grant = {"factory": factory, "organization": "globex", "tier": "confidential", "purpose": "rfq"}
    assert world.post("acme", "/v1/grants", json=grant).status_code == 201
    for _ in range(2):
        assert world.get("globex", f"/v1/factories/{factory}", purpose="rfq").status_code == 200
        seal(world)
    [notice] = [each for each in world.get("acme", "/v1/notices").json["notices"] if each["kind"] == "first_sight"]
    assert checkpoint.peek(notice["ledger_head"]).size >= 2
    row = world.get("acme", f"/v1/ledger/{notice['subject']}").json
    assert (row["viewer"], row["rules"]) == ("did:web:node.example:orgs:globex", ["card", "close"])
    assert world.get("globex", f"/v1/ledger/{notice['subject']}").status_code == 404


def test_fsck_looks_at_the_ledgers(world: World) -> None:
    factory = made(world)
    looked(world, factory, 2)
    seal(world)
    house = world.app.extensions["guildnet"].house
    assert fsck(house).checked["ledger"] == 2
    with world.database.write() as session:
        session.execute(update(Disclosure).where(Disclosure.leaf == 1).values(purpose="audit"))
    found = {(each.check, each.detail) for each in fsck(house).findings}
    assert ("ledger", "leaf 1") in found


def test_a_table_for_a_spreadsheet_has_the_same_rows(world: World) -> None:
    factory = made(world)
    looked(world, factory, 2)
    answer = world.get("acme", "/v1/ledger/export", headers={"Accept": "text/csv"})
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("leaf,at,factory,viewer,")
    assert [line.split(",")[2] for line in lines[1:]] == [factory] * 2


def test_what_is_shortened_leaves_a_tree_that_holds(world: World) -> None:
    factory = made(world)
    looked(world, factory, 2)
    world.get(None, f"/v1/factories/{factory}")
    seal(world)
    kept = head(world)
    world.clock.move(days=100)
    world._tokens.clear()
    house = world.app.extensions["guildnet"].house
    assert shorten(house, days=1000, public_days=90) == 1
    assert len(listed(world)) == 2
    world.clock.move(days=1000)
    world._tokens.clear()
    assert shorten(house, days=1000, public_days=90) == 2
    assert listed(world) == []
    with world.database.read() as session:
        assert checking.check_against(session, kept).problems == ()
    assert rows(world)[0].id == ""


def test_an_organization_that_erases_what_it_said_takes_its_ledger_along(world: World) -> None:
    mine, theirs = made(world), made(world, owner="umbrella")
    looked(world, mine, 2)
    assert world.get("umbrella", f"/v1/factories/{mine}").status_code == 200
    assert world.get("acme", f"/v1/factories/{theirs}").status_code == 200
    seal(world)
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        member = membership.find(session, "acme")
        leave(house, session, Caller(member=member, purpose=None, may=READ_AND_WRITE | {MANAGE}), erase=True)
    [left] = listed(world, "umbrella")
    assert left["viewer"] == "did:web:node.example:orgs:acme"
    assert len(rows(world)) == 1


def test_two_databases_seal_alike(database_url: str) -> None:
    upgrade(database_url)
    world = world_at(database_url, populate(database_url))
    try:
        factory = made(world)
        looked(world, factory, 3)
        assert seal(world) == 3
        assert disclosures.verify(exported(world), anchored(world), [head(world)]).holds
        assert world.get("globex", "/v1/search?process=3.2.1").status_code == 200
        with world.database.read() as session:
            assert session.execute(text("SELECT count(*) FROM ledger_questions")).scalar() == 2
    finally:
        world.database.dispose()
