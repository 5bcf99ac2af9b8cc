"""Leaks planted into suggestions: mistakes that look harmless."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from policies import Level
from sharing.search import suggest
from sharing.search.postings import Use
from sharing.search.resolve import Resolver
from tests.leaks.plants_search import Everything

Patch = pytest.MonkeyPatch


def ordered_by_frequency_everywhere(patch: Patch) -> None:
    def most_frequent(candidates: Any, limit: int) -> Any:
        counted = [(each, each.count(), sum(len(members) for members, _ in each.parts)) for each in candidates]
        seen = sorted((each for each in counted if each[1]), key=lambda each: (-each[2], each[0].place))
        return [each[:2] for each in seen[:limit]]

    patch.setattr(suggest, "_most_frequent", most_frequent)


def numbers_of_the_whole_network(patch: Patch) -> None:
    honest = suggest._suggestion

    def suggestion(each: Any, hits: int, **other: Any) -> Any:
        return honest(each, sum(len(members) for members, _ in each.parts), **other)

    patch.setattr(suggest, "_suggestion", suggestion)


def terms_that_nobody_shows(patch: Patch) -> None:
    honest = suggest.Candidate.count
    patch.setattr(suggest.Candidate, "most", property(lambda each: 1 + sum(len(members) for members, _ in each.parts)))
    patch.setattr(suggest.Candidate, "count", lambda each: honest(each) or 1)


def correction_asks_the_whole_dictionary(patch: Patch) -> None:
    """Nothing is corrected where the text is a word that somebody, somewhere, uses."""
    honest = suggest.Suggester.suggest

    def suggested(self: Any, parameters: Sequence[str], limit: int) -> Any:
        found = honest(self, parameters, limit)
        known = any(self._typed.last in table.by_term for table in self._store.postings.tables(Use.WORD))
        return () if known and any(each.corrected for each in found) else found

    patch.setattr(suggest.Suggester, "suggest", suggested)


def words_of_hidden_fields(patch: Patch) -> None:
    honest = suggest.Suggester._words

    def words(self: Any, *, nearly: bool) -> Any:
        other = suggest.Suggester(self._resolver, self._query, self._typed, self._names_of)
        other._resolver = Resolver(self._store, Everything(self._store), self._resolver._day)
        other._view = other._resolver.view
        other._hits[""] = self._hits_without("q")
        return honest(other, nearly=nearly)

    patch.setattr(suggest.Suggester, "_words", words)


def names_when_few_have_them_anywhere(patch: Patch) -> None:
    """Whether names are offered follows how many factories have such a name, seen or not."""
    honest = suggest.Suggester._names

    def names(self: Any, *, nearly: bool) -> Any:
        table = self._store.postings.table(Use.WORD, "legal_name", Level.EXACT)
        there = [members for word, members in table.items() if word.startswith(self._typed.last)]
        return () if sum(map(len, there)) > 2 else honest(self, nearly=nearly)

    patch.setattr(suggest.Suggester, "_names", names)
