"""Rules and grants as English sentences.

Guarantees: every condition, target, level, purpose and day of the rule is in its sentence. Days are inclusive, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from policies import ANYONE, ActiveGrant, Audience, Effect, Level, Rule, Tier
from sharing.sentences.nouns import PURPOSE, ROLE, Known, country, noun
from sharing.sentences.parts import Part, nouns_of, parts

_TIER = {Tier.MEMBER: "member", Tier.PARTNER: "partner", Tier.CONFIDENTIAL: "confidential partner"}
ATTESTED = {"body": "attested by a certification body", "peer": "attested by a peer or a certification body"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
ALSO_THE_PUBLIC = (
    "The same holds for whoever does not say who they are and what they come for (the public, both logs and other nodes), "
    "because the capped party could log out."
)


def rule_sentence(rule: Rule, known: Known) -> str:
    """What one rule says."""
    return (_show if rule.effect is Effect.SHOW else _cap)(rule, known)


def grant_sentence(grant: ActiveGrant, organization: str) -> str:
    """What a grant gives to the organization of this name."""
    tail = f"{_purposes([grant.purpose])} {days(grant.start, grant.until)}"
    fields = None if grant.fields is None else listed([noun(each, "en") for each in nouns_of(grant.fields)])
    if grant.direct:
        return f"{organization} sees exact {fields or 'nothing'} {tail}."
    said = f"what every {_TIER[grant.tier or Tier.MEMBER]} sees"
    return f"{organization} sees {said} {tail}." if fields is None else f"{organization} sees {said} of {fields} {tail}."


def who(to: Audience, known: Known) -> str:
    """An audience on its own: `every buyer in Japan`."""
    text, _ = _subject(to, known)
    return text[:1].lower() + text[1:] if to.org is None else text


def described(to: Audience) -> str:
    """An audience of a show without an article: `buyer in Japan that holds IATF16949`."""
    return _described(to, capped=False)


def day(moment: date) -> str:
    """30 June 2027."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def _show(rule: Rule, known: Known) -> str:
    subject, plural = _subject(rule.to, known)
    seen = [part for part in parts(rule) if part.level > Level.HIDDEN]
    idle = [part for part in parts(rule) if part.level is Level.HIDDEN]
    sentences = []
    if seen:
        begin = f"{subject} {'see' if plural else 'sees'}"
        sentences.append(_sentence(begin, [_seen(each, known) for each in seen], seen, rule))
    if idle:
        sentences.append(_idle(f"Showing {listed(_things(idle[0], known))} as hidden hides nothing", subject, rule, seen))
    return " ".join(sentences)


def _seen(part: Part, known: Known) -> str:
    said = ["that the factory exists"] * part.listing
    said += [f"that the capability {known.capability(each, 'en')} exists" for each in part.capabilities]
    nouns = [noun(each, "en") for each in part.nouns]
    if part.level is Level.EXACT:
        said += ["everything exactly"] * part.everything + ([f"exact {listed(nouns)}"] if nouns else [])
    elif part.level is Level.BAND:
        said += ["everything in bands"] * part.everything + ([f"{listed(nouns)} in bands"] if nouns else [])
    else:
        said += ["of everything whether it is given"] * part.everything
        said += [f"whether there is anything under {listed(nouns, 'or')}"] if nouns else []
    return listed(said)


def _cap(rule: Rule, known: Known) -> str:
    limits = [part for part in parts(rule) if part.level < Level.EXACT]
    idle = [part for part in parts(rule) if part.level is Level.EXACT]
    sentences = []
    if limits:
        subject, plural = _subject(rule.to, known, negative=True)
        if rule.to.org is None:
            said, verb = [_beyond(each, known) for each in limits], f"{subject} sees"
        else:
            said, verb = [_at_most(each, known, plural=plural) for each in limits], subject
        sentences.append(_sentence(verb, said, limits, rule))
    if idle:
        begin = f"Limiting {listed(_things(idle[0], known))} to exact limits nothing"
        sentences.append(_idle(begin, _subject(rule.to, known, capped=True)[0], rule, limits))
    if limits and (rule.to != ANYONE or rule.purposes is not None):
        sentences.append(ALSO_THE_PUBLIC)
    return " ".join(sentences)


def _beyond(part: Part, known: Known) -> str:
    """After "nobody sees"."""
    things = listed(_things(part, known), "or")
    if part.level is Level.HIDDEN:
        return things
    if part.level is Level.BAND:
        return f"{things} more precisely than in bands"
    return f"more of {things} than whether there is anything"


