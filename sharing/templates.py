"""Rules that an owner takes over whole by naming them in `extends`.

Guarantees: a version of a template never changes, its rules have ids that no other template uses, and a policy is saved
with the version's number and its rules written out, so that a later version changes no policy that was saved before.
A name without a version means the newest one, at the moment of saving.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from policies import Audience, Effect, Level, Policy, Rule, RuleId, Tier
from policies.model import ANYONE, LISTING

Targets = tuple[tuple[str, Level], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version. `name` with `version` is what a saved policy names; titles and notes are for people."""

    name: str
    version: int
    title_en: str
    title_vi: str
    note_en: str
    note_vi: str
    rules: tuple[Rule, ...]

    @property
    def key(self) -> str:
        """`open-card@1`."""
        return f"{self.name}@{self.version}"


def _show(id_: str, to: Audience, targets: Targets) -> Rule:
    return Rule(id=RuleId(id_), to=to, effect=Effect.SHOW, targets=targets)


def _at(level: Level, *groups: str) -> Targets:
    return tuple((group, level) for group in groups)


NDA = "standard"
"""The agreement that *NDA exact* asks for, as `POST /v1/ndas` names it."""

TEMPLATES: tuple[Template, ...] = (
    Template(
        name="open-card",
        version=1,
        title_en="Open card",
        title_vi="Danh thiếp mở",
        note_en="Everybody finds the factory, its processes and materials, and where it is in general.",
        note_vi="Mọi người tìm thấy nhà máy, công nghệ, vật liệu và khu vực của nhà máy.",
        rules=(
            _show(
                "open-card",
                ANYONE,
                (
                    *_at(Level.EXACT, LISTING, "identity", "process", "material", "classification", "certificate.scheme"),
                    *_at(Level.BAND, "location"),
                    *_at(Level.EXISTENCE, "certificate"),
                ),
            ),
        ),
    ),
    Template(
        name="bands-for-members",
        version=1,
        title_en="Bands for members",
        title_vi="Theo khoảng cho thành viên",
        note_en="Members of the network see sizes, precision, times and free hours in bands; the public sees nothing by it.",
        note_vi="Thành viên của mạng lưới xem kích thước, độ chính xác, thời gian và giờ trống theo khoảng.",
        rules=(
            _show(
                "bands-for-members",
                Audience(tier=Tier.MEMBER),
                (
                    *_at(Level.EXACT, LISTING, "identity", "process", "material", "classification", "certificate"),
                    *_at(Level.BAND, "location", "geometry", "tolerance", "lot", "lead_time", "capacity", "quality", "people"),
                    *_at(Level.EXISTENCE, "equipment", "contact"),
                ),
            ),
        ),
    ),
    Template(
        name="nda-exact",
        version=1,
        title_en="NDA exact",
        title_vi="Chính xác khi có NDA",
        note_en=f"Who has the agreement `{NDA}` with you sees what is technical exactly, and whom to call.",
        note_vi=f"Ai có thỏa thuận `{NDA}` với bạn xem chính xác các thông tin kỹ thuật và người liên hệ.",
        rules=(
            _show(
                "nda-exact",
                Audience(nda=frozenset({NDA})),
                _at(
                    Level.EXACT,
                    *(LISTING, "identity", "location", "contact", "process", "material", "geometry", "tolerance", "lot"),
                    *("lead_time", "capacity", "certificate", "classification", "equipment", "quality"),
                ),
            ),
        ),
    ),
    Template(
        name="stealth",
        version=1,
        title_en="Stealth (partners only)",
        title_vi="Ẩn (chỉ đối tác)",
        note_en="For everybody but your partners there is no such factory.",
        note_vi="Ngoài đối tác của bạn, không ai biết có nhà máy này.",
        rules=(
            _show(
                "stealth-partner",
                Audience(tier=Tier.PARTNER),
                (
                    *_at(Level.BAND, "*"),
                    *_at(Level.EXACT, LISTING, "identity", "location", "contact", "process", "certificate"),
                ),
            ),
            _show("stealth-confidential", Audience(tier=Tier.CONFIDENTIAL), _at(Level.EXACT, "*")),
        ),
    ),
)


@cache
def newest() -> Mapping[str, Template]:
    """The newest version of each template, by name without version."""
    return MappingProxyType({each.name: each for each in sorted(TEMPLATES, key=lambda each: each.version)})


@cache
def offered() -> Mapping[str, tuple[Rule, ...]]:
    """What `extends` may name: every version by its key, and the newest by name."""
    return MappingProxyType(
        {each.key: each.rules for each in TEMPLATES} | {name: each.rules for name, each in newest().items()},
    )


def pinned(policy: Policy) -> Policy:
    """The policy with a version at each name in `extends`, and each template's rules once."""
    keys = sorted({newest()[name].key if name in newest() else name for name in policy.extends})
    return replace(policy, extends=tuple(keys), inherited=tuple(rule for key in keys for rule in offered().get(key, ())))
