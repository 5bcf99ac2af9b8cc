"""`guildnet mail`: the letters that wait, and sending them."""

from __future__ import annotations

import click

from api import mail as sending
from api.cli import show
from api.cli.node import opened
from network.people import outbox


@click.group()
def mail() -> None:
    """Letters of the node: confirmations, invitations, notices."""


@mail.command("send")
@show.as_json
def send(*, json_output: bool) -> None:
    """Send what is due now. `guildnet worker` does the same every minute."""
    with opened() as container:
        house = container.house
        if sending.transport(container.settings, house.now()) is None:
            raise click.ClickException("No way is set: GUILDNET_SMTP_URL and GUILDNET_MAIL_FROM, or GUILDNET_MAIL_FILE.")
        done = sending.send_due(house, container.settings, house.now())
        with house.database.read() as session:
            left = outbox.waiting(session)
    result = {"sent": done.sent, "put_off": done.put_off, "given_up": done.given_up, "waiting": left}
    if json_output:
        show.write_json(result)
        return
    show.write_facts(result.items())