def _at_most(part: Part, known: Known, *, plural: bool) -> str:
    """After the names of organizations."""
    things, see, do = listed(_things(part, known), "or"), "see" if plural else "sees", "do" if plural else "does"
    if part.level is Level.HIDDEN:
        return f"{do} not see {things}"
    if part.level is Level.BAND:
        return f"{see} {listed(_things(part, known))} in bands at most"
    return f"{see} at most whether there is anything under {things}"


def _things(part: Part, known: Known) -> list[str]:
    things = ["the factory at all"] * part.listing if part.level is Level.HIDDEN else ["that the factory exists"] * part.listing
    things += ["anything"] * part.everything
    things += [f"the capability {known.capability(each, 'en')}" for each in part.capabilities]
    return things + [noun(each, "en") for each in part.nouns]


def _sentence(begin: str, said: Sequence[str], from_parts: Sequence[Part], rule: Rule) -> str:
    plain = len(said) == 1 or all(part.size == 1 for part in from_parts)
    tail = " ".join(filter(None, (_purposes(sorted(rule.purposes or ())), days(rule.start, rule.until))))
    body = listed(said) if plain else "; ".join(said)
    return f"{begin} {body}{' ' if plain else ', '}{tail}." if tail else f"{begin} {body}."


def _idle(said: str, subject: str, rule: Rule, others: Sequence[Part]) -> str:
    """What a rule says without effect; for whom stands here unless the rule says something else besides."""
    if others:
        return f"{said}."
    tail = " ".join(filter(None, (_purposes(sorted(rule.purposes or ())), days(rule.start, rule.until))))
    meant = subject if rule.to.org is not None else subject[0].lower() + subject[1:]
    return f"{said}; it is meant for {' '.join(filter(None, (meant.rstrip(','), tail)))}."


def _purposes(purposes: Iterable[str]) -> str:
    named = [PURPOSE[each][0] for each in PURPOSE if each in set(purposes)]
    return f"for the {'purpose' if len(named) == 1 else 'purposes'} of {listed(named, 'or')}" if named else ""


def days(start: date | None, until: date | None) -> str:
    """`from 1 January 2027 until 30 June 2027`; nothing where it is always."""
    if start is not None and start == until:
        return f"on {day(start)}"
    begin = f"from {day(start)}" if start is not None else ""
    end = f"until {day(until)}" if until is not None else ""
    return " ".join(filter(None, (begin, end)))


def _subject(to: Audience, known: Known, *, negative: bool = False, capped: bool = False) -> tuple[str, bool]:
    """Who, and whether the verb is plural."""
    if to == ANYONE:
        return ("Nobody" if negative else "Everybody"), False
    if to.org is None:
        return f"{'No' if negative else 'Every'} {_described(to, capped=negative or capped)}", False
    names = sorted(known.organization(each) for each in to.org)
    plural, rest = len(names) > 1, replace(to, org=None)
    if rest == ANYONE:
        return listed(names), plural
    described = _described(rest, capped=negative or capped)
    return f"{listed(names)}, {'each ' if plural else ''}if it is {_article(described)},", plural


def _described(to: Audience, *, capped: bool) -> str:
    """`buyer in Japan that holds IATF16949`, without an article."""
    roles = [ROLE[each][0] for each in ROLE if each in (to.role or ())]
    noun_ = listed(roles, "or") or "organization"
    clauses = []
    if to.tier is not None:
        noun_ = _TIER[to.tier]
        clauses += [f"is {listed([_article(each) for each in roles], 'or')}"] if roles else []
    adjuncts = []
    if to.country is not None:
        adjuncts.append("in " + listed(sorted(country(each, "en") for each in to.country), "or"))
    if to.sector is not None:
        adjuncts.append(f"of sector {listed(sorted(to.sector), 'or')}")
    if to.verified is not None:
        adjuncts.append(f"verified at level {to.verified} or {'lower' if capped else 'higher'}")
    return noun_ + _after(adjuncts) + _that([*clauses, *_credentials(to)])


def _after(adjuncts: Sequence[str]) -> str:
    return f" {listed(adjuncts)}" if adjuncts else ""


def _that(clauses: Sequence[str]) -> str:
    return f" that {listed(clauses)}" if clauses else ""


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"


def _credentials(to: Audience) -> list[str]:
    clauses = []
    if to.holds is not None:
        how = f" {ATTESTED[to.attested]}" if to.attested is not None else ""
        clauses.append(f"holds {listed(sorted(to.holds))}{how}")
    if to.nda is not None:
        clauses.append(f"has the agreement {listed(sorted(to.nda), 'or')} with you")
    if to.group is not None:
        clauses.append(f"is on your list {listed(sorted(to.group), 'or')}")
    return clauses
