"""What `guildnet import` says it did."""

from __future__ import annotations

from collections.abc import Sequence

import click

from api.cli import show
from api.cli.preview import preview_document
from sharing.exchange import ImportPlan, ImportResult, Outcome
from sharing.publish import Preview, Published

MOST_LISTED = 20  # of each kind, for people; `--json` and `--errors` list all


def describe(
    plan: ImportPlan, result: ImportResult, published: Sequence[Published] | None, asked: Preview | None
) -> dict[str, object]:
    """The JSON form. `rows` = `drafts` + `repeats` + `error_rows`."""
    return {
        "dry_run": result.dry_run,
        "source_sha256": plan.source_digest,
        "rows": plan.rows,
        "drafts": len(plan.drafts),
        "repeats": [
            {
                "row": each.row,
                "first_row": each.first_row,
                "kind": "literal" if each.literal else "folded",
                "differs": list(each.differs),
            }
            for each in plan.repeats
        ],
        "error_rows": plan.error_rows,
        "errors": [_finding(each.row, each.column, each.code, each.message) for each in plan.errors],
        "notices": [_finding(each.row, each.column, each.code, each.message) for each in plan.notices],
        "mapping": plan.mapping.document(),
        "ignored": list(plan.mapping.ignored),
        "outcomes": {outcome.value: result.count(outcome) for outcome in Outcome},
        "factories": [
            # In a dry run a created factory's id belongs to nothing.
            {
                "row": each.row,
                "outcome": each.outcome.value,
                "factory": None if result.dry_run and each.outcome is Outcome.CREATED else each.factory_id,
            }
            for each in result.applied
        ],
        "published": None if published is None else [each.factory_id for each in published],
        "preview": None if asked is None else preview_document(asked),
    }


def write_summary(plan: ImportPlan, result: ImportResult) -> None:
    """The same for people, shortened."""
    if result.dry_run:
        click.echo("This was a dry run: nothing was stored.")
    show.write_facts(
        [
            ("rows", plan.rows),
            ("drafts", f"{len(plan.drafts)} ({_outcomes(result)})"),
            ("repeats", len(plan.repeats)),
            ("rows with errors", plan.error_rows),
            ("columns used", [f"{column} = {target}" for column, target in plan.mapping.document().items()]),
            ("columns ignored", plan.mapping.ignored),
        ]
    )
    repeats = [(each.row, f"the same as row {each.first_row}", ", ".join(each.differs)) for each in plan.repeats]
    _listed("repeats", ("row", "is", "differs in"), repeats)
    _listed("errors", ("row", "column", "reason"), [(each.row, each.column or "", each.message) for each in plan.errors])
    notices = [(each.row, each.column or "", each.message) for each in plan.notices]
    _listed("left out", ("row", "column", "reason"), notices)


def _listed(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        return
    click.echo(f"\n{title}")
    show.write_table(columns, rows[:MOST_LISTED], empty="")
    if len(rows) > MOST_LISTED:
        click.echo(f"... and {len(rows) - MOST_LISTED} more; --errors FILE or --json lists all.")


def _outcomes(result: ImportResult) -> str:
    return ", ".join(f"{result.count(outcome)} {outcome}" for outcome in Outcome if result.count(outcome)) or "none"


def _finding(row: int, column: str | None, code: str, message: str) -> dict[str, object]:
    return {"row": row, "column": column, "code": code, "message": message}
