"""`guildnet verify`: check a bundle with nothing but the anchors one brought.

Guarantees: reads one file, asks no network and no database, and loads neither; a key is believed only through an
anchor. Exit code 0: the view holds and every value is verified or plainly only stated by its factory; 1: something is
untrusted, withdrawn, expired, changed or unknown, and the report says what; 2: no anchor; 3: the file is not the
bundle that was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_file, read_bounded
from api.cli.group import FAILED, Damaged
from trust import anchors as anchor_texts
from trust import bundle
from trust.anchors import Anchor
from trust.errors import AnchorError, BundleError, TrustError
from trust.report import FieldReport, Report
from trust.verdict import Verdict

_WITHOUT_DOUBT = frozenset({Verdict.VERIFIED_CURRENT, Verdict.VERIFIED_AS_OF, Verdict.NOT_ATTESTED})
_STANDING = frozenset({"live", "in_force"})


class _Moment(click.ParamType[datetime]):
    """A day (its last second, or now when it is today) or an instant with its offset."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware instant in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            moment = _moment(str(value), datetime.now(UTC))
        except (ValueError, OverflowError):
            moment = None
        return moment or self.fail("write a day such as 2026-11-22, or an instant such as 2026-11-22T09:30:00Z", param, ctx)


def _moment(text: str, now: datetime) -> datetime | None:
    if len(text) == len("2026-11-22"):
        day = date.fromisoformat(text)
        return now if day == now.date() else datetime.combine(day, time(23, 59, 59), tzinfo=UTC)
    moment = datetime.fromisoformat(text)
    return None if moment.tzinfo is None else moment.astimezone(UTC)


@click.command()
@click.argument("file", type=a_file)
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="ANCHOR",
    help="node:<origin>#<root key thumbprint> or <organization DID>#<key thumbprint>; several times.",
)
@click.option("--at", type=_Moment(), help="Judge as of this day or instant; now when left out.")
@click.option("--development", is_flag=True, help="Accept identities of http://localhost, which prove nothing to others.")
@show.as_json
def verify(*, file: Path, anchors: tuple[str, ...], at: datetime | None, development: bool, json_output: bool) -> None:
    """Check the bundle FILE offline, value by value."""
    trusted = _trusted(anchors)
    data = read_bounded(file)
    try:
        report = bundle.verify(data, trusted, at or datetime.now(UTC), development=development)
    except BundleError as error:
        if error.reason == "development_identity":
            raise click.ClickException(
                "This bundle is of a development node, which proves nothing to others; add --development to check it."
            ) from error
        raise Damaged(f"This is not a bundle as it was made: {error.reason} [{error.code}]") from error
    except TrustError as error:
        raise Damaged(f"This bundle was damaged or forged: {error.reason} [{error.code}]") from error
    if json_output:
        show.write_json({**report.document(), "holds": _holds(report)})
    else:
        _write(report)
        if report.view.valid_until is not None and report.at >= report.view.valid_until:
            before = report.view.valid_from.isoformat().replace("+00:00", "Z")
            click.echo(f"\nIt was made for its reader, for an hour, and is over. --at {before} asks what it proved then.")
    if not _holds(report):
        raise SystemExit(FAILED)


def _trusted(texts: Sequence[str]) -> tuple[Anchor, ...]:
    try:
        return anchor_texts.require(texts)
    except AnchorError as error:
        raise click.UsageError(
            "--anchor is needed, from a source you trust: node:<origin>#<root key thumbprint> or <DID>#<key thumbprint> "
            f"[{error.reason}]"
        ) from error


def _holds(report: Report) -> bool:
    view = report.view
    return (
        view.trust == "believed"
        and view.status in _STANDING
        and all(field.verdict in _WITHOUT_DOUBT for field in report.fields)
    )


def _write(report: Report) -> None:
    view = report.view
    if report.development:
        click.echo("This is of a development node: it proves nothing to others.")
    show.write_facts(
        [
            ("factory", view.factory),
            ("stated by", view.issuer),
            ("custody", view.custody),
            ("made for", view.audience),
            ("stated at", view.valid_from.isoformat()),
            ("holds until", view.valid_until and view.valid_until.isoformat()),
            ("the issuer is", view.trust if view.trust_reason is None else f"{view.trust}: {view.trust_reason}"),
            ("the view is", view.status),
            ("status as of", view.status_as_of and view.status_as_of.isoformat()),
            ("key stated at", view.key_stated_at and view.key_stated_at.isoformat()),
            ("judged at", report.at.isoformat()),
        ]
    )
    click.echo("")
    columns = ("field", "value", "level", "verdict", "reason", "backed by", "who", "when", "status as of", "custody")
    show.write_table(
        columns,
        [
            (
                field.path,
                _value(field),
                field.level,
                field.verdict,
                field.reason,
                field.provenance or "",
                field.who,
                field.when.isoformat(),
                field.status_as_of.isoformat() if field.status_as_of else "",
                field.custody or "",
            )
            for field in report.fields
        ],
        empty="The view shows nothing.",
    )
    _write_attestations(report.fields)


def _write_attestations(fields: Sequence[FieldReport]) -> None:
    """Who attested, how independent they declared to be, and what the node says of them."""
    reports = {(each.issuer, each.attestation): each for field in fields for each in field.attestations}
    if not reports:
        return
    click.echo("")
    show.write_table(
        ("attestation", "by", "scheme", "method", "until", "independent for", "except", "label"),
        [
            (
                each.attestation,
                each.issuer,
                each.scheme,
                each.method,
                each.valid_until.isoformat(),
                "not declared" if each.independence is None else f"{each.independence.months} months",
                "" if each.independence is None else each.independence.exceptions,
                each.label or "",
            )
            for each in reports.values()
        ],
        empty="",
    )


def _value(field: FieldReport) -> str:
    if field.value is None:
        return show.cell_text(None)
    return show.value_text(field.value) + (f" {field.unit}" if field.unit else "")
