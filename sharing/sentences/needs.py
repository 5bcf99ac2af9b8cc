"""What somebody would need, and who somebody is, in the words of a sentence: English and Vietnamese.

    come for the purpose of requests for quotation · be a partner · hold IATF16949 attested by a certification body

Guarantees a wording for every atom and for everything that a description of viewers may hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from policies import ANYONE, Atom, AtomName, Audience, Credentials, Tier
from policies.impact import ANOTHER_COUNTRY, ANOTHER_ORG
from policies.model import Attested
from policies.who import Among, Kind, Who
from sharing.sentences import english, vietnamese
from sharing.sentences.nouns import PURPOSE, ROLE, Known, Language, country

_TIERS = {
    Tier.MEMBER: ("a member", "thành viên"),
    Tier.PARTNER: ("a partner", "đối tác"),
    Tier.CONFIDENTIAL: ("a confidential partner", "đối tác bảo mật"),
}
MOST_NAMED = 12
"""Of one kind in one sentence. Rules of a thousand organizations made an answer of 10 MB, in which nobody finds anything."""
_BACKED: dict[str, Attested | None] = {"document": None, "peer": "peer", "body": "body"}


def need_words(atom: Atom, language: Language, known: Known) -> str:
    """What makes one atom true."""
    place = 0 if language == "en" else 1
    needs = atom.needs
    if isinstance(needs, date):
        return _day_words(atom.name, needs, language)
    if isinstance(needs, Tier):
        word = _TIERS.get(needs, ("anybody", "bất kỳ ai"))[place]
        return (f"be {word}", f"là {word}")[place]
    if isinstance(needs, int):
        return (f"be verified at level {needs} or higher", f"được xác minh từ mức {needs} trở lên")[place]
    words = sorted(needs)
    if atom.name is AtomName.HOLDS:
        held = english.listed(words) if place == 0 else vietnamese.listed(words)
        how = ""
        if atom.attested is not None:
            how = " " + (english.ATTESTED if place == 0 else vietnamese.ATTESTED)[atom.attested]
        return (f"hold {held}{how}", f"có chứng nhận {held}{how}")[place]
    return _any_words(atom.name, words, language, known)


def _day_words(name: AtomName, day: date, language: Language) -> str:
    if language == "en":
        return f"wait until {english.day(day)}" if name is AtomName.FROM else f"have come until {english.day(day)}"
    return f"chờ đến ngày {vietnamese.day(day)}" if name is AtomName.FROM else f"đến trước hết ngày {vietnamese.day(day)}"


def _any_words(name: AtomName, words: Sequence[str], language: Language, known: Known) -> str:
    place = 0 if language == "en" else 1
    spoken = {
        AtomName.PURPOSE: [PURPOSE[each][place] if each in PURPOSE else each for each in words],
        AtomName.ORG: [known.organization(each) for each in words],
        AtomName.COUNTRY: [country(each, language) for each in words],
        AtomName.ROLE: [ROLE[each][place] if each in ROLE else each for each in words],
    }.get(name, list(words))
    said = _any_of(spoken, language)
    return {
        AtomName.PURPOSE: (f"come for the purpose of {said}", f"đến với mục đích {said}"),
        AtomName.ORG: (f"be {said}", f"là {said}"),
        AtomName.COUNTRY: (f"be in {said}", f"ở {said}"),
        AtomName.SECTOR: (f"be of sector {said}", f"thuộc ngành {said}"),
        AtomName.ROLE: (f"have the role {said}", f"có vai trò {said}"),
        AtomName.NDA: (f"have the agreement {said} with you", f"có thỏa thuận {said} với bạn"),
        AtomName.GROUP: (f"be on your list {said}", f"có trong danh sách {said} của bạn"),
        AtomName.FIELDS: ("have a grant that covers this field", "được cấp quyền bao gồm trường này"),
    }.get(name, (said, said))[place]


def whoever_words(given: Credentials, language: Language) -> str:
    """`whoever holds IATF16949 attested by a certification body`."""
    to = Audience(
        holds=frozenset(scheme for scheme, _ in given.holds) or None,
        attested=_attested([backing for _, backing in given.holds]),
        nda=given.ndas or None,
        group=given.groups or None,
    )
    if language == "en":
        return "whoever" + english.described(to).removeprefix("organization that")
    return "bất kỳ ai" + vietnamese.described(to).removeprefix("tổ chức")


def who_words(who: Who, language: Language, known: Known) -> str:
    """A description of viewers: `every partner in Japan, for the purpose of sourcing, from 1 January 2027`."""
    place = 0 if language == "en" else 1
    if who.kind is Kind.PUBLIC:
        said = ("everybody, without logging in", "mọi người, không cần đăng nhập")[place]
    elif who.kind is Kind.ANY_MEMBER:
        said = ("every member's view, also at other nodes", "chế độ xem chung của thành viên, kể cả ở nút khác")[place]
    else:
        said = _organizations(who, language, known)
    parts = [said, *_among(who, language, known), *_grants(who, language), _spans(who, language)]
    return ", ".join(filter(None, parts))


def _organizations(who: Who, language: Language, known: Known) -> str:
    to = Audience(
        tier=who.tier,
        sector=who.sectors or None,
        role=who.roles or None,
        holds=frozenset(scheme for scheme, _ in who.holds) or None,
        attested=_attested([backing for _, backing in who.holds]),
        nda=who.ndas or None,
        group=who.groups or None,
        country=who.country.words if who.country is not None and _only_words(who.country) else None,
        org=who.org.words if who.org is not None and _only_words(who.org) else None,
    )
    named = replace(to, org=None)
    if to.org is not None and named == ANYONE:
        return _any_of(sorted(known.organization(each) for each in to.org), language)
    if to == ANYONE:
        return ("every organization", "mọi tổ chức")[0 if language == "en" else 1]
    return english.who(to, known) if language == "en" else vietnamese.who(to, known)


def _any_of(words: Sequence[str], language: Language) -> str:
    if len(words) > MOST_NAMED:
        rest = len(words) - MOST_NAMED
        words = [*words[:MOST_NAMED], (f"{rest} more", f"{rest} mục khác")[0 if language == "en" else 1]]
    return english.listed(words, "or") if language == "en" else vietnamese.listed(words, "hoặc")


def _only_words(among: Among) -> bool:
    return bool(among.words) and not among.others and not among.unknown


def _among(who: Who, language: Language, known: Known) -> list[str]:
    """What cannot be said as an audience: others than those that rules name, and the unknown."""
    english_said = language == "en"
    spoken = (
        ("organization", "tổ chức", who.org, known.organization),
        ("country", "quốc gia", who.country, lambda code: country(code, language)),
        ("verification", "mức xác minh", who.verified, str),
        ("purpose", "mục đích", who.purpose, lambda word: PURPOSE[word][0 if english_said else 1] if word in PURPOSE else word),
    )
    said = []
    for name_en, name_vi, among, call in spoken:
        if among is None or (name_en in {"organization", "country"} and _only_words(among)):
            continue
        words = [call(each) for each in sorted(among.words)]
        words += [("any other", "giá trị khác")[0 if english_said else 1]] if among.others else []
        words += [("unknown", "không rõ")[0 if english_said else 1]] if among.unknown else []
        said.append(f"{name_en if english_said else name_vi}: {_any_of(words, language)}")
    return said


def _grants(who: Who, language: Language) -> list[str]:
    place, said = 0 if language == "en" else 1, []
    if who.direct:
        said.append(("with an auditor's grant for this field", "có quyền đánh giá đối với trường này")[place])
    if who.tier_elsewhere is not None or who.direct_elsewhere:
        said.append(("with a grant for other fields", "được cấp quyền cho các trường khác")[place])
    return said


def _spans(who: Who, language: Language) -> str:
    """The days; nothing where it is from now on without end."""
    if language == "en":
        return english.listed([english.days(start, until) for start, until in who.days])
    return vietnamese.listed([vietnamese.days(start, until) for start, until in who.days])


def _attested(backings: Sequence[str]) -> Attested | None:
    """The least backing that does for all."""
    found = {_BACKED[each] for each in backings}
    return "body" if "body" in found else "peer" if "peer" in found else None


def organization_words(did: str, language: Language, known: Known) -> str:
    """The name of an organization, or `another organization` for one that no rule names."""
    if did == ANOTHER_ORG:
        return ("another organization", "một tổ chức khác")[0 if language == "en" else 1]
    return known.organization(did)


def country_words(code: str, language: Language) -> str:
    """A country's name, or `another country` for one that no rule names."""
    if code == ANOTHER_COUNTRY:
        return ("another country", "một quốc gia khác")[0 if language == "en" else 1]
    return country(code, language)
