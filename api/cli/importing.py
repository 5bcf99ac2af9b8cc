"""`guildnet import`: a workbook or a list into drafts, and, when asked twice, into published factories.

Guarantees: a dry run goes the whole way and rolls back; the same list imported again changes nothing; nothing is
published without the digest of the very preview that was printed.
"""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_new_file, write_result
from api.cli.importing_report import describe, write_summary
from api.cli.node import acting_for, opened, organization
from api.cli.preview import write_preview
from sharing import publish as publishing
from sharing.exchange import ImportPlan, ImportResult, Limits, apply_import, plan_import, write_errors
from sharing.exchange.error_workbook import error_workbook
from sharing.exchange.sheets import SHEETS
from sharing.exchange.source import read_source
from sharing.house import House
from sharing.publish import Preview, Published
from sharing.viewers import Caller

_FAILED_ROWS = 1


class _Rows(click.ParamType[range]):
    """`A-B` or `A`: rows as the spreadsheet numbers them."""

    name = "rows"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """First to last row, both included."""
        if isinstance(value, range):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?", str(value))
        if found is None or int(found[2] or found[1]) < int(found[1]):
            self.fail("write rows such as 2-101; the header is row 1", param, ctx)
        return range(int(found[1]), int(found[2] or found[1]) + 1)


class _Kind(click.Choice[str]):
    """What a sheet holds, by the word its sheet has; gives the scope."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The scope of a known word."""
        return SHEETS[super().convert(value, param, ctx)]


def _mapping(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for text in value:
        # The last =, because a column may have one in its name and a target has none.
        column, equals, target = text.rpartition("=")
        if not equals or not column or not target:
            raise click.BadParameter('write "Column=target", such as "Company=legal_name"', ctx, param)
        chosen[column] = target
    return chosen


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--org", "slug", required=True, help="The organization whose factories these are.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    callback=_mapping,
    metavar="COLUMN=TARGET",
    help="Over the guess; several times. TARGET:UNIT names the unit, `ignore` leaves a column out, SHEET!COLUMN one sheet's.",
)
@click.option("--dry-run", is_flag=True, help="Do everything, then take it back.")
@click.option(
    "--as",
    "scope",
    type=_Kind(SHEETS),
    help="What a CSV file holds, when its headings do not tell.",
)
@click.option("--revise", is_flag=True, help="Also make new revisions of factories that were published before.")
@click.option(
    "--errors",
    "errors_file",
    type=a_new_file,
    help="Write what was not taken into this file: .csv row by row, .xlsx the workbook with a comment in each bad cell.",
)
@click.option("--publish", is_flag=True, help="Publish the factories of --rows after importing.")
@click.option("--rows", type=_Rows(), help="Which rows to publish, such as 2-101.")
@click.option("--confirm", metavar="DIGEST", help="The digest of the preview you have read.")
@show.as_json
def import_list(
    *,
    file: Path,
    slug: str,
    mapping: dict[str, str],
    dry_run: bool,
    scope: str | None,
    revise: bool,
    errors_file: Path | None,
    publish: bool,
    rows: range | None,
    confirm: str | None,
    json_output: bool,
) -> None:
    """Import FILE, a workbook (.xlsx) or a CSV list, as drafts of an organization.

    Rows with errors are reported while the others load.
    """
    if publish != (rows is not None) or (confirm is not None and not publish):
        raise click.UsageError("--publish and --rows go together; --confirm goes with them.")
    if publish and dry_run:
        raise click.UsageError("A dry run publishes nothing.")
    with opened() as container:
        house = container.house
        limits = Limits(max_bytes=container.settings.import_bytes_max)
        with show.progress("reading") as step:
            plan = plan_import(file, mapping=mapping, limits=limits, scope=scope, progress=step)
        with house.database.read() as session:
            owner = acting_for(organization(session, slug))
        with show.progress("importing") as step, house.database.write("import") as session:
            result = apply_import(house, session, owner, plan, dry_run=dry_run, revise=revise, progress=step)
        if errors_file is not None:
            write_result(errors_file, _report(file, errors_file, plan, result, limits))
        published, asked = _publish(house, owner, result, rows, confirm)
    if json_output:
        show.write_json(describe(plan, result, published, asked))
    else:
        write_summary(plan, result)
        if published is not None:
            click.echo(f"published: {len(published)}")
        if asked is not None:
            write_preview(asked)
    if asked is not None:
        click.echo(f"Nothing is published yet. To publish exactly this, add --confirm {asked.digest}", err=True)
    if plan.errors or result.errors:
        raise SystemExit(_FAILED_ROWS)


def _report(file: Path, into: Path, plan: ImportPlan, result: ImportResult, limits: Limits) -> bytes:
    """The problems as a list, or, when the report is to be a workbook, the workbook with a comment in each bad cell."""
    if into.suffix.lower() == ".xlsx":
        return error_workbook(read_source(file, max_bytes=limits.max_bytes), plan, result.errors)
    report = StringIO(newline="")
    write_errors(report, plan, result.errors)
    return report.getvalue().encode()


def _publish(
    house: House, owner: Caller, result: ImportResult, rows: range | None, confirm: str | None
) -> tuple[list[Published] | None, Preview | None]:
    """What was published, or the question that must be answered first."""
    if rows is None:
        return None, None
    chosen = [each.factory_id for each in result.applied if each.row in rows and not each.published]
    if not chosen:
        raise click.ClickException("None of these rows is a factory that was never published.")
    if confirm is None:
        with house.database.read() as session:
            return None, publishing.first_preview(house, session, owner, chosen)
    with house.database.write("import-publish") as session:
        return publishing.publish_many(house, session, owner, chosen, confirm=confirm), None
