"""A restored node's ledgers go on from the last head that was signed; where nobody knows it, they go on under another name."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from network.errors import JournalUnusable, NodeBehind
from sharing.fsck import fsck
from sharing.ledger import checking
from sharing.ledger.models import LedgerHead
from sharing.ledger.regrowing import LEAVES, regrow
from tests.api.ledger.rows import listed, rows
from tests.api.ledger.test_sealing import anchored, exported, head, looked, seal
from tests.api.restoring import Place, again, backed_up, restored, settled
from tests.api.test_factories import made
from tests.api.world import World, populate
from trust import base64url, checkpoint, disclosures
from trust.disclosures import LedgerReport

NAME = "node.example/ledger/acme"


def report(world: World, *kept: str) -> LedgerReport:
    return disclosures.verify(exported(world), anchored(world), kept)


def signed(world: World) -> set[tuple[str, int, bytes]]:
    """What every head of this database says."""
    with world.database.read() as session:
        found = [checkpoint.peek(note) for note in session.scalars(select(LedgerHead.note))]
    return {(each.origin, each.size, each.root) for each in found}


def broken(world: World) -> tuple[World, list[str], str]:
    """The node with two sealed rows and one that waits, backed up; the heads of then and of three rows later."""
    factory = made(world)
    looked(world, factory, 2)
    seal(world)
    before = head(world)
    looked(world, factory, 1)
    return world, [before], factory


def test_heads_of_the_lost_days_verify_and_no_head_contradicts_another(place: Place) -> None:
    world, kept, factory = broken(place.world(place.url, populate(place.url), seed=1))
    file = backed_up(world, place)
    waited = rows(world)[-1].id
    for _ in range(2):
        looked(world, factory, 1)
        seal(world)
        kept.append(head(world))
    ever = signed(world)
    assert [checkpoint.peek(each).size for each in kept] == [2, 4, 5]

    world = restored(world, place, file)
    with pytest.raises(NodeBehind):
        seal(world)
    assert settled(world, really=False).ledgers == settled(world).ledgers == {"acme": 2}
    world = again(world, place)
    found = report(world, *kept)
    assert found.holds
    assert (found.size, found.told, found.hashed) == (5, 3, 2)
    assert waited in {each["id"] for each in listed(world)}
    looked(world, factory, 1)
    seal(world)
    assert checkpoint.peek(head(world)).size == 6
    assert report(world, *kept, head(world)).holds
    with world.database.read() as session:
        assert [checking.check_against(session, each).problems for each in kept] == [(), (), ()]
    ever |= signed(world)
    assert fsck(world.app.extensions["guildnet"].house).findings == ()

    kept.append(head(world))
    world = restored(world, place, file)
    assert settled(world).ledgers == {"acme": 3}
    world = again(world, place)
    assert report(world, *kept).holds
    looked(world, factory, 1)
    seal(world)
    ever |= signed(world)
    assert len({(origin, size) for origin, size, _ in ever}) == len(ever), "two heads of one size differ"


def test_more_leaves_than_one_line_of_the_journal_holds_come_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharing.ledger.regrowing._AT_ONCE", 2)
    world = place.world(place.url, populate(place.url), seed=1)
    factory, theirs = made(world), made(world, owner="umbrella")
    looked(world, factory, 1)
    seal(world)
    file = backed_up(world, place)
    looked(world, factory, 5)
    looked(world, theirs, 1)
    seal(world)
    kept = head(world), head(world, "umbrella")
    world = restored(world, place, file)
    assert settled(world).ledgers == {"acme": 5, "umbrella": 1}
    world = again(world, place)
    assert (report(world, kept[0]).holds, report(world).size) == (True, 6)
    found = disclosures.verify(exported(world, "umbrella"), anchored(world), [kept[1]])
    assert (found.holds, found.size, found.hashed) == (True, 1, 1)


def test_without_the_journal_the_ledger_goes_on_under_another_name_and_says_what_is_lost(place: Place) -> None:
    world, kept, factory = broken(place.world(place.url, populate(place.url), seed=1))
    file = backed_up(world, place)
    looked(world, factory, 2)
    seal(world)
    kept.append(head(world))
    ever = signed(world)

    world = restored(world, place, file, journal="another machine")
    settled(world, keep=frozenset({"factories"}))
    world = again(world, place, journal="another machine")
    looked(world, factory, 3)
    seal(world)
    assert checkpoint.peek(head(world)).origin == f"{NAME}.1"
    found = report(world, *kept, head(world))
    assert [each.problem for each in found.earlier] == [None, "lost_in_restoring", None]
    assert (found.problem, found.size) == (None, 6)
    with world.database.read() as session:
        judged = [checking.check_against(session, each).problems for each in (*kept, head(world))]
    assert judged == [(), (("the head brought", "lost_in_restoring"),), ()]
    assert fsck(world.app.extensions["guildnet"].house).findings == ()
    ever |= signed(world)
    assert len({(origin, size) for origin, size, _ in ever}) == len(ever), "two heads of one size differ"


@pytest.mark.parametrize(
    "text", ["", "acme 0", "acme 0 !", "acme x AAAA", "acme -1 AAAA", "acme 0 AAAA", "a b c d", "acme 0 AAAAA"]
)
def test_leaves_that_nobody_can_read_are_a_journal_that_cannot_be_used(world: World, text: str) -> None:
    house = world.app.extensions["guildnet"].house
    with world.database.read() as session, pytest.raises(JournalUnusable):
        list(regrow(house, session, [(LEAVES, text)]))


def test_leaves_that_do_not_go_on_from_the_copy_are_refused(world: World) -> None:
    factory = made(world)
    looked(world, factory, 1)
    owner, house = rows(world)[0].owner_id, world.app.extensions["guildnet"].house
    with world.database.read() as session:
        with pytest.raises(JournalUnusable, match="every leaf"):
            list(regrow(house, session, [(LEAVES, f"{owner} 1 {base64url.encode(bytes(32))}")]))
        assert list(regrow(house, session, [("other", ""), (LEAVES, f"{'0' * 32} 0 {base64url.encode(bytes(32))}")])) == []
