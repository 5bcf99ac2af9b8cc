"""Attached files: kept once, named by profiles of their own organization, given to whoever may have them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from network.database import Database
from sharing import factories
from sharing.errors import FileRefused, InvalidDocument, NotFound, ProfileErrors, RoleRequired, StateConflict
from sharing.files import shelf
from sharing.leaving import erase_factory
from sharing.viewers import MANAGE, Caller
from tests.documents import jpeg, pdf, png
from tests.world import World

EXACT = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [["*", "exact"]]}]}


@pytest.fixture
def world(sqlite_database: Database) -> World:
    world = World.on(sqlite_database)
    for slug in ("maker", "other", "reader"):
        world.organization(slug)
    return world


def add(world: World, who: str, content: bytes, name: str = "scan.pdf") -> shelf.FileFacts:
    with world.house.database.write("add") as session:
        return shelf.add_file(world.house, session, world.caller(who), content, name=name)


def files(world: World, who: str) -> list[shelf.FileFacts]:
    with world.house.database.read() as session:
        return shelf.list_files(world.house, session, world.caller(who))


def shown(world: World, who: str | None, factory_id: str, digest: str) -> shelf.Given:
    with world.house.database.read() as session:
        return shelf.shown_file(world.house, session, world.caller(who), factory_id, digest)


def shop(*, certificate: str | None = None, document: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"legal_name": "Shop", "country": "VN"}
    if certificate:
        made["certificates"] = [{"scheme": "ISO9001", "scope": "All", "document": certificate}]
    if document:
        made["documents"] = [{"title": "Drawing", "kind": "drawing", "file": document}]
    return made


@pytest.mark.parametrize("content", [pdf(), png(), jpeg()], ids=["pdf", "png", "jpeg"])
def test_a_file_is_kept_once_under_its_digest(world: World, content: bytes) -> None:
    kept = add(world, "maker", content)
    assert kept.digest == hashlib.sha256(content).hexdigest()
    assert (kept.size, kept.used, kept.name) == (len(content), False, "scan.pdf")
    world.clock.forward(hours=1)
    assert add(world, "maker", content, "again.pdf") == kept
    assert files(world, "maker") == [kept]
    assert files(world, "other") == []
    with world.house.database.read() as session:
        given = shelf.own_file(world.house, session, world.caller("maker"), kept.digest)
        assert given.content == content
        with pytest.raises(NotFound):
            shelf.own_file(world.house, session, world.caller("other"), kept.digest)


@pytest.mark.parametrize("content", [b"", b"hello", pdf()[:-9], b"<html>" + pdf()], ids=["empty", "text", "cut", "page"])
def test_what_is_no_whole_file_is_refused_whatever_it_is_called(world: World, content: bytes) -> None:
    with pytest.raises(FileRefused):
        add(world, "maker", content, "certificate.pdf")
    assert files(world, "maker") == []


def test_a_file_above_the_limit_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "FILE_BYTES_MAX", len(pdf()) - 1)
    with pytest.raises(FileRefused):
        add(world, "maker", pdf())


def test_there_is_room_for_so_many_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_FILES", 1)
    add(world, "maker", pdf())
    add(world, "maker", pdf(), "the same")
    with pytest.raises(StateConflict):
        add(world, "maker", png())
    add(world, "other", png())
    monkeypatch.setattr(shelf, "MOST_FILES", 9)
    monkeypatch.setattr(shelf, "MOST_BYTES", len(pdf()) + len(png()) - 1)
    with pytest.raises(StateConflict):
        add(world, "maker", png())


def test_a_name_with_what_cannot_be_seen_is_refused_and_nobody_keeps_nothing(world: World) -> None:
    with pytest.raises(InvalidDocument):
        add(world, "maker", pdf(), "fdp.\u202etxt")
    with world.house.database.write("add") as session, pytest.raises(RoleRequired):
        shelf.add_file(world.house, session, Caller.anonymous(), pdf(), name="x")


def test_a_profile_names_only_files_of_its_own_organization(world: World) -> None:
    mine, theirs = add(world, "maker", pdf()).digest, add(world, "other", png()).digest
    with pytest.raises(ProfileErrors) as refused:
        world.factory("maker", shop(certificate=theirs, document="0" * 64))
    assert [(each.path, each.code) for each in refused.value.problems] == [
        ("certificates/0/document", "unknown_file"),
        ("documents/0/file", "unknown_file"),
    ]
    factory_id = world.factory("maker", shop(certificate=mine, document=mine))
    assert [each.used for each in files(world, "maker")] == [True]
    assert shown_to_all(world, factory_id, mine) == set()


def shown_to_all(world: World, factory_id: str, digest: str) -> set[str | None]:
    """Who gets the file."""
    found: set[str | None] = set()
    for who in (None, "maker", "other", "reader"):
        try:
            assert shown(world, who, factory_id, digest).content
        except NotFound:
            continue
        found.add(who)
    return found


@pytest.mark.parametrize(
    ("rule", "gets"),
    [
        ([["*", "exact"]], {None, "maker", "other", "reader"}),
        ([["$listing", "exact"], ["documents", "exact"]], {None, "maker", "other", "reader"}),
        ([["$listing", "exact"], ["document.file", "exact"]], {None, "maker", "other", "reader"}),
        ([["$listing", "exact"], ["documents", "exact"], ["document.file", "band"]], {None, "maker", "other", "reader"}),
        ([["$listing", "exact"], ["document.title", "exact"]], set()),
        ([["*", "band"]], set()),
        ([["documents", "exact"]], set()),
    ],
)
def test_a_drawing_is_given_where_its_decision_is_exact(world: World, rule: list[list[str]], gets: set[str | None]) -> None:
    digest = add(world, "maker", pdf()).digest
    factory_id = world.factory("maker", shop(document=digest))
    world.policy("maker", factory_id, {"v": 1, "rules": [{"id": "x", "to": "anyone", "show": rule}]})
    assert shown_to_all(world, factory_id, digest) == gets


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ([["certificate", "exact"], ["document.file", "exact"]], True),
        ([["certificate", "exact"]], False),
        ([["certificate", "exact"], ["document.file", "existence"]], False),
        ([["certificate", "existence"], ["document.file", "exact"]], False),
    ],
)
def test_a_certificate_is_given_where_its_digest_and_the_decision_for_files_are_exact(
    world: World, rule: list[list[str]], given: bool
) -> None:
    digest = add(world, "maker", pdf()).digest
    factory_id = world.factory("maker", shop(certificate=digest))
    shows = {"id": "x", "to": "anyone", "show": [["$listing", "exact"], *rule]}
    world.policy("maker", factory_id, {"v": 1, "rules": [shows]})
    assert bool(shown_to_all(world, factory_id, digest)) == given


def test_a_file_that_the_factory_does_not_name_or_no_longer_names_is_not_given(world: World) -> None:
    named, other = add(world, "maker", pdf()).digest, add(world, "maker", png()).digest
    factory_id = world.factory("maker", shop(document=named))
    world.policy("maker", factory_id, EXACT)
    assert shown_to_all(world, factory_id, other) == set()
    assert shown_to_all(world, factory_id, named)
    with world.house.database.write("edit") as session:
        factories.put_profile(world.house, session, world.caller("maker"), factory_id, shop())
    assert shown_to_all(world, factory_id, named), "a draft is not live"
    world.publish("maker", factory_id)
    assert shown_to_all(world, factory_id, named) == set()


def test_a_file_is_thrown_away_when_neither_draft_nor_publication_names_it(world: World) -> None:
    digest = add(world, "maker", pdf()).digest
    factory_id = world.factory("maker", shop(document=digest))

    def throw(who: str) -> None:
        with world.house.database.write("throw") as session:
            shelf.throw_away(world.house, session, world.caller(who), digest)

    with pytest.raises(NotFound):
        throw("other")
    with pytest.raises(StateConflict):
        throw("maker")
    with world.house.database.write("edit") as session:
        factories.put_profile(world.house, session, world.caller("maker"), factory_id, shop())
    with pytest.raises(StateConflict):
        throw("maker")
    world.publish("maker", factory_id)
    throw("maker")
    assert files(world, "maker") == []


def test_erasing_a_factory_destroys_its_files_unless_another_one_names_them(world: World) -> None:
    own, common = add(world, "maker", pdf()).digest, add(world, "maker", png()).digest
    spare = add(world, "maker", jpeg()).digest
    factory_id = world.factory("maker", shop(certificate=own, document=common))
    world.factory("maker", shop(document=common))
    plain = world.caller("maker")
    caller = Caller(member=plain.member, purpose=None, may=plain.may | {MANAGE})
    with world.house.database.write("erase") as session:
        erase_factory(world.house, session, caller, factory_id, confirm=factory_id)
    assert {each.digest for each in files(world, "maker")} == {common, spare}
