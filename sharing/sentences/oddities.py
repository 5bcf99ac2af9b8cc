"""What is odd about a policy, in words: English and Vietnamese."""

from __future__ import annotations

from policies.odd import Odd, Oddity
from sharing.sentences import english, vietnamese
from sharing.sentences.nouns import Language, noun


def odd_words(odd: Odd, language: Language) -> str:
    """One finding as a sentence."""
    place = 0 if language == "en" else 1
    speak = english.listed if place == 0 else vietnamese.listed
    fields = speak([_noun(each, language) for each in odd.fields])
    others = speak([_noun(each, language) for each in odd.others])
    by = speak([str(each) for each in dict.fromkeys(odd.by)])
    day = "" if odd.day is None else (english.day(odd.day) if place == 0 else vietnamese.day(odd.day))
    rule = by if odd.rule is None else str(odd.rule)
    return {
        Oddity.DEAD: (
            f"No viewer can come under rule {rule} any more.",
            f"Không người xem nào còn có thể thuộc quy tắc {rule}.",
        ),
        Oddity.SHADOWED: (
            f"Rule {rule} shows nothing that {by} does not show to the same viewers.",
            f"Quy tắc {rule} không cho xem gì ngoài những gì {by} đã cho cùng những người xem đó.",
        ),
        Oddity.NEVER_SEEN: (
            f"What rule {rule} shows, {by} hides from everybody.",
            f"Những gì quy tắc {rule} cho xem đều bị {by} ẩn với mọi người.",
        ),
        Oddity.CAP_SHADOWED: (
            f"Rule {rule} limits nothing that {by} does not limit as much.",
            f"Quy tắc {rule} không giới hạn gì ngoài những gì {by} đã giới hạn.",
        ),
        Oddity.CAP_NEVER_BITES: (
            f"Rule {rule} limits what no rule ever shows to anybody whom it meets.",
            f"Quy tắc {rule} giới hạn những gì không quy tắc nào cho ai thuộc nó xem.",
        ),
        Oddity.EXPIRING: (f"Rule {rule} ends with {day}.", f"Quy tắc {rule} kết thúc hết ngày {day}."),
        Oddity.PLACE_BESIDE_HIDDEN_NAME: (
            f"Somebody sees the exact {fields}, which tells whose factory it is, while {others} are hidden from them.",
            f"Có người xem được {fields} chính xác, tức là biết nhà máy của ai, trong khi {others} bị ẩn với họ.",
        ),
        Oddity.IDENTIFYING: (
            f"Together {fields} point to your factory: {odd.count} in the published directory "
            f"{'fits' if odd.count == 1 else 'fit'}, while the name is hidden.",
            f"Kết hợp {fields} chỉ ra nhà máy của bạn: chỉ {odd.count} nhà máy trong danh bạ công khai phù hợp, dù tên bị ẩn.",
        ),
        Oddity.DERIVED_CUT: (
            f"Rule {rule} shows {fields} more precisely than {others} allow, from which it follows: it is shown no finer.",
            f"Quy tắc {rule} cho xem {fields} chi tiết hơn mức mà {others} cho phép: thực tế không được chi tiết hơn.",
        ),
        Oddity.DERIVED_COMPUTABLE: (
            f"Whoever sees {others} can work out {fields} more precisely than you show it.",
            f"Ai xem được {others} có thể tính ra {fields} chi tiết hơn mức bạn cho xem.",
        ),
    }[odd.code][place]


def _noun(key: str, language: Language) -> str:
    if key == "$listing":
        return ("the factory", "nhà máy")[0 if language == "en" else 1]
    return key if key.startswith("capability/") else noun(key, language)
