"""`guildnet ledger`: who saw what of an organization's factories: as a list, as a file, and checked against heads kept earlier.

`verify FILE` reads files alone: the exported ledger, heads, and asks for an anchor. Without FILE it makes the ledger of this
node anew from its rows and compares it with the heads. Exit code 3: something was rewritten, or is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_file, a_new_file, read_bounded, write_pieces
from api.cli.group import Damaged
from api.cli.node import acting_for, opened, organization
from api.schemas.ledger import Disclosure
from sharing.ledger import checking, exporting
from sharing.ledger import heads as stored_heads
from sharing.ledger.reading import Filters
from sharing.ledger.reading import list_disclosures as listed
from trust import anchors as anchor_texts
from trust import disclosures
from trust.disclosures import LedgerReport
from trust.errors import AnchorError, TrustError

_ORG = click.option("--org", "slug", required=True, help="The organization whose ledger this is.")
_FACTORY = click.option("--factory", help="Only this factory.")
_FROM = click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="The first day, UTC.")
_UNTIL = click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, UTC.")
_NOTE = re.compile(r"^[!-~]+/ledger/[a-z0-9-]+(?:\.[0-9]+)?\n[0-9]+\n[A-Za-z0-9+/=]{44}\n\n(?:\u2014 [^\n]+\n)+", re.MULTILINE)


@click.group()
def ledger() -> None:
    """Who saw what, under which rules and for what."""


@ledger.command("list")
@_ORG
@_FACTORY
@click.option("--viewer", metavar="SLUG|public|member", help="Only what this viewer saw.")
@click.option("--group", help="Only where this group of fields was shown.")
@_FROM
@_UNTIL
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 10_000), help="The newest so many.")
@show.as_json
def list_disclosures(
    *,
    slug: str,
    factory: str | None,
    viewer: str | None,
    group: str | None,
    start: date | None,
    until: date | None,
    most: int,
    json_output: bool,
) -> None:
    """List disclosures, newest first."""
    filters = Filters(factory=factory, viewer=viewer, group=group, start=_day(start), until=_day(until))
    with opened() as container, container.house.database.read() as session:
        owner = acting_for(organization(session, slug))
        page = listed(container.house, session, owner, filters, limit=most)
    if json_output:
        show.write_json(Disclosure(many=True).dump(page.items))
        return
    rows = [
        (
            each.at.strftime("%Y-%m-%d %H:%M"),
            each.factory_id,
            each.name or each.viewer,
            each.purpose or "",
            each.form,
            ", ".join(f"{name}: {level.word}" for name, level in sorted(each.groups.items())),
            ", ".join(each.rules),
        )
        for each in page.items
    ]
    show.write_table(("at", "factory", "viewer", "for", "form", "groups", "rules"), rows, empty="Nobody saw anything.")


@ledger.command("export")
@_ORG
@_FACTORY
@_FROM
@_UNTIL
@click.option(
    "--format", "form", default="jsonl", show_default=True, type=click.Choice(["jsonl", "csv"]), help="csv: for a spreadsheet."
)
@click.option("--out", required=True, type=a_new_file, help="Where it goes.")
@show.as_json
def export(
    *, slug: str, factory: str | None, start: date | None, until: date | None, form: str, out: Path, json_output: bool
) -> None:
    """Write the ledger under its signed head; `ledger verify` checks the file (not the csv) anywhere."""
    make = exporting.export if form == "jsonl" else exporting.export_csv
    with opened() as container:
        with container.house.database.read() as session:
            owner_id = organization(session, slug).id
        extent = exporting.Extent(factory=factory, start=_day(start), until=_day(until))
        written = write_pieces(out, make(container.house, owner_id, extent))
    result = {"organization": slug, "format": form, "file": str(out), "bytes": written}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts(result.items())


@ledger.command("head")
@_ORG
@click.option("--out", required=True, type=a_new_file, help="Where it goes.")
@show.as_json
def head(*, slug: str, out: Path, json_output: bool) -> None:
    """Write the newest signed head, for the owner to keep."""
    with opened() as container, container.house.database.read() as session:
        found = stored_heads.head_text(session, organization(session, slug).id)
    if found is None:
        raise click.ClickException("Nothing of this ledger is sealed yet; `guildnet worker` seals it each minute.")
    write_pieces(out, [found.encode()])
    if json_output:
        show.write_json({"organization": slug, "file": str(out), "head": found})
    else:
        click.echo(found, nl=False)


@ledger.command("verify")
@click.argument("file", required=False, type=a_file)
@click.option("--head", "heads", multiple=True, type=a_file, help="A signed head, or a letter or list that has one.")
@click.option("--anchor", "anchors", multiple=True, metavar="ANCHOR", help="node:<origin>#<root key thumbprint>; with FILE.")
@show.as_json
def verify(*, file: Path | None, heads: tuple[Path, ...], anchors: tuple[str, ...], json_output: bool) -> None:
    """Check an exported FILE, or without one this node's own rows, against heads that were kept."""
    notes = [note for path in heads for note in _notes(path)]
    if file is None:
        _verify_node(notes, json_output=json_output)
        return
    try:
        trusted = anchor_texts.require(anchors)
    except AnchorError as error:
        raise click.UsageError(f"--anchor node:<origin>#<root key thumbprint> is needed [{error.reason}]") from error
    try:
        with file.open("rb") as lines:
            report = disclosures.verify(_bounded(lines), trusted, notes)
    except TrustError as error:
        raise Damaged(f"This is not a ledger as it was made: {error.reason} [{error.code}]") from error
    _tell(_document(report), holds=report.holds, json_output=json_output)


