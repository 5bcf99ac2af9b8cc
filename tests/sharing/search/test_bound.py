"""Terms and lists in arrays say what dictionaries and lists of the language would."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import CompiledPolicy, ConditionNumber, Level
from sharing import catalogue
from sharing.search.bitmaps import bitmap
from sharing.search.bound import Bound
from sharing.search.dense import RecordIds, Run
from sharing.search.postings import TABLE_NUMBER, Postings, Use
from sharing.search.ragged import Ragged
from sharing.search.ruled import Ruled
from tests.sharing.search.worlds import FACTORIES

WORDS = st.text(st.sampled_from("abđé\u4e2d\U0001f600\ud800"), max_size=3)
TABLE = next(number for (use, key, _), number in TABLE_NUMBER.items() if use is Use.WORD and key == "legal_name")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(WORDS, st.frozensets(st.integers(0, 70_000)), max_size=6), max_size=3), WORDS)
def test_bound_postings_are_found_as_they_were_given(tables: list[dict[str, frozenset[int]]], other: str) -> None:
    ordered = [
        [(term, bitmap(sorted(table[term]))) for term in sorted(table, key=lambda each: each.encode("utf-8", "surrogatepass"))]
        for table in tables
    ]
    bound = Bound(ordered)
    assert len(bound) == sum(map(len, tables))
    for at, table in enumerate(tables):
        assert {term for _, term in bound.terms(at)} == table.keys()
        for term, members in table.items():
            number = bound.find(at, term)
            assert number is not None
            assert set(bound.members(number)) == members
            assert bound.term(number) == term
        assert (bound.find(at, other) is None) == (other not in table)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 9), max_size=4)), max_size=25), st.integers(0, 25))
def test_lists_in_arrays_are_taken_as_they_were_put(edits: list[tuple[int, list[int]]], tightened: int) -> None:
    ragged, plain = Ragged(), dict[int, list[int]]()
    for at, (place, numbers) in enumerate(edits):
        assert ragged.taken(place) == plain.pop(place, [])
        ragged.put(place, numbers)
        plain[place] = numbers
        if at == tightened:
            ragged.tighten(6)
    assert [ragged.taken(place) for place in range(7)] == [plain.get(place, []) for place in range(7)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1 << 300), st.integers(0, 1 << 300)), max_size=3),
            st.lists(st.sampled_from("xyz"), max_size=2, unique=True),
        ),
        max_size=12,
    )
)
def test_policies_in_arrays_are_those_that_were_put(given_: list[tuple[int, list[tuple[int, int, int]], list[str]]]) -> None:
    vocabulary, ruled, plain = catalogue.vocabulary(), Ruled(), dict[int, CompiledPolicy]()
    for head, rows, names in given_:
        numbered = tuple((ConditionNumber(condition), show, cap) for condition, show, cap in rows)
        plain[head] = CompiledPolicy(vocabulary=vocabulary, rows=numbered, capabilities=tuple(names))
        ruled.put(head, plain[head])
        ruled.tighten(5)
    assert {head: ruled.of(head, vocabulary) for head in plain} == plain


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from(["a", "ab", "b", "đ"]), max_size=3)), max_size=15),
    st.sets(st.integers(0, 15)),
)
def test_postings_follow_edits_whatever_of_them_is_bound(edits: list[tuple[int, set[str]]], bound: set[int]) -> None:
    postings, plain = Postings(), dict[int, set[str]]()
    spelled = postings.spelled(Use.WORD, "legal_name", _exact())
    for at, (place, words) in enumerate(edits):
        head = 3 * place
        if plain.pop(place, None) is not None:
            postings.withdraw(Run(head=head, size=3, used=2))
        postings.post(head, {(TABLE, word): [(head, head + 2)] for word in sorted(words)})
        plain[place] = words
        if at in bound:
            postings.bind(12)
        found = postings.table(Use.WORD, "legal_name", _exact())
        wanted = {
            word: {3 * each + more for each, own in plain.items() if word in own for more in (0, 1)}
            for word in {word for own in plain.values() for word in own}
        }
        assert {term: set(members) for term, members in found.items()} == wanted
        assert {term: set(found[term]) for term in found} == wanted
        assert len(found) == len(wanted)
        assert ("a" in found) == ("a" in wanted)
        assert len(spelled.beginning("")) == len(wanted)


def _exact() -> Level:
    return next(level for (use, key, level), number in TABLE_NUMBER.items() if number == TABLE)


def test_many_factories_are_found_by_their_ids_again_and_again() -> None:
    ids, names = RecordIds(), [f"{number:021d}" for number in range(3000)]
    for at, name in enumerate(names):
        ids.assign(name, ("c" * 32,) * (at % 3))
    for name in names[::2]:
        ids.release(name)
    ids.tighten()
    assert list(ids.runs) == names[1::2]
    assert len(ids) == 1500
    for at, name in enumerate(names):
        run = ids.run(name)
        assert (run is not None and ids.public(run.head) == (name, None) and run.used == 1 + at % 3) == (at % 2 == 1)
    for name in names[::2]:
        ids.assign(name, ())
    assert set(ids.runs) == set(names)
    assert FACTORIES[0] not in ids.runs
