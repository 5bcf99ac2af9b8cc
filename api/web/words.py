"""Languages of the pages: English in the source, Vietnamese in `translations/vi/*.po`, one file for each room of pages.

Guarantees: the language is the one chosen in the footer, else the person's own, else the browser's, else English; a phrase
without a translation stays English (a test finds those). The files are read as they are: nothing is compiled, so nothing
can be out of date.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel, Domain
from flask_babel import gettext as _looked_up

from api.language import language as of_browser
from api.web import cookies
from api.web.visit import visit
from sharing.sentences import LANGUAGES, Language

NAMES: Final = {"en": "English", "vi": "Tiếng Việt"}


class Words(Domain):  # type: ignore[misc]
    """The phrases of all rooms in the language of the request."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language in hand."""
        return translations(language())


class Phrases(Babel):  # type: ignore[misc]
    """Flask-Babel with our catalogues in place of compiled ones."""

    @property
    def domain_instance(self) -> Words:
        """Where phrases are looked up."""
        return Words()


def install(app: Flask) -> None:
    """Give the templates `_()`, and the filters of Flask-Babel their language."""
    Phrases(app, locale_selector=language, configure_jinja=True)
    app.jinja_env.globals.update(language=language, LANGUAGE_NAMES=NAMES)


def gettext(phrase: str, **given: object) -> str:
    """A phrase in the language of the request, with what is `given` in the places of its `%(name)s`."""
    return str(_looked_up(phrase, **given))


def language() -> Language:
    """The language of the answer in hand."""
    chosen = cookies.remembered(cookies.LANGUAGE)
    if chosen is None and (person := visit().person) is not None:
        chosen = person.language
    known: Language | None = next((each for each in LANGUAGES if each == chosen), None)
    return known or of_browser(request.args.get("lang"))


@cache
def translations(code: str) -> NullTranslations:
    """Every phrase of one language; English needs none."""
    folder = files("api.web") / "translations" / code
    found: Any = None
    for part in sorted((each for each in folder.iterdir()), key=lambda each: each.name) if folder.is_dir() else ():
        if not part.name.endswith(".po"):
            continue
        compiled = BytesIO()
        write_mo(compiled, read_po(BytesIO(part.read_bytes()), locale=code))
        compiled.seek(0)
        one = Translations(compiled)
        found = one if found is None else found.merge(one)
    return NullTranslations() if found is None else found
