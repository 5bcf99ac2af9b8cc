"""Every phrase of the pages has a Vietnamese one, with the same places for what is filled in."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.web.words import translations
from tests.shared_material import ROOT

PAGES = ROOT / "api" / "web"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
CALLS = {"_": None, "_l": None}
OF_WTFORMS = {"This field is required."}


def phrases() -> set[str]:
    options = {"templates/**.html": {"silent": "false"}}  # a template that cannot be read must not pass for one without phrases
    found = extract_from_dir(PAGES, method_map=METHODS, options_map=options, keywords=CALLS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def catalogues() -> dict[Path, dict[str, str]]:
    return {
        path: {each.id: each.string for each in read_po(BytesIO(path.read_bytes()), locale="vi") if each.id}
        for path in sorted((PAGES / "translations" / "vi").glob("*.po"))
    }


def test_every_phrase_is_translated() -> None:
    known = {phrase for found in catalogues().values() for phrase, text in found.items() if text.strip()}
    assert len(phrases()) > 50, "the search finds nothing, so it would also miss what it is for"
    assert phrases() - known == set()


def test_no_translation_is_of_a_phrase_that_is_gone_or_stands_twice() -> None:
    listed = [phrase for found in catalogues().values() for phrase in found]
    assert set(listed) - phrases() - OF_WTFORMS == set()
    assert len(listed) == len(set(listed))


def test_translations_fill_in_the_same() -> None:
    place = re.compile(r"%\(\w+\)[sd]")
    for path, found in catalogues().items():
        for phrase, text in found.items():
            assert set(place.findall(phrase)) == set(place.findall(text)), f"{path.name}: {phrase}"


def test_the_files_are_what_pages_use() -> None:
    assert translations("vi").gettext("Log out") == "Đăng xuất"
    assert translations("en").gettext("Log out") == "Log out"
