"""In which language an answer's sentences are: as the query says, else as the browser says, else English."""

from __future__ import annotations

from flask import request

from sharing.sentences import LANGUAGES, Language


def language(asked: str | None) -> Language:
    """`asked` is the parameter `lang`, already checked; None leaves it to `Accept-Language`."""
    best = asked or request.accept_languages.best_match(LANGUAGES)
    return "vi" if best == "vi" else "en"
