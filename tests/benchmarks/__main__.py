"""`python -m tests.benchmarks`: build a made-up network, measure, and print one table of ratios."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from api import logs
from tests.benchmarks import data, record, searching, targets, upkeep
from tests.benchmarks.bulk import Shape
from tests.benchmarks.measuring import measure
from tests.benchmarks.network import CLOSE, MEMBER, owners
from tests.benchmarks.record import Run
from tests.benchmarks.timing import Row

PAUSE_S = 5.0


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Run it; returns the rows, for the test."""
    chosen = _parser().parse_args(arguments)
    logs.configure("WARNING")
    begun, load = time.monotonic(), record.load()
    step = _progress()
    shape = Shape.of(chosen.factories, chosen.capabilities, chosen.rules, chosen.models)
    with data.opened(
        chosen.database,
        chosen.factories,
        chosen.seed,
        chosen.data,
        step,
        processes=chosen.processes,
        shape=shape,
        in_place=chosen.in_place,
    ) as opened:
        if chosen.only_data:
            return []
        rows: list[Row] = []
        ended = ""
        try:
            measure(opened.network, opened.folder, chosen.budget, step, rows, without=chosen.without)
        except BaseException as error:
            # What was measured in an hour is not thrown away because of what came after it.
            ended = f"ended by {type(error).__name__}: the rows that would follow are missing"
            raise
        finally:
            run = _run(chosen, arguments, opened, (begun, load), ended)
            sys.stdout.write(record.text(rows) + "\n")
            if chosen.out is not None:
                chosen.out.write_text(targets.with_targets(record.markdown(rows, run)), encoding="utf-8")
    return rows


def _run(
    chosen: argparse.Namespace, arguments: Sequence[str] | None, opened: data.Opened, start: tuple[float, str], ended: str
) -> Run:
    begun, load = start
    owned = owners(chosen.factories)
    network = f"{chosen.factories} made-up factories of {owned} owners, seed {chosen.seed}"
    if chosen.models:
        network += f", {chosen.models} of which differ in more than their names"
    return Run(
        command=" ".join(["python -m tests.benchmarks", *(sys.argv[1:] if arguments is None else arguments)]),
        day=datetime.now(UTC).date(),
        facts={
            "network": network,
            "capabilities": f"{_capabilities(opened)}, {chosen.rules or 'the usual'} rules in each policy",
            **record.machine(opened.server),
            "build of the network": _build(opened, chosen.processes),
            "the whole run": f"{time.monotonic() - begun:.0f} s" + (f", {ended}" if ended else ""),
        },
        load=(load, record.load()),
        notes=NOTES,
    )


def _capabilities(opened: data.Opened) -> int:
    ids = searching.index_of(opened.network).store.ids
    return sum(run.used - 1 for run in ids.runs.values())


NOTES = (
    "Each row and its baseline ran in turns in one process, so the ratios mean more than the times: the machine was shared. "
    "p95 is given from 20 values on.",
    "",
    "* Viewers: `all` sees everything exactly (an index of its own, under policies that show all; its answers equal the "
    "baseline's, which the run checks); `anonymous`; "
    f"`{MEMBER}`: a buyer without relations; `{CLOSE}`: a buyer with grants on single factories, an agreement with one owner "
    "and a place on another owner's list. Half of the owners keep the catalogue's policy; the others hide, cap, date and name.",
    "* `found` is how many records the viewer's answer has (over HTTP: capabilities, without factories that show "
    "none); what an owner hides is not found, so a viewer who sees little is answered from little. "
    "The baseline finds what `all` finds.",
    "* The baseline of the search knows no policy: SQLite FTS5 (tokens only, `detail=none`) and indexed tables over the same "
    "words, terms and numbers at their exact level, questions written by hand, 256 MB of page cache.",
    "* Over HTTP both sides are Flask applications under its test client, without limits and without the response floor. "
    "The baseline checks the same token, reads the page's rows by key with SQLAlchemy and writes the same JSON: the target of "
    "1.5 is about this one. It notes nothing; the service commits its rows of the ledger before an answer leaves, so a second "
    "baseline that commits as many stands beside it. Between requests nothing is kept but the index, bitmaps of viewers, and "
    "rules read from text.",
    "* Writing commits durably on both sides; the baseline upserts the rows that the service wrote, with the same pragmas.",
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--factories", type=int, default=100_000, help="how many (default 100000)")
    parser.add_argument("--capabilities", type=int, help="about how many in all (default: as many as come, four to a factory)")
    parser.add_argument(
        "--rules", type=int, default=0, help="in each policy (default: as the catalogue has them, half changed)"
    )
    parser.add_argument(
        "--models", type=int, default=0, help="factories that differ; the others are these again (default: all)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of everything that is made up (default 1)")
    parser.add_argument("--database", choices=(data.SQLITE, data.POSTGRESQL), default=data.SQLITE)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keep the network (SQLite) here and use it again")
    parser.add_argument("--in-place", action="store_true", help="work on what is kept itself; it is made anew the next time")
    parser.add_argument("--only-data", action="store_true", help="make what is kept, and measure nothing")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the record here too, as Markdown")
    parser.add_argument(
        "--budget", type=float, default=6.0, metavar="SECONDS", help="for each row with its baseline (default 6)"
    )
    parser.add_argument("--without", nargs="+", choices=upkeep.LONG, default=(), help="leave these out, which take longest")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="that build the network")
    return parser


def _build(opened: data.Opened, processes: int) -> str:
    seconds = f"{opened.built_s:.0f} s, {processes} processes"
    return f"kept from an earlier run, where it took {seconds}" if opened.reused else seconds


def _progress() -> Callable[[str, int, int], None]:
    """Lines on standard error, one every few seconds."""
    last, begun = [0.0], time.monotonic()

    def step(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - last[0] >= PAUSE_S:
            last[0] = now
            sys.stderr.write(f"{now - begun:6.0f} s  {what}: {done} of {total}\n")

    return step


if __name__ == "__main__":
    main()
