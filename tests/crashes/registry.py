"""How each write use-case of the product is reached once: what must be there before, and the one step that writes.

    @use("grants.give_grant")
    def give_grant(node: Node) -> Step: ...

`test_uses.py` compares this list with the product's syntax trees and routes: a use-case without an entry fails there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.api.world import NOON, World
from tests.crashes.stopping import Request, Step


@dataclass(frozen=True, kw_only=True)
class Node:
    """The node before the accident, in the test's own process, and a folder for files."""

    world: World
    folder: Path

    def request(self, who: str | None, method: str, path: str, *, purpose: str | None = None, **other: Any) -> Request:
        """The request that this organization would send."""
        headers = dict(other.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.world.token(who, purpose)}"
        return Request(method=method, path=path, headers=headers, **other)


@dataclass(frozen=True, kw_only=True)
class Use:
    """One entry. `again`: why the step sent twice may have two effects, empty where it must have one.

    `follows`: the step commits other transactions before this one, and they stand. `retried_after`: how much later the step
    is done again, for what waits until whoever was killed has lost its claim.
    """

    prepare: Callable[[Node], Step]
    again: str = ""
    points: tuple[str, ...] = ()
    on_empty: bool = False
    now: datetime = NOON
    follows: bool = False
    retried_after: timedelta = timedelta()


USES: dict[str, Use] = {}

LEFT_OUT: Mapping[str, str] = {
    "demo-node": "a demonstration makes a node in a folder of its own, and refuses a folder that has one",
    "demo-party": "likewise",
    "demo-fill": "likewise",
    "rewrap": "killed at each of its steps in test_rewrap.py, where the key is in a file",
    "restore": "writes one mark into a copy that is not in its place yet",
    "restore-accept": "one transaction of a node that answers nothing; given again, it settles what it settled",
    "restore-confirm": "one transaction that an operator gives again",
    "touch-session": "moves the end of a session that is used; not done, the next page of the same person does it",
    "lease-renew": "comes from a clock beside the work, every 20 s; what it renews ends by itself",
}
KEY = {"Idempotency-Key": "once-and-only-once"}


def use(
    name: str,
    *,
    again: str = "",
    points: tuple[str, ...] = (),
    on_empty: bool = False,
    now: datetime = NOON,
    follows: bool = False,
    retried_after: timedelta = timedelta(),
) -> Callable[[Callable[[Node], Step]], Callable[[Node], Step]]:
    """Enter a use-case. `points`: those it comes by between its first statement and its commit, to be stopped at too."""

    def enter(prepare: Callable[[Node], Step]) -> Callable[[Node], Step]:
        assert name not in USES, name
        USES[name] = Use(
            prepare=prepare,
            again=again,
            points=points,
            on_empty=on_empty,
            now=now,
            follows=follows,
            retried_after=retried_after,
        )
        return prepare

    return enter
