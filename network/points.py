"""Named places on the way of a write, where a test may stop the process or make it fail.

    points.reached("publish:before-commit")

Guarantees: without a watcher, reaching a point does nothing but look at one variable. Only a test installs a watcher: no
setting, no environment variable and no request does. Every `Database.write(use)` reaches `<use>:before-commit` (all is
sent to the database, nothing is committed) and `<use>:after-commit`; a route that may write reaches
`<endpoint>:before-response` when its answer is made and has not left. Points beyond these carry the name of what was done:
`view:signed`, `attestation:signed`, `status-list:signed`, `import:row-<100, 200, ...>`, `migration:<revision>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watcher = Callable[[str], None]

_watcher: Watcher | None = None


def reached(name: str) -> None:
    """Say that this point was reached; what the watcher raises goes on to the caller."""
    if _watcher is not None:
        _watcher(name)


def install(watcher: Watcher) -> None:
    """Call `watcher` with the name of each point from now on, in whatever thread it is reached; replaces the last one."""
    global _watcher  # noqa: PLW0603 - one for the process: what a test stops is the process
    _watcher = watcher


def uninstall() -> None:
    """Watch no more."""
    global _watcher  # noqa: PLW0603 - likewise
    _watcher = None


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Watch while the block runs."""
    install(watcher)
    try:
        yield
    finally:
        uninstall()
