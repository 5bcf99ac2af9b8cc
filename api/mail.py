"""How letters leave the node: by SMTP, or, in development, into a file.

Guarantees: no letter goes over a network unencrypted (`smtp://` demands STARTTLS with a certificate that holds, except
to the loopback; `smtps://` is encrypted from the start); an address or a text is never logged, also not when sending
fails. A server that takes a letter has it: what happens after is not known here.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from api.settings import Settings, SettingsError
from network.people.errors import MailFailed
from network.people.outbox import Delivered, Letter, Transport, deliver
from sharing.house import House

TIMEOUT_S: Final = 20
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """A mail server. `repr` does not show the password."""

    host: str
    port: int
    user: str | None
    password: str | None
    encrypted: bool
    sender: str
    now: datetime

    def __repr__(self) -> str:
        return f"Smtp(host={self.host!r}, port={self.port})"

    def send(self, letter: Letter) -> None:
        """Hand one letter over; raises `MailFailed`."""
        try:
            with self._connected() as server:
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.send_message(message_of(letter, self.sender, self.now))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailFailed("The mail server did not take a letter.", kind=type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        # Said in the greeting. Left out, the library would look this machine's name up, which may take a minute.
        name = self.sender.rpartition("@")[2].rstrip(">")
        if self.encrypted:
            return smtplib.SMTP_SSL(self.host, self.port, local_hostname=name, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=TIMEOUT_S)
        try:
            server.ehlo()
            if server.has_extn("starttls") or self.host not in _LOOPBACK:
                server.starttls(context=context)
                server.ehlo()
        except BaseException:
            server.close()
            raise
        return server


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file that letters are appended to, in the mbox form; its mode is 0600, since it holds tokens."""

    path: Path
    sender: str
    now: datetime

    def send(self, letter: Letter) -> None:
        """Append one letter; raises `MailFailed`."""
        text = message_of(letter, self.sender, self.now).as_string()
        quoted = "".join(
            f">{line}" if line.lstrip(">").startswith("From ") else line for line in text.splitlines(keepends=True)
        )
        try:
            self.path.touch(mode=0o600, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"From {self.sender} {self.now:%a %b %d %H:%M:%S %Y}\n{quoted}\n\n")
        except OSError as error:
            raise MailFailed("The mail file cannot be written.", kind=type(error).__name__) from None


def message_of(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as it travels (RFC 5322), in UTF-8; marked as automatic, so that no machine answers it (RFC 3834)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">") or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="8bit" if letter.text.isascii() else "quoted-printable")
    return message


def transport(settings: Settings, now: datetime) -> Transport | None:
    """How this node's letters leave; None when nothing is set, and then they wait. Raises `SettingsError`."""
    if settings.mail_file:
        return MailFile(path=Path(settings.mail_file), sender=settings.mail_from or "guildnet@localhost.invalid", now=now)
    if not settings.smtp_url:
        return None
    url = make_url(settings.smtp_url)
    if url.drivername not in {"smtp", "smtps"} or not url.host:
        raise SettingsError(("GUILDNET_SMTP_URL begins with smtp:// or smtps:// and names a host",))
    if "@" not in settings.mail_from:
        raise SettingsError(("GUILDNET_MAIL_FROM is needed with GUILDNET_SMTP_URL",))
    encrypted = url.drivername == "smtps"
    return Smtp(
        host=url.host,
        port=url.port or (465 if encrypted else 587),
        user=url.username,
        password=url.password,
        encrypted=encrypted,
        sender=settings.mail_from,
        now=now,
    )


def send_due(house: House, settings: Settings, now: datetime) -> Delivered:
    """Send every letter that is due; nothing when no way is set."""
    way = transport(settings, now)
    if way is None:
        return Delivered(sent=0, put_off=0, given_up=0)
    return deliver(house.database, house.keystore, way, now=now)
