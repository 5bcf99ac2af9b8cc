"""Which write use-cases the product has: read from its syntax trees and its routes, never from a list."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

from flask import Flask

from api.routing import declared_routes
from tests.contract.tree import sources, tree

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
DATABASES = re.compile(r"(^|\.)_?(database|db)$")
"""What a `Database` is called wherever one is used."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ENDPOINT = "_use()"
"""`auth.writing()` is the one place that takes its name from the route."""


def written_names(module: ast.Module) -> list[tuple[int, str | None]]:
    """(line, name) of every `<database>.write(...)`; None for one whose name is not a constant."""
    found: list[tuple[int, str | None]] = []
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write"):
            continue
        if not DATABASES.search(ast.unparse(node.func.value)):
            continue
        if [ast.unparse(each) for each in node.args] == [ENDPOINT]:
            continue
        given = [*node.args, *(each.value for each in node.keywords)]
        name = given[0].value if len(given) == 1 and isinstance(given[0], ast.Constant) else None
        found.append((node.lineno, name if isinstance(name, str) else None))
    return found


def named_uses() -> set[str]:
    """Every name that stands in a `Database.write(...)` of the product."""
    return {name for path in sources() for _, name in written_names(tree(path)) if name is not None}


def unsafe_routes(app: Flask) -> set[str]:
    """The endpoints that answer another method than GET."""
    rules = app.url_map.iter_rules()
    return {rule.endpoint for rule in rules if rule.endpoint in declared_routes(app) and set(rule.methods or ()) - SAFE}


def routes_that_write(app: Flask) -> dict[str, set[str]]:
    """Endpoint -> the names of the transactions that its function opens, itself or through functions of its module.

    `auth.writing()` is named after the endpoint. A route whose service opens the transaction in another module is found
    by what the route calls there, one step deep.
    """
    found = {}
    for endpoint in declared_routes(app):
        names = set(_opened(inspect.unwrap(app.view_functions[endpoint]), endpoint, depth=2))
        if names:
            found[endpoint] = names
    return found


def _opened(function: object, endpoint: str, depth: int) -> Iterator[str]:
    try:
        source = textwrap.dedent(inspect.getsource(function))  # type: ignore[arg-type]
    except (OSError, TypeError):
        return
    module = ast.parse(source)
    yield from (name for _, name in written_names(module) if name is not None)
    scope = getattr(function, "__globals__", {})
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called in {"auth.writing", "writing"}:
            yield endpoint
        elif depth:
            target = _resolved(called, scope)
            if inspect.isfunction(target) and target.__module__.partition(".")[0] in {"api", "sharing", "network"}:
                yield from _opened(inspect.unwrap(target), endpoint, depth - 1)


def _resolved(dotted: str, scope: dict[str, object]) -> object:
    parts = dotted.split(".")
    target = scope.get(parts[0])
    for part in parts[1:]:
        target = getattr(target, part, None) if inspect.ismodule(target) else None
    return target
