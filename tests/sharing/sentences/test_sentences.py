"""Every rule has a sentence in both languages, and the sentence leaves nothing out that decides."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest

from policies import ActiveGrant, Policy, Rule, Tier
from sharing import catalogue
from sharing.policy_reading import read_policy
from sharing.sentences import Known, grant_sentence, noun, policy_sentences, rule_sentence
from sharing.sentences.nouns import PURPOSE, ROLE, country
from sharing.templates import TEMPLATES
from tests.policies.worlds import random_policy

ACME, OTHER = "did:web:node.example:orgs:acme", "did:web:elsewhere.example:orgs:x"
KNOWN = Known(organizations={ACME: "Acme"}, capabilities={"c1": {"en": "Turning", "vi": "Tiện"}})


def read(*rules: dict[str, Any]) -> Policy:
    numbered = [{"id": f"r{place}", **rule} for place, rule in enumerate(rules)]
    return read_policy({"v": 1, "rules": numbered}, "F", 1, frozenset({"c1"}))


def said(rule: dict[str, Any]) -> tuple[str, str]:
    (one,) = read(rule).rules
    return rule_sentence(one, "en", KNOWN), rule_sentence(one, "vi", KNOWN)


@pytest.mark.parametrize(
    ("rule", "english", "vietnamese"),
    [
        (
            {"to": {"org": [ACME]}, "until": "2027-06-30", "show": [["capacity.spare_hours", "exact"]]},
            "Acme sees exact spare hours until 30 June 2027.",
            "Acme xem được số giờ máy trống chính xác đến hết ngày 30/06/2027.",
        ),
        (
            {"to": {"org": [ACME, OTHER]}, "show": [["capacity", "band"], ["lead_time", "band"]]},
            f"Acme and {OTHER} see capacity and lead times in bands.",
            f"Acme và {OTHER} xem được năng lực sản xuất và thời gian giao hàng theo khoảng.",
        ),
        (
            {"to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"], ["certificate", "existence"]]},
            "Everybody sees that the factory exists and exact identity; whether there is anything under certificates.",
            "Mọi người biết rằng có nhà máy này và xem được thông tin định danh chính xác; "
            "biết có thông tin về chứng nhận hay không.",
        ),
        (
            {
                "to": {"country": ["JP", "KR"], "sector": ["C29"], "holds": ["IATF16949"], "attested": "body"},
                "for": ["sourcing"],
                "show": [["equipment", "exact"]],
            },
            "Every organization in Japan or South Korea and of sector C29 that holds IATF16949 attested by a certification "
            "body sees exact machines for the purpose of sourcing.",
            "Mọi tổ chức ở Hàn Quốc hoặc Nhật Bản, thuộc ngành C29, có chứng nhận IATF16949 do tổ chức chứng nhận xác nhận "
            "xem được máy móc thiết bị chính xác với mục đích tìm nguồn cung.",
        ),
        (
            {"to": {"tier": "member"}, "for": ["rfq", "sourcing"], "from": "2027-01-01", "show": [["*", "band"]]},
            "Every member sees everything in bands for the purposes of sourcing or requests for quotation from 1 January 2027.",
            "Mọi thành viên xem được mọi thông tin theo khoảng với mục đích tìm nguồn cung hoặc yêu cầu báo giá "
            "từ ngày 01/01/2027.",
        ),
        (
            {"to": "anyone", "cap": [["capability/c1", "hidden"]]},
            "Nobody sees the capability Turning (c1).",
            "Không ai xem được năng lực Tiện (c1).",
        ),
        (
            {"to": "anyone", "until": "2027-01-01", "from": "2027-01-01", "cap": [["capacity", "band"]]},
            "Nobody sees capacity more precisely than in bands on 1 January 2027.",
            "Không ai xem được năng lực sản xuất chi tiết hơn mức khoảng trong ngày 01/01/2027.",
        ),
    ],
)
def test_a_rule_reads_like_this(rule: dict[str, Any], english: str, vietnamese: str) -> None:
    assert said(rule) == (english, vietnamese)


def test_a_cap_on_somebody_says_that_it_also_hides_from_the_public() -> None:
    english, vietnamese = said({"to": {"org": [ACME]}, "cap": [["$listing", "hidden"]]})
    assert english.startswith("Acme does not see the factory at all. ")
    assert "the public, both logs and other nodes), because the capped party could log out." in english
    assert vietnamese.startswith("Acme không xem được nhà máy này. ")
    assert "công chúng, cả hai nhật ký và các nút khác" in vietnamese


def test_verification_is_at_least_in_a_show_and_at_most_in_a_cap() -> None:
    shown, capped = {"to": {"verified": 2}, "show": [["*", "band"]]}, {"to": {"verified": 2}, "cap": [["*", "hidden"]]}
    assert ("level 2 or higher" in said(shown)[0], "mức 2 trở lên" in said(shown)[1]) == (True, True)
    assert ("level 2 or lower" in said(capped)[0], "mức 2 trở xuống" in said(capped)[1]) == (True, True)


def test_a_field_without_bands_is_said_to_be_what_it_is_shown_as() -> None:
    assert said({"to": "anyone", "show": [["country", "band"]]})[0] == "Everybody sees exact country."
    assert (
        said({"to": "anyone", "show": [["contacts", "band"]]})[0] == "Everybody sees whether there is anything under contacts."
    )


def words_of(rule: Rule, place: int) -> list[str]:
    """Everything that decides, as it must stand in the sentence; `place`: 0 for English, 1 for Vietnamese."""
    to, language = rule.to, ("en", "vi")[place]
    words = [KNOWN.organization(each) for each in to.org or ()]
    words += [country(each, language) for each in to.country or ()]  # type: ignore[arg-type]
    words += [*(to.sector or ()), *(to.holds or ()), *(to.nda or ()), *(to.group or ())]
    words += [ROLE[each][place] for each in to.role or ()]
    words += [PURPOSE[each][place] for each in rule.purposes or ()]
    words += [str(to.verified)] if to.verified is not None else []
    words += [each.strftime("%Y") for each in (rule.start, rule.until) if each is not None]
    if to.tier is not None:
        words.append(
            ({1: "member", 2: "partner", 3: "confidential"}, {1: "thành viên", 2: "đối tác", 3: "bảo mật"})[place][to.tier]
        )
    if to.attested is not None:
        words.append(("certification body", "tổ chức chứng nhận")[place])
    for target, _ in rule.targets:
        if target.startswith("capability/"):
            words.append(target.removeprefix("capability/"))
        elif target not in {"*", "$listing"}:
            words.append(noun(target, language))  # type: ignore[arg-type]
    return words


def test_no_atom_target_purpose_or_day_is_left_out() -> None:
    rules = [rule for seed in range(300) for rule in random_policy(Random(seed), catalogue.vocabulary()).rules]
    rules += [*(rule for template in TEMPLATES for rule in template.rules)]
    assert len(rules) > 500
    for rule in rules:
        for place, language in enumerate(("en", "vi")):
            text = rule_sentence(rule, language, KNOWN)  # type: ignore[arg-type]
            missing = [word for word in words_of(rule, place) if word.casefold() not in text.casefold()]
            assert missing == [], (text, rule)
            assert text.endswith("."), text
            assert not any(slip in text for slip in ("  ", " ,", "..", " .")), text


def test_every_field_and_group_has_a_noun_in_both_languages() -> None:
    vocabulary = catalogue.vocabulary()
    for language in ("en", "vi"):
        nouns = [noun(each, language) for each in (*vocabulary.groups, *vocabulary.fields)]  # type: ignore[arg-type]
        assert all(nouns)
        fields = [noun(each, language) for each in vocabulary.fields]  # type: ignore[arg-type]
        assert sorted({each for each in fields if fields.count(each) > 1}) == []


@pytest.mark.parametrize(
    ("grant", "english", "vietnamese"),
    [
        (
            {"tier": Tier.PARTNER},
            "Acme sees what every partner sees for the purpose of requests for quotation from 1 January 2027 until 30 June "
            "2027.",
            "Acme xem được những gì mọi đối tác xem được với mục đích yêu cầu báo giá từ ngày 01/01/2027 đến hết ngày "
            "30/06/2027.",
        ),
        (
            {"tier": Tier.CONFIDENTIAL, "fields": frozenset({"capacity.spare_hours", "hourly_rate"})},
            "Acme sees what every confidential partner sees of spare hours and hourly rate for the purpose of requests for "
            "quotation from 1 January 2027 until 30 June 2027.",
            "Acme xem được những gì mọi đối tác bảo mật xem được về số giờ máy trống và đơn giá giờ máy với mục đích yêu cầu "
            "báo giá từ ngày 01/01/2027 đến hết ngày 30/06/2027.",
        ),
    ],
)
def test_a_grant_reads_like_this(grant: dict[str, Any], english: str, vietnamese: str) -> None:
    made = ActiveGrant(purpose="rfq", start=date(2027, 1, 1), until=date(2027, 6, 30), **grant)
    assert (grant_sentence(made, "Acme", "en"), grant_sentence(made, "Acme", "vi")) == (english, vietnamese)


def test_a_policy_in_words_is_its_own_rules_and_then_those_of_its_templates() -> None:
    document = {"v": 1, "extends": ["stealth"], "rules": [{"id": "mine", "to": "anyone", "show": [["$listing", "exact"]]}]}
    found = policy_sentences(read_policy(document, "F", 1, frozenset()), "en")
    assert [(each.rule, each.template) for each in found] == [
        ("mine", False), ("stealth-partner", True), ("stealth-confidential", True),
    ]  # fmt: skip
