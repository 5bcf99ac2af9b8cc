"""One run: everything that is measured, in an order in which nothing disturbs what comes after it.

Memory first, while there is one index; then what only reads; then what writes.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from network.database import Database
from sharing.profile import Record
from tests.benchmarks import deciding, doors, further, proofs, searching, upkeep, writing
from tests.benchmarks.commits import Bare
from tests.benchmarks.http import Door
from tests.benchmarks.network import Network, Step, reopen
from tests.benchmarks.plain import Plain
from tests.benchmarks.questions import questions
from tests.benchmarks.timing import Figures, Row

MEBI = 1024 * 1024


class Disagreement(Exception):
    """A measured answer is not the baseline's, so their times say nothing."""


def measure(
    network: Network, folder: Path, budget: float, step: Step, rows: list[Row], *, without: Collection[str] = ()
) -> None:
    """Add every row of the table, each with its baseline measured for about `budget` seconds; `without`: of `upkeep.LONG`.

    Raises `Disagreement` where both sides answer the same question differently; what was measured before something was raised
    stands in `rows`.
    """
    # Beside the index, in a process of its own: both read every row, and neither is a figure to wait for twice.
    path = folder / "plain.db"
    url = network.house.database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        building = pool.submit(_plain, url, network.factories, network.seed, path)
        before = searching.resident()
        step("index", 0, 1)
        begun = time.perf_counter()
        index = searching.index_of(network)
        built_s = time.perf_counter() - begun
        taken = searching.resident() - before
        unfiltered = searching.open_index(network, lambda done: step("index that shows all", done, network.factories))
        plain_s = building.result()
    plain = Plain(path)
    bare = Bare(network.house.database)
    try:
        rows += [
            Row(
                group="index",
                name="build from the tables",
                viewer="",
                measured=Figures(values=(built_s,)),
                baseline="build of the FTS5 file",
                base=Figures(values=(plain_s,)),
            ),
            Row(
                group="index",
                name="memory of the process that it takes (RSS)",
                viewer="",
                measured=Figures(values=(taken / MEBI,), unit="MiB"),
                baseline="size of the FTS5 file",
                base=Figures(values=(plain.size / MEBI,), unit="MiB"),
            ),
        ]
        watching = searching.eyes(network, index, unfiltered)
        asked = len(questions(network.house.today()))
        rows += searching.inside(network, watching, plain, budget, lambda done: step("search", done, asked))
        day = network.house.today()
        rows += [*further.deep(watching, plain, day, budget), *further.kept(index, plain, day, budget)]
        door = Door(network)
        rows += searching.over_http(network, door, budget, lambda done: step("search over HTTP", done, asked))
        rows += doors.doors(network, door, budget)
        rows += searching.cold(network, index, plain, budget)
        del unfiltered, watching
        rows += proofs.proofs(network, budget)
        rows += deciding.deciding(network.seed, budget, members=min(deciding.MEMBERS, 20 * network.factories))
        for done, write in enumerate((writing.publishing, writing.importing, writing.obeying), start=1):
            rows.append(write(network, bare, budget))
            step("writing", done, 3)
        rows += upkeep.upkeep(network, index, folder, built_s, lambda done: step("keeping a node", done, 5), without)
    finally:
        bare.close()
        plain.close()
    agree(rows)


def _plain(url: str, factories: int, seed: int, path: Path) -> float:
    """Build the baseline's file; the seconds that it took."""
    database = Database(url)
    try:
        network = reopen(database, factories, seed)
        begun = time.perf_counter()
        Plain.build(path, _records(network), lambda _: None).close()
        return time.perf_counter() - begun
    finally:
        database.dispose()


def _records(network: Network) -> Iterator[tuple[str, Record]]:
    for state in searching.states(network):
        yield state.factory_id, state.record


def agree(rows: Iterable[Row]) -> None:
    """Raise `Disagreement` for the first row whose two answers differ."""
    for row in rows:
        if row.answers is not None and row.answers[0] != row.answers[1]:
            raise Disagreement(f"{row.group}, {row.name}, {row.viewer}: the baseline answers something else.")
