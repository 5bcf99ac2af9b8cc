"""Rules and grants as Vietnamese sentences.

Guarantees: every condition, target, level, purpose and day of the rule is in its sentence. Days are inclusive, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from policies import ANYONE, ActiveGrant, Audience, Effect, Level, Rule, Tier
from sharing.sentences.nouns import PURPOSE, ROLE, Known, country, noun
from sharing.sentences.parts import Part, nouns_of, parts

_TIER = {Tier.MEMBER: "thành viên", Tier.PARTNER: "đối tác", Tier.CONFIDENTIAL: "đối tác bảo mật"}
ATTESTED = {"body": "do tổ chức chứng nhận xác nhận", "peer": "do bên đánh giá ngang hàng hoặc tổ chức chứng nhận xác nhận"}
ALSO_THE_PUBLIC = (
    "Giới hạn này cũng áp dụng cho bất kỳ ai không cho biết mình là ai và đến với mục đích gì "
    "(công chúng, cả hai nhật ký và các nút khác), vì bên bị giới hạn có thể đăng xuất."
)


def rule_sentence(rule: Rule, known: Known) -> str:
    """What one rule says."""
    return (_show if rule.effect is Effect.SHOW else _cap)(rule, known)


def grant_sentence(grant: ActiveGrant, organization: str) -> str:
    """What a grant gives to the organization of this name."""
    tail = f"{_purposes([grant.purpose])} {days(grant.start, grant.until)}"
    fields = None if grant.fields is None else listed([noun(each, "vi") for each in nouns_of(grant.fields)])
    if grant.direct:
        return f"{organization} xem được {fields or 'không gì'} chính xác {tail}."
    said = f"những gì mọi {_TIER[grant.tier or Tier.MEMBER]} xem được"
    about = "" if fields is None else f" về {fields}"
    return f"{organization} xem được {said}{about} {tail}."


def who(to: Audience, known: Known) -> str:
    """An audience on its own: `mọi bên mua ở Nhật Bản`."""
    text = _subject(to, known, capped=False)
    return text[:1].lower() + text[1:] if to.org is None else text


def described(to: Audience) -> str:
    """An audience of a show: `bên mua ở Nhật Bản, có chứng nhận IATF16949`."""
    return _described(to, capped=False)


def day(moment: date) -> str:
    """30/06/2027."""
    return f"{moment.day:02}/{moment.month:02}/{moment.year}"


def listed(words: Sequence[str], last: str = "và") -> str:
    """a, b và c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def _show(rule: Rule, known: Known) -> str:
    subject = _subject(rule.to, known, capped=False)
    seen = [part for part in parts(rule) if part.level > Level.HIDDEN]
    idle = [part for part in parts(rule) if part.level is Level.HIDDEN]
    sentences = [_sentence(subject, [_seen(each, known) for each in seen], rule)] if seen else []
    if idle:
        sentences.append(_idle(f"Cho xem {listed(_things(idle[0], known))} ở mức ẩn không ẩn được gì", subject, rule, seen))
    return " ".join(sentences)


def _seen(part: Part, known: Known) -> str:
    said = ["biết rằng có nhà máy này"] * part.listing
    said += [f"biết rằng có năng lực {known.capability(each, 'vi')}" for each in part.capabilities]
    nouns = [noun(each, "vi") for each in part.nouns]
    if part.level is Level.EXACT:
        said += ["xem được mọi thông tin chính xác"] * part.everything
        said += [f"xem được {listed(nouns)} chính xác"] if nouns else []
    elif part.level is Level.BAND:
        said += ["xem được mọi thông tin theo khoảng"] * part.everything
        said += [f"xem được {listed(nouns)} theo khoảng"] if nouns else []
    else:
        said += ["biết từng thông tin có được cung cấp hay không"] * part.everything
        said += [f"biết có thông tin về {listed(nouns, 'hoặc')} hay không"] if nouns else []
    return listed(said)


def _cap(rule: Rule, known: Known) -> str:
    limits = [part for part in parts(rule) if part.level < Level.EXACT]
    idle = [part for part in parts(rule) if part.level is Level.EXACT]
    sentences = []
    if limits:
        nobody = rule.to == ANYONE
        subject = "Không ai" if nobody else _subject(rule.to, known, capped=True)
        sentences.append(_sentence(subject, [(_beyond if nobody else _at_most)(each, known) for each in limits], rule))
    if idle:
        begin = f"Giới hạn {listed(_things(idle[0], known))} ở mức chính xác không giới hạn gì"
        sentences.append(_idle(begin, _subject(rule.to, known, capped=True), rule, limits))
    if limits and (rule.to != ANYONE or rule.purposes is not None):
        sentences.append(ALSO_THE_PUBLIC)
    return " ".join(sentences)


