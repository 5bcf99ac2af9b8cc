"""What the head and foot of every page call purposes and roles, and the functions that all templates have."""

from __future__ import annotations

from flask import Flask, g

from api.web import navigation
from api.web.back import here
from api.web.forms import described
from api.web.visit import visit
from api.web.words import gettext as _
from api.web.words import language
from policies import PURPOSES
from sharing.sentences import LANGUAGES
from sharing.sentences.nouns import PURPOSE


def purpose_word(purpose: str | None) -> str:
    """A purpose in words."""
    return PURPOSE[purpose][LANGUAGES.index(language())] if purpose else _("none stated")


def role_word(role: str) -> str:
    """What a person may do for an organization, in words."""
    return {
        "owner": _("owner: also people, credentials and terms"),
        "editor": _("editor: may change factories and requests"),
        "reader": _("reader: may look"),
    }.get(role, role)


def _request_id() -> str:
    return str(g.asking.id) if "asking" in g else ""


def install(app: Flask) -> None:
    """Give every template these."""
    app.jinja_env.globals.update(
        visit=visit,
        here=here,
        described=described,
        PURPOSES=PURPOSES,
        purpose_word=purpose_word,
        role_word=role_word,
        nav_entries=navigation.entries,
        request_id=_request_id,
    )
