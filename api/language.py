"""In which language an answer's sentences are: as the query says, else as the browser says, else English."""

from __future__ import annotations

from flask import request

from sharing.sentences import LANGUAGES, Language


def language(asked: str | None) -> Language:
    """`asked` is the parameter `lang`, already checked; None leaves it to `Accept-Language`."""
    wanted = [asked] if asked else [tag.partition("-")[0].lower() for tag in request.accept_languages.values()]
    return next((each for tag in wanted for each in LANGUAGES if each == tag), "en")