def _beyond(part: Part, known: Known) -> str:
    """After "không ai"."""
    things = listed(_things(part, known), "hoặc")
    if part.level is Level.HIDDEN:
        return f"xem được {things}"
    if part.level is Level.BAND:
        return f"xem được {things} chi tiết hơn mức khoảng"
    return f"biết về {things} nhiều hơn việc có thông tin hay không"


def _at_most(part: Part, known: Known) -> str:
    things = listed(_things(part, known), "hoặc")
    if part.level is Level.HIDDEN:
        return f"không xem được {things}"
    if part.level is Level.BAND:
        return f"chỉ xem được {listed(_things(part, known))} theo khoảng, không chi tiết hơn"
    return f"chỉ biết có thông tin về {things} hay không"


def _things(part: Part, known: Known) -> list[str]:
    things = ["nhà máy này"] * part.listing + ["bất kỳ thông tin nào"] * part.everything
    things += [f"năng lực {known.capability(each, 'vi')}" for each in part.capabilities]
    return things + [noun(each, "vi") for each in part.nouns]


def _sentence(subject: str, said: Sequence[str], rule: Rule) -> str:
    tail = " ".join(filter(None, (_purposes(sorted(rule.purposes or ())), days(rule.start, rule.until))))
    joint = " " if len(said) == 1 else ", "
    return f"{subject} {'; '.join(said)}{joint + tail if tail else ''}."


def _idle(said: str, subject: str, rule: Rule, others: Sequence[Part]) -> str:
    """What a rule says without effect; for whom stands here unless the rule says something else besides."""
    if others:
        return f"{said}."
    tail = " ".join(filter(None, (_purposes(sorted(rule.purposes or ())), days(rule.start, rule.until))))
    meant = subject if rule.to.org is not None else subject[0].lower() + subject[1:]
    return f"{said}; quy tắc này dành cho {' '.join(filter(None, (meant.rstrip(','), tail)))}."


def _purposes(purposes: Iterable[str]) -> str:
    named = [PURPOSE[each][1] for each in PURPOSE if each in set(purposes)]
    return f"với mục đích {listed(named, 'hoặc')}" if named else ""


def days(start: date | None, until: date | None) -> str:
    """`từ ngày 01/01/2027 đến hết ngày 30/06/2027`; nothing where it is always."""
    if start is not None and start == until:
        return f"trong ngày {day(start)}"
    begin = f"từ ngày {day(start)}" if start is not None else ""
    end = f"đến hết ngày {day(until)}" if until is not None else ""
    return " ".join(filter(None, (begin, end)))


def _subject(to: Audience, known: Known, *, capped: bool) -> str:
    if to == ANYONE:
        return "Mọi người"
    if to.org is None:
        return f"Mọi {_described(to, capped=capped)}"
    names, rest = sorted(known.organization(each) for each in to.org), replace(to, org=None)
    if rest == ANYONE:
        return listed(names)
    return f"{listed(names)}, nếu là {_described(rest, capped=capped)},"


def _described(to: Audience, *, capped: bool) -> str:
    """`bên mua ở Nhật Bản, có chứng nhận IATF16949`."""
    roles = listed([ROLE[each][1] for each in ROLE if each in (to.role or ())], "hoặc")
    said = []
    if to.tier is not None:
        noun_ = _TIER[to.tier]
        said += [f"là {roles}"] if roles else []
    else:
        noun_ = roles or "tổ chức"
    if to.country is not None:
        said.append("ở " + listed(sorted(country(each, "vi") for each in to.country), "hoặc"))
    if to.sector is not None:
        said.append(f"thuộc ngành {listed(sorted(to.sector), 'hoặc')}")
    if to.verified is not None:
        said.append(f"được xác minh từ mức {to.verified} trở {'xuống' if capped else 'lên'}")
    if to.holds is not None:
        how = f" {ATTESTED[to.attested]}" if to.attested is not None else ""
        said.append(f"có chứng nhận {listed(sorted(to.holds))}{how}")
    if to.nda is not None:
        said.append(f"có thỏa thuận {listed(sorted(to.nda), 'hoặc')} với bạn")
    if to.group is not None:
        said.append(f"có trong danh sách {listed(sorted(to.group), 'hoặc')} của bạn")
    return f"{noun_} {', '.join(said)}" if said else noun_