def _verify_node(notes: Sequence[str], *, json_output: bool) -> None:

    if not notes:
        raise click.UsageError("Without FILE, --head is needed: a signed head of the ledger that its owner kept.")
    with opened() as container, container.house.database.read() as session:
        try:
            checked = [checking.check_against(session, note) for note in notes]
        except TrustError as error:
            raise Damaged(f"This is no head of a ledger of this node: {error.reason} [{error.code}]") from error
    document = {
        "ledgers": sorted({each.ledger for each in checked}),
        "leaves": [each.size for each in checked],
        "hashed": [each.hashed for each in checked],
        "problems": [{"at": what, "problem": problem} for each in checked for what, problem in each.problems],
    }
    _tell(document, holds=not document["problems"], json_output=json_output)


def _tell(document: dict[str, object], *, holds: bool, json_output: bool) -> None:
    if json_output:
        show.write_json({**document, "holds": holds})
    else:
        show.write_facts([*document.items(), ("holds", holds)])
    if not holds:
        raise Damaged("The ledger is not what it was when this head was signed: it was rewritten, or a part is missing.")


def _document(report: LedgerReport) -> dict[str, object]:
    problems = [] if report.problem is None else [{"at": "head", "problem": report.problem}]
    problems += [{"at": f"earlier head {each.size}", "problem": each.problem} for each in report.earlier if each.problem]
    return {
        "organization": report.organization,
        "ledger": report.ledger,
        "leaves": report.size,
        "told": report.told,
        "hashed": report.hashed,
        "earlier_heads": len(report.earlier),
        "problems": problems,
    }


def _bounded(lines: object) -> Iterator[bytes]:
    while line := lines.readline(disclosures.MAX_LINE + 2):  # type: ignore[attr-defined]
        yield line


def _notes(path: Path) -> list[str]:
    """The signed heads in a file: the note itself, a letter that quotes it, a JSON answer with a member `head`, an export."""
    text = read_bounded(path).decode("utf-8", "replace").replace("\r\n", "\n")
    first = text.partition("\n")[0] if text.startswith('{"') else ""
    for each in (text, first):
        try:
            document = json.loads(each)
        except ValueError:
            continue
        if isinstance(document, dict) and isinstance(document.get("head"), str):
            return [document["head"]]
    found = [match[0] for match in _NOTE.finditer(text)]
    if not found:
        raise click.ClickException(f"{path} holds no signed head.")
    return found


def _day(moment: date | None) -> date | None:
    return None if moment is None else date(moment.year, moment.month, moment.day)
