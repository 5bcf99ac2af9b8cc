"""Words that begin, or nearly begin, with what was typed: against the definition, letter by letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.catalogue.processes import PROCESSES
from sharing.search.errors import InvalidQuery
from sharing.search.spelling import Spelling, entries, terms
from sharing.search.typed import lexicon, parse_typed

WORDS = st.text("abđd-9", min_size=1, max_size=6)


def edits(text: str) -> set[str]:
    """Every text one edit away, for letters of `WORDS`."""
    letters = "abđd-9"
    found = set()
    for at in range(len(text) + 1):
        head, tail = text[:at], text[at:]
        found |= {head + tail[1:]} if tail else set()
        found |= {head + tail[1] + tail[0] + tail[2:]} if len(tail) > 1 else set()
        found |= {head + each + tail for each in letters}
        found |= {head + each + tail[1:] for each in letters} if tail else set()
    return found | {text}


@given(st.sets(WORDS, max_size=12), WORDS)
def test_words_nearly_begin_with_what_is_one_edit_away(words: set[str], start: str) -> None:
    spelling = Spelling(words)
    assert spelling.beginning(start) == sorted(each for each in words if each.startswith(start))
    assert spelling.nearly(start) == {each for each in words if any(each.startswith(near) for near in edits(start))}


@given(st.lists(st.tuples(st.booleans(), WORDS), max_size=20), WORDS)
def test_a_spelling_follows_what_comes_and_goes(changes: list[tuple[bool, str]], start: str) -> None:
    followed, there = Spelling(["ab"]), {"ab"}
    for comes, word in changes:
        if comes and word not in there:
            followed.add(word)
            there.add(word)
        elif not comes:
            followed.discard(word)
            there.discard(word)
    assert len(followed) == len(there)
    assert followed.beginning(start) == Spelling(there).beginning(start)


def test_a_grade_is_found_with_and_without_its_system() -> None:
    spelled = Spelling([*entries("JIS:SUS304"), *entries("EN:1.4301"), *entries("dong")])
    assert terms(spelled.beginning("sus")) == {"JIS:SUS304"}
    assert terms(spelled.beginning("jis:s")) == {"JIS:SUS304"}
    assert terms(spelled.nearly("1.431")) == {"EN:1.4301"}


@pytest.mark.parametrize(
    ("typed", "nearly", "code"),
    [
        ("3.2.1", False, "3.2.1"),
        ("Tiện", False, "3.2.1"),
        ("TIEN", False, "3.2.1"),
        ("turn lat", False, "3.2.1"),
        ("lathe work", False, "3.2.1"),
        ("trun", True, "3.2.1"),
        ("turnng", True, "3.2.1"),
        ("lathe wrok", True, "3.2.1"),
    ],
)
def test_a_code_is_met_by_its_number_and_by_labels_in_both_languages(typed: str, nearly: bool, code: str) -> None:
    assert code in lexicon(PROCESSES).matching(parse_typed(typed), nearly=nearly)
    assert nearly == (code not in lexicon(PROCESSES).matching(parse_typed(typed), nearly=False))


def test_two_edits_and_edits_of_short_words_are_not_forgiven() -> None:
    matching = lexicon(PROCESSES).matching
    assert "3.2.1" not in matching(parse_typed("trnu"), nearly=True)
    assert "3.2.1" not in matching(parse_typed("lahte wrok"), nearly=True)
    assert matching(parse_typed("xyz"), nearly=True) == set()


@pytest.mark.parametrize("text", ["", "  ", "--", "a\0b", "x" * 101, "a b c d e f g h i"])
def test_what_cannot_be_completed_is_refused_for_itself(text: str) -> None:
    with pytest.raises(InvalidQuery):
        parse_typed(text)
