"""Vocabularies: closed, hierarchical, labelled."""

import csv

import pytest

from sharing.catalogue.certificates import SCHEMES
from sharing.catalogue.codes import Codes
from sharing.catalogue.materials import FAMILIES
from sharing.catalogue.places import COUNTRIES, PLACES
from sharing.catalogue.processes import PROCESSES
from tests.shared_material import shared


@pytest.mark.parametrize("codes", [PROCESSES, FAMILIES, SCHEMES, COUNTRIES, PLACES], ids=lambda each: each.name)
def test_every_parent_is_a_code_and_every_code_has_labels(codes: Codes) -> None:
    for each in codes:
        assert each.label_en
        assert each.label_vi
        assert each.parent is None or each.parent in codes
        assert codes.ancestors(each.code)[0] == each.code


def test_processes_cover_the_numbering_of_the_standard() -> None:
    with shared("data/din8580_processes.csv").open(encoding="utf-8", newline="") as lines:
        numbering = {row["code"]: row["parent_code"] or None for row in csv.DictReader(lines)}
    assert {each.code: each.parent for each in PROCESSES} == numbering


def test_words_of_a_process_are_found_in_both_languages() -> None:
    assert {"tien", "turning", "3.2.1", "cat"} <= PROCESSES.words("3.2.1")
    assert "turning" not in PROCESSES.words("3.2")


def test_codes_unknown_to_a_vocabulary_stand_for_themselves() -> None:
    assert PROCESSES.parent("9.9") == "9.9"
    assert PROCESSES.ancestors("9.9") == ("9.9",)
    assert PROCESSES.words("9.9") == {"9.9"}


def test_provinces_of_northern_vietnam_are_known_by_name() -> None:
    names = {code: PLACES.get(code) for code in ("VN-56", "VN-HN", "VN-HP", "VN-66")}
    assert [each.label_vi for each in names.values() if each] == ["Bắc Ninh", "Hà Nội", "Hải Phòng", "Hưng Yên"]
    assert {"bac", "ninh", "vn"} <= PLACES.words("VN-56")
