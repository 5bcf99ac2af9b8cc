"""What `guildnet import` says it did."""

from __future__ import annotations

from collections.abc import Sequence

import click

from api.cli import show
from api.cli.preview import preview_document
from sharing.exchange import ImportPlan, ImportResult, Outcome, RowError, SheetPlan, cell_of
from sharing.exchange.imports import report
from sharing.publish import Preview, Published

MOST_IGNORED = 6  # columns named, of each sheet
MOST_LISTED = 20  # of each kind, for people; `--json` and `--errors` list all


def describe(
    plan: ImportPlan, result: ImportResult, published: Sequence[Published] | None, asked: Preview | None
) -> dict[str, object]:
    """The JSON form. For a list of factories `rows` = `drafts` + `repeats` + `error_rows`."""
    return {
        **report(plan, result),
        "mapping": plan.mapping.document(),
        "ignored": list(plan.mapping.ignored),
        "published": None if published is None else [each.factory_id for each in published],
        "preview": None if asked is None else preview_document(asked),
    }


def write_summary(plan: ImportPlan, result: ImportResult) -> None:
    """The same for people, shortened: what needs doing first, then what was done, then which columns were read."""
    if result.dry_run:
        click.echo("This was a dry run: nothing was stored.")
    show.write_facts(
        [
            ("rows", plan.rows),
            ("drafts", f"{len(result.applied)} ({_outcomes(result)})"),
            ("repeats", len(plan.repeats)),
            ("rows with errors", len({(each.sheet, each.row) for each in (*plan.errors, *result.errors)})),
            ("sheets left out", plan.left_out),
            ("links to other files", "not followed" if plan.linked else None),
            ("possible duplicates", sum(bool(each.alike) for each in result.applied) or None),
        ]
    )
    _findings("errors", (*plan.errors, *result.errors))
    repeats = [(each.row, f"the same as row {each.first_row}", ", ".join(each.differs)) for each in plan.repeats]
    _listed("repeats", ("row", "is", "differs in"), repeats)
    _findings("to be looked at", plan.notices)
    _write_columns(plan)
    if any(each.outcome is Outcome.KEPT for each in result.applied):
        click.echo("\nkept: published before, so left alone; --revise makes new revisions of them.")
    if any(each.alike for each in result.applied):
        click.echo("\nSome of these may be factories that are there already: guildnet duplicates list")


def _write_columns(plan: ImportPlan) -> None:
    """How many columns of each sheet were read, and the names of those that were not: the one thing to look at."""
    lines = [line for each in plan.sheets if (line := _columns(each))]
    if lines:
        click.echo("\ncolumns (--json says what each was read as)")
        for line in lines:
            click.echo(f"  {show.printable(line)}")


def _columns(sheet: SheetPlan) -> str:
    read, ignored = len(sheet.mapping.document()), list(sheet.mapping.ignored)
    left = "" if not ignored else f", {len(ignored)} ignored: {', '.join(ignored[:MOST_IGNORED])}"
    more = f" and {len(ignored) - MOST_IGNORED} more" if len(ignored) > MOST_IGNORED else ""
    return f"{sheet.name + ': ' if sheet.name else ''}{read} read{left}{more}" if read or ignored else ""


def _findings(title: str, found: Sequence[RowError]) -> None:
    if any(each.sheet for each in found):
        rows: list[Sequence[object]] = [
            (each.sheet, cell_of(each) or each.row, each.column or "", each.message) for each in found
        ]
        _listed(title, ("sheet", "cell", "column", "reason"), rows)
    else:
        _listed(title, ("row", "column", "reason"), [(each.row, each.column or "", each.message) for each in found])


def _listed(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        return
    click.echo(f"\n{title}")
    show.write_table(columns, rows[:MOST_LISTED], empty="")
    if len(rows) > MOST_LISTED:
        click.echo(f"... and {len(rows) - MOST_LISTED} more; --errors FILE or --json lists all.")


def _outcomes(result: ImportResult) -> str:
    return ", ".join(f"{result.count(outcome)} {outcome}" for outcome in Outcome if result.count(outcome)) or "none"
