"""`guildnet attest`: an auditor signs a worksheet with their own key file, offline.

Guarantees: opens no database and no connection; signs only a worksheet whose issuer is the key's owner, and exactly
the paths chosen; what every reader of any claim will learn is shown before it is signed, and asked about unless `--yes`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_file, a_new_file, read_bounded, write_result
from api.cli.keyfile import read_key_file
from sharing.worksheet import MONTHS, Assessment, digests_of, paths_of, plain_part, sign_request, sign_worksheet
from trust import strict_json
from trust.attestation import METHODS, Independence
from trust.errors import TrustError
from trust.keys import PrivateKey

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("worksheet", type=a_file, required=False)
@click.option("--key", "key_file", type=a_file, help="Your key file, made by `guildnet key new`.")
@click.option("--out", type=a_new_file, help="Where the signed attestation goes.")
@click.option("--path", "paths", multiple=True, help="Attest only this path of the worksheet; several times. All without.")
@click.option("--method", type=click.Choice(sorted(METHODS)), help="How you looked.")
@click.option("--assessed-on", type=_DAY, help="The last day you looked.")
@click.option("--valid-until", type=_DAY, help="The last day this holds.")
@click.option(
    "--independent-months",
    type=click.IntRange(MONTHS[0], MONTHS[-1]),
    help="You declare: for so many months no customer, supplier or competitor of the factory's organization.",
)
@click.option("--exceptions", default="", help="What has to be excepted from that, in one line that every reader reads.")
@click.option("--revoke", metavar="ATTESTATION", help="Sign a request to withdraw this attestation for good instead.")
@click.option("--suspend", metavar="ATTESTATION", help="Sign a request to take this attestation out of force instead.")
@click.option("--resume", metavar="ATTESTATION", help="Sign a request to put a suspended attestation back in force instead.")
@click.option("--reason", help="Why; with --revoke, --suspend and --resume.")
@click.option("--yes", is_flag=True, help="Do not ask before signing; for scripts.")
@show.as_json
def attest(
    *,
    worksheet: Path | None,
    key_file: Path | None,
    out: Path | None,
    paths: tuple[str, ...],
    method: str | None,
    assessed_on: datetime | None,
    valid_until: datetime | None,
    independent_months: int | None,
    exceptions: str,
    revoke: str | None,
    suspend: str | None,
    resume: str | None,
    reason: str | None,
    yes: bool,
    json_output: bool,
) -> None:
    """Sign WORKSHEET with your own key, offline. Without --key it shows what the worksheet asks about."""
    asked = {"revoke": revoke, "suspend": suspend, "resume": resume}
    requests = [(action, each) for action, each in asked.items() if each is not None]
    if len(requests) + (worksheet is not None) != 1:
        raise click.UsageError("Give either a worksheet or one of --revoke, --suspend and --resume.")
    if worksheet is not None and key_file is None:
        _show_worksheet(_read(worksheet), json_output=json_output)
        return
    if key_file is None or out is None:
        raise click.UsageError("--key and --out are needed.")
    signer = read_key_file(key_file)
    if worksheet is None:
        ((action, attestation),) = requests
        if not reason:
            raise click.UsageError(f"--{action} needs --reason.")
        signed = sign_request(action, attestation, signer=signer, at=datetime.now(UTC), reason=reason)
    else:
        if method is None or assessed_on is None or valid_until is None:
            raise click.UsageError("--method, --assessed-on and --valid-until are needed.")
        if independent_months is None:
            raise click.UsageError("--independent-months is needed: nothing is signed without that declaration.")
        assessment = Assessment(
            paths=paths or None,
            method=method,
            assessed_on=assessed_on.date(),
            valid_until=valid_until.date(),
            independence=Independence(months=independent_months, exceptions=exceptions),
        )
        signed = _sign(_read(worksheet), assessment, signer, ask=not yes)
    write_result(out, signed.encode("ascii"))
    result = {"signed": str(out), "kid": signer.kid}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts(result.items())


def _sign(document: dict[str, strict_json.JSON], assessment: Assessment, signer: PrivateKey, *, ask: bool) -> str:
    if document.get("issuer") != signer.kid.partition("#")[0]:
        raise click.ClickException(f"The worksheet is for {document.get('issuer')}, the key is of {signer.kid}.")
    now = datetime.now(UTC)
    _show_plain(plain_part(document, assessment, at=now), digests_of(document, assessment), document)
    if ask:
        click.confirm("Sign this?", abort=True, err=True)
    return sign_worksheet(document, assessment, signer=signer, at=now, entropy=secrets.token_bytes)


def _show_plain(plain: Mapping[str, object], digests: int, document: Mapping[str, strict_json.JSON]) -> None:
    """On standard error: it is a question and not a result."""
    independence, audit = plain["independence"], plain["audit"]
    stated = [
        ("you", plain["issuer"]),
        ("scheme", plain["scheme"]),
        ("your level", plain["assessorLevel"]),
        ("method", plain["method"]),
        ("audit", _words(audit)),
        ("holds", f"{plain['validFrom']} to {plain['validUntil']}"),
        ("independence", _words(independence)),
        ("the node labels it", document.get("label")),
        ("status lists", len(entries) if isinstance(entries := plain["credentialStatus"], list) else ""),
        ("number of digests", digests),
    ]
    click.echo("Everybody who sees one claim of this reads, whichever claim it is:", err=True)
    for name, value in stated:
        if value is not None:
            click.echo(f"  {name}: {show.printable(value)}", err=True)
    click.echo("The values and the names of the fields are not in it.", err=True)


def _words(member: object) -> str:
    if not isinstance(member, Mapping):
        return str(member)
    return "; ".join(f"{name} {show.printable(value)}" for name, value in member.items() if value)


def _read(path: Path) -> dict[str, strict_json.JSON]:
    try:
        document = strict_json.loads_object(read_bounded(path))
    except TrustError as error:
        raise click.ClickException(
            f"{path} is not a worksheet: it is empty, cut off or no JSON object [{error.code}]."
        ) from error
    inner = document.get("worksheet")
    # The answer of the node is taken as it was saved, with the worksheet inside.
    return inner if isinstance(inner, dict) and len(document) == 1 else document


def _show_worksheet(document: dict[str, strict_json.JSON], *, json_output: bool) -> None:
    try:
        claims, listed = document["claims"], paths_of(document)
    except (KeyError, TypeError, AttributeError) as error:
        raise click.ClickException("This is not a worksheet that a node made.") from error
    if json_output:
        show.write_json(document)
        return
    show.write_facts((name, document.get(name)) for name in ("attestation", "issuer", "factory", "scheme", "label"))
    click.echo("")
    exact = claims if isinstance(claims, dict) else {}
    rows = [(path, show.cell_text(exact.get(f"{path}@exact"))) for path in listed]
    show.write_table(("path", "value"), rows, empty="The worksheet asks about nothing.")
    barred = document.get("barred")
    for each in barred if isinstance(barred, list) else ():
        if isinstance(each, dict):
            why = f"finding {each.get('finding')}" if each.get("finding") else f"the result of item {each.get('item')}"
            click.echo(show.printable(f"barred: {each.get('path')} by {why}"))
