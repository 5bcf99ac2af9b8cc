"""The empty workbook: every vocabulary that a person needs can be looked up in it, and what it says of forms is true."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from sharing.catalogue import FACTORY, FIELDS, field
from sharing.errors import Problems
from sharing.exchange.guide import FORMATS
from sharing.exchange.sheets import sheet_name
from sharing.exchange.template import LANGUAGES, template
from tests.sharing.exchange.books import FACTORIES, book, rows_of
from tests.sharing.exchange.test_workbook import plan

LOOKED_UP = (
    *("special processes", "inspection equipment", "documentation levels", "business models", "Incoterms 2020"),
    *("payment terms", "ISO 4217", "ISO 3166-2 (VN)", "DIN 8580", "machine classes"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_vocabulary_that_a_cell_takes_is_on_the_sheet_of_codes(language: str) -> None:
    listed = rows_of(template(language=language, first_week=date(2026, 11, 23)), "Codes")
    by_name = {name: [row[at] for row in listed[1:] if row[at]] for at, name in enumerate(listed[0])}
    assert set(LOOKED_UP) <= set(by_name)
    for each in FIELDS:
        if each.codes is not None and len(each.codes) <= 400:
            assert len(by_name[each.codes.name]) == len(each.codes), each.key
    assert {str(each)[:3] for each in by_name["ISO 3166-2 (VN)"]} == {"VN-"}
    assert len(by_name["ISO 3166-2 (VN)"]) > 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_comment_of_a_structured_code_has_examples_that_are_read(language: str) -> None:
    made = load_workbook(io.BytesIO(template(language=language, first_week=date(2026, 11, 23))))
    comments = [str(cell.comment.text) for cell in made[sheet_name(FACTORY, language)][1] if cell.comment]
    assert {each.key for each in FIELDS if each.kind == "structured_codes"} == set(FORMATS)
    for key, example in FORMATS.items():
        assert any(text.startswith(key) and example in text for text in comments), key
        problems = Problems()
        assert field(key).form.parse(example.split(", "), key, problems)
        assert not problems.found


def test_a_file_that_is_no_digest_says_to_upload_it_first() -> None:
    certificates = (("Factory", "Standard", "Scope", "Attached certificate"), ("F1", "ISO9001", "Turning", "iso9001.pdf"))
    made = plan(book({"Factories": FACTORIES, "Certificates": certificates}))
    [found] = made.errors
    assert found.code == "not_a_digest"
    assert "guildnet file add" in found.message
    assert "POST /v1/files" in found.message
