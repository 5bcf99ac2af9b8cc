"""What a policy may take over by name: templates and groups of countries, in words. The same for every asker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies import rule_document
from sharing.catalogue.country_groups import COUNTRY_GROUPS
from sharing.sentences import Language, rule_sentence
from sharing.templates import TEMPLATES, newest


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRule:
    """A rule as a document and as a sentence."""

    rule: dict[str, object]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTemplate:
    """One version of a template, for people."""

    name: str
    version: int
    key: str
    newest: bool
    title: str
    note: str
    rules: tuple[OfferedRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedGroup:
    """A group of countries as of a day."""

    name: str
    title: str
    as_of: date
    countries: tuple[str, ...]


def templates(language: Language) -> tuple[OfferedTemplate, ...]:
    """Every version of every template."""
    english = language == "en"
    return tuple(
        OfferedTemplate(
            name=each.name,
            version=each.version,
            key=each.key,
            newest=newest()[each.name] is each,
            title=each.title_en if english else each.title_vi,
            note=each.note_en if english else each.note_vi,
            rules=tuple(OfferedRule(rule=rule_document(rule), text=rule_sentence(rule, language)) for rule in each.rules),
        )
        for each in TEMPLATES
    )


def country_groups(language: Language) -> tuple[OfferedGroup, ...]:
    """Every group."""
    return tuple(
        OfferedGroup(
            name=each.name,
            title=each.label_en if language == "en" else each.label_vi,
            as_of=each.as_of,
            countries=tuple(sorted(each.countries)),
        )
        for each in COUNTRY_GROUPS.values()
    )
