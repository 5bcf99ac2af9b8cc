"""Every write has a name, so that a test can stop it before and after its commit."""

from __future__ import annotations

import ast

import pytest

from tests.api.world import World
from tests.contract.tree import shown, sources, tree
from tests.crashes.uses import SLUG, routes_that_write, unsafe_routes, written_names

WITHOUT_WRITING = {
    f"answers.{name}": "an answer about a draft that is sent along"
    for name in ("preview_draft", "explain_draft", "audience_of_draft", "policy_impact", "oddities_of_draft")
}
"""Routes with an unsafe method that write nothing."""


def test_every_write_of_the_product_has_a_constant_name() -> None:
    found = [(f"{shown(path)}:{line}", name) for path in sources() for line, name in written_names(tree(path))]
    assert len(found) > 10, "the search finds nothing, so it would also miss what it is for"
    assert [place for place, name in found if name is None] == []
    names = [name for _, name in found if name is not None]
    assert [name for name in names if not SLUG.fullmatch(name)] == []
    assert sorted({name for name in names if names.count(name) > 1}) == [], "two use-cases have one name"


@pytest.mark.parametrize(
    "planted",
    [
        "database.write()",
        "house.database.write(name)",
        'house.database.write(f"x-{name}")',
        "self.house.database.write(use=name)",
    ],
)
def test_the_search_finds_a_write_without_a_constant_name(planted: str) -> None:
    assert written_names(ast.parse(f"with {planted} as session: pass")) == [(1, None)]


def test_the_search_leaves_files_and_streams_alone() -> None:
    assert written_names(ast.parse("stream.write(data)\ninstant.write(at)\nfile.write()")) == []


def test_every_route_that_may_change_something_writes_in_one_named_transaction(world: World) -> None:
    writing = routes_that_write(world.app)
    silent = unsafe_routes(world.app) - set(writing) - set(WITHOUT_WRITING)
    assert silent == set(), "a write route that opens no transaction of its own: name it, or say why in WITHOUT_WRITING"
    assert set(WITHOUT_WRITING) <= unsafe_routes(world.app) - set(writing)


def test_every_point_stands_in_the_product_as_a_constant() -> None:
    """A point whose name is computed in any other way than by a constant prefix could not be found by a test."""
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "points.reached":
                assert _readable(node.args[0]), f"{shown(path)}:{node.lineno}"


def _readable(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) or (
        isinstance(argument, ast.JoinedStr) and any(isinstance(part, ast.Constant) for part in argument.values)
    )


def test_the_product_installs_no_watcher() -> None:
    for path in sources():
        if shown(path) != "network/points.py":
            calls = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
            assert not {"points.install", "points.watched", "install", "watched"} & {
                call for call in calls if call.startswith("points.")
            }, shown(path)
