"""Fixtures of every test that asks a node over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.api import world as worlds

Template = tuple[Path, dict[str, tuple[str, str]]]


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """Log lines are collected, not printed."""
    structlog.configure(processors=[structlog.testing.LogCapture()])


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return worlds.template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def new_world(template: Template, tmp_path: Path) -> Iterator[Callable[..., worlds.World]]:
    with ExitStack() as stack:

        def make(**settings: Any) -> worlds.World:
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            made = worlds.world(template, folder, **settings)
            stack.callback(made.database.dispose)
            return made

        yield make


@pytest.fixture
def world(new_world: Callable[..., worlds.World]) -> worlds.World:
    return new_world()
