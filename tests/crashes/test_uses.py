"""Every write use-case is killed before and after its commit, and where it signed; then everything is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tests.api import world as worlds
from tests.crashes import (  # noqa: F401 - they enter what they hold
    of_alerts,
    of_audits,
    of_operator,
    of_owners,
    of_people,
    of_upkeep,
)
from tests.crashes.registry import LEFT_OUT, USES, Node
from tests.crashes.state import check, counts, dump, standing
from tests.crashes.stopping import CHEAP, Request, Step, done, stopped
from tests.crashes.uses import named_uses, routes_that_write

MOST_IMPORTANT = (
    "factories.create_factory",
    "factories.publish_factory",
    "factories.put_policy",
    "attestations.attest",
    "attestations.revoke_attestation",
    "grants.give_grant",
    "restate-views",
    "import",
    "init",
)
"""What the default tier kills on SQLite. `python -m tests.long crashes` kills everything on both databases."""

EXPECTED = {"retire-views": frozenset({("views", "view_missing")})}
"""What `fsck` says afterwards by design: nobody can sign for this owner, so its views were taken back."""

BEFORE, AFTER = "before-commit", "after-commit"


def cases(names: Iterable[str], *kinds: str) -> list[object]:
    return [
        pytest.param(name, place, kind, id=f"{name}-{place.removeprefix(name + ':')}-{kind}")
        for name in names
        for place in places(name)
        for kind in kinds
    ]


def places(name: str) -> list[str]:
    """Where a use-case is stopped."""
    found = [*USES[name].points, f"{name}:{BEFORE}", f"{name}:{AFTER}"]
    return [*found, f"{name}:before-response"] if "." in name else found


@contextmanager
def prepared(name: str, url: str, folder: Path) -> Iterator[tuple[Step, Node | None]]:
    """The database as the use-case needs it, and a living node whose index was made before the accident."""
    entry = USES[name]
    if entry.on_empty:
        yield entry.prepare(Node(world=None, folder=folder)), None  # type: ignore[arg-type]
        return
    world = worlds.world_at(url, worlds.populate(url), **CHEAP)
    try:
        node = Node(world=world, folder=folder)
        step = entry.prepare(node)
        world.get(None, "/v1/search")
        yield step, node
    finally:
        world.database.dispose()


Effect = Callable[[str], dict[str, int]]


@pytest.fixture(scope="module")
def one_effect(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Effect:
    """How many rows each table has when nothing went wrong, by use-case."""

    @cache
    def rows(name: str) -> dict[str, int]:
        folder = tmp_path_factory.mktemp("undisturbed")
        file = folder / "node.db"
        file.write_bytes(sqlite_template.read_bytes())
        with prepared(name, f"sqlite:///{file}", folder) as (step, _):
            answer = done(f"sqlite:///{file}", step)
        assert answer["status"] in {0, 200, 201, 202, 204}, answer
        return counts(dump(f"sqlite:///{file}"))

    return rows


@pytest.mark.parametrize(("name", "place", "kind"), cases(MOST_IMPORTANT, "sqlite"))
def test_a_killed_write_is_whole_or_nothing_and_its_retry_has_one_effect(
    name: str, place: str, kind: str, sqlite_url: str, tmp_path: Path, one_effect: Effect
) -> None:
    _kill(name, place, sqlite_url, tmp_path, one_effect)


@pytest.mark.long("crashes")
@pytest.mark.parametrize(("name", "place", "kind"), cases(USES, "sqlite", "postgresql"))
def test_every_write_killed_anywhere_is_whole_or_nothing(
    name: str, place: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path, one_effect: Effect
) -> None:
    url = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")
    _kill(name, place, url, tmp_path, one_effect)


def _kill(name: str, place: str, url: str, tmp_path: Path, one_effect: Effect) -> None:
    entry = USES[name]
    with prepared(name, url, tmp_path) as (step, node):
        before, views = dump(url), standing(url)
        damaged = name.startswith("fsck-")
        known = frozenset() if entry.on_empty else check(url, entry.now, views=not damaged)
        assert damaged or not known, known
        stopped(url, step, place)
        after = dump(url)
        assert (after != before) == (entry.follows or place.endswith((f"{name}:{AFTER}", f"{name}:before-response")))
        if not entry.on_empty or after != before:
            assert _unexpected(name, check(url, entry.now, views=not damaged)) <= known
        _same_views(views, standing(url), resigned=name == "key-rotate" or damaged)
        views = standing(url)

        later = replace(step, now=step.now + entry.retried_after) if entry.retried_after else step  # type: ignore[union-attr]
        retried = done(url, later)
        assert retried["status"] < 500, retried
        if after == before or entry.retried_after:
            assert retried["status"] in {0, 200, 201, 202, 204}, retried
        if not entry.again or after == before:
            assert counts(dump(url)) == one_effect(name)
        if not entry.again:
            _same_views(views, standing(url), resigned=damaged)
        assert _unexpected(name, check(url, entry.now)) <= known
        if node is not None:
            _living_and_restarted_agree(node)


def test_an_idempotent_request_killed_after_its_commit_gives_the_id_it_made(sqlite_url: str, tmp_path: Path) -> None:
    with prepared("factories.create_factory", sqlite_url, tmp_path) as (step, node):
        assert isinstance(step, Request)
        assert node is not None
        stopped(sqlite_url, step, "factories.create_factory:before-response")
        (made,) = node.world.get("acme", "/v1/factories").json["factories"]
        assert made["id"] in done(sqlite_url, step)["body"]


def test_every_write_use_case_of_the_product_is_entered(sqlite_url: str) -> None:
    world = worlds.world_at(sqlite_url, worlds.populate(sqlite_url))
    try:
        found = named_uses().union(*routes_that_write(world.app).values())
    finally:
        world.database.dispose()
    assert len(found) > 20
    assert sorted(found - set(USES) - set(LEFT_OUT)) == [], "enter it in its room of tests/crashes"
    assert sorted((set(USES) | set(LEFT_OUT)) - found) == []
    assert set(MOST_IMPORTANT) <= set(USES)


def _unexpected(name: str, found: frozenset[tuple[str, str, str]]) -> frozenset[tuple[str, str, str]]:
    return frozenset(each for each in found if (each[0], each[2]) not in EXPECTED.get(name, frozenset()))


Views = dict[tuple[str, str, str], str]


def _same_views(earlier: Views, later: Views, *, resigned: bool = False) -> None:
    """One audience at one state has one stored view, whoever looks and whenever."""
    if not resigned:
        assert {key: jwt for key, jwt in later.items() if key in earlier} == {
            key: jwt for key, jwt in earlier.items() if key in later
        }


def _living_and_restarted_agree(node: Node) -> None:
    restarted = worlds.world_at(node.world.settings.database_url, node.world.clients)
    restarted.clock.now = node.world.clock.now
    node.world._tokens.clear()
    try:
        for who in (None, "globex"):
            mine = node.world.get(who, "/v1/search?limit=100").json
            theirs = restarted.get(who, "/v1/search?limit=100").json
            assert mine == theirs
    finally:
        restarted.database.dispose()
