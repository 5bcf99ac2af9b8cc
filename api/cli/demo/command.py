"""`guildnet demo`: make the stage, tell the story, perhaps fill the network, and serve it."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import click

from api import logs
from api.cli import show
from api.cli.demo.bulk import fill
from api.cli.demo.proof import Proof
from api.cli.demo.stage import Stage, make_stage
from api.cli.demo.story import Cast, tell
from api.cli.demo.telling import Aloud, Recorded
from api.container import system_clock

DEFAULT_PORT = 8642
QUIET = "WARNING"


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop after the story.")
@click.option("--json", "json_output", is_flag=True, help="The story as JSON; does not serve.")
@click.option("--factories", type=click.IntRange(0, 200_000), default=0, help="Publish so many more synthetic factories.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the synthetic factories.")
@click.option("--folder", type=click.Path(path_type=Path), help="An empty or new folder to keep it in; else a temporary one.")
@click.option("--port", type=click.IntRange(1024, 65535), default=DEFAULT_PORT, show_default=True)
def demo(*, no_serve: bool, json_output: bool, factories: int, seed: int, folder: Path | None, port: int) -> None:
    """The whole job in a minute: publish at levels, be found, let a partner closer, be audited, verify offline."""
    logs.configure(QUIET)
    stage = make_stage(_prepared(folder), port)
    try:
        teller = Recorded() if json_output else Aloud()
        cast, proof = tell(stage, teller, system_clock().date())
        if factories:
            with show.progress(f"{factories} synthetic factories") as step:
                fill(stage, factories, seed=seed, step=step)
    finally:
        stage.container.close()
    if isinstance(teller, Recorded):
        show.write_json({**_facts(stage, cast, proof), "chapters": teller.chapters})
        return
    _say_how_to_go_on(stage, cast)
    if not no_serve:
        _serve(stage, port)


def _prepared(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="guildnet-demo-"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} is not an empty folder.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _facts(stage: Stage, cast: Cast, proof: Proof) -> dict[str, object]:
    return {
        "url": stage.origin,
        "folder": str(stage.folder),
        "factories": cast.factories,
        "credentials": [
            {
                "organization": party.credentials.slug,
                "client_id": party.credentials.client_id,
                "client_secret": party.credentials.client_secret,
            }
            for party in cast.all()
            if party.credentials is not None
        ],
        "bundle": str(proof.file),
        "anchors": list(proof.anchors),
        "verdicts": dict(Counter(str(each.verdict) for each in proof.report.fields)),
    }


def _say_how_to_go_on(stage: Stage, cast: Cast) -> None:
    click.echo("")
    rows = [
        (party.credentials.slug, party.credentials.client_id, party.credentials.client_secret)
        for party in cast.all()
        if party.credentials is not None
    ]
    show.write_table(("organization", "client id", "client secret"), rows, empty="")
    buyer = cast.buyer.credentials
    if buyer is None:
        return
    click.echo(f"\nIt is all in {stage.folder}. Three things to try while it is served:\n")
    click.echo(f"  curl '{stage.origin}/v1/search?q=tien&certificate=IATF16949'")
    click.echo(
        f"  TOKEN=$(curl -s {stage.origin}/v1/token -u {buyer.client_id}:{buyer.client_secret} \\\n"
        '    -d grant_type=client_credentials -d purpose=rfq | sed \'s/.*"access_token": *"//; s/".*//\')'
    )
    click.echo(f'  curl -H "Authorization: Bearer $TOKEN" {stage.origin}/v1/factories/{cast.factories["kinh-bac"]}\n')


def _serve(stage: Stage, port: int) -> None:
    from api.cli.serve import serve  # noqa: PLC0415 - the server's packages are needed only now

    os.environ.update(
        GUILDNET_DATABASE_URL=stage.settings.database_url,
        GUILDNET_KEK_FILE=stage.settings.kek_file,
        GUILDNET_DEVELOPMENT="true",
    )
    click.echo("Stop it with Ctrl-C.", err=True)
    serve.main(args=["--port", str(port)], standalone_mode=False)
