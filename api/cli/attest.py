"""`guildnet attest`: an auditor signs a worksheet with their own key file, offline.

Guarantees: opens no database and no connection; signs only a worksheet whose issuer is the key's owner, and exactly
the paths chosen.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_file, a_new_file, read_bounded, write_result
from api.cli.keyfile import read_key_file
from sharing.worksheet import Assessment, paths_of, sign_revocation, sign_worksheet
from trust import strict_json
from trust.attestation import METHODS
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
@click.option("--revoke", metavar="ATTESTATION", help="Sign a request to withdraw this attestation instead.")
@click.option("--reason", help="Why it is withdrawn; with --revoke.")
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
    revoke: str | None,
    reason: str | None,
    json_output: bool,
) -> None:
    """Sign WORKSHEET with your own key, offline. Without --key it shows what the worksheet asks about."""
    if (worksheet is None) == (revoke is None):
        raise click.UsageError("Give either a worksheet or --revoke.")
    if worksheet is not None and key_file is None:
        _show_worksheet(_read(worksheet), json_output=json_output)
        return
    if key_file is None or out is None:
        raise click.UsageError("--key and --out are needed.")
    signer = read_key_file(key_file)
    if worksheet is None:
        if not reason:
            raise click.UsageError("--revoke needs --reason.")
        signed = sign_revocation(revoke or "", signer=signer, at=datetime.now(UTC), reason=reason)
    else:
        if method is None or assessed_on is None or valid_until is None:
            raise click.UsageError("--method, --assessed-on and --valid-until are needed.")
        assessment = Assessment(
            paths=paths or None, method=method, assessed_on=assessed_on.date(), valid_until=valid_until.date()
        )
        signed = _sign(_read(worksheet), assessment, signer)
    write_result(out, signed.encode("ascii"))
    result = {"signed": str(out), "kid": signer.kid}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts(result.items())


def _sign(document: dict[str, strict_json.JSON], assessment: Assessment, signer: PrivateKey) -> str:
    if document.get("issuer") != signer.kid.partition("#")[0]:
        raise click.ClickException(f"The worksheet is for {document.get('issuer')}, the key is of {signer.kid}.")
    return sign_worksheet(document, assessment, signer=signer, at=datetime.now(UTC), entropy=secrets.token_bytes)


def _read(path: Path) -> dict[str, strict_json.JSON]:
    document = strict_json.loads_object(read_bounded(path))
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
    show.write_facts((name, document.get(name)) for name in ("attestation", "issuer", "factory", "scheme"))
    click.echo("")
    exact = claims if isinstance(claims, dict) else {}
    rows = [(path, show.cell_text(exact.get(f"{path}@exact"))) for path in listed]
    show.write_table(("path", "value"), rows, empty="The worksheet asks about nothing.")
