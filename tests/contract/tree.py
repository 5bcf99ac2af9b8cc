"""The project's own source as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.shared_material import ROOT

PACKAGES = ("trust", "policies", "network", "sharing", "api")


@cache
def sources(*packages: str) -> tuple[Path, ...]:
    """Every Python file of these packages (all five and wsgi.py without any named)."""
    files = [path for name in packages or PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    return tuple(files) if packages else (*files, ROOT / "wsgi.py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def package_of(path: Path) -> str:
    """`trust`, ..., `api`, or `wsgi`."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, absolute module) of every import, wherever it stands; `from a import b` counts as `a.b`."""
    here = path.relative_to(ROOT).with_suffix("").parts
    package = here if path.name == "__init__.py" else here[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*[part for part in up if part != "__init__"], *([node.module] if node.module else [])))
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
