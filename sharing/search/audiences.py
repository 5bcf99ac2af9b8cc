"""Policies turned sideways: for each condition of the network and each mask under it, the records whose policy has
that row.

Guarantees: independent of any viewer. The bits of a mask that every factory has alike (fields and `$listing`) are
kept per mask; the listing of a capability that a policy names is kept by record id, because its bit means something
in that policy alone.

State owned here: the condition table, the compiled policies and the bitmaps per condition.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from policies import CompiledPolicy, ConditionTable, Policy, Rule, Vocabulary, compile_policy
from sharing.search.bitmaps import Bitmap, bitmap
from sharing.search.dense import Run

REMEMBERED = 1024


@dataclass(slots=True)
class Rows:
    """Under one condition: records by the bits shown, by the bits cleared, and named capabilities shown or cleared."""

    shows: dict[int, Bitmap] = field(default_factory=dict)
    caps: dict[int, Bitmap] = field(default_factory=dict)
    shown_capabilities: Bitmap = field(default_factory=bitmap)
    capped_capabilities: Bitmap = field(default_factory=bitmap)


class Audiences:
    """All compiled policies, by condition."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.conditions = ConditionTable()
        self.rows: list[Rows] = []  # by condition number; a condition stays though its last policy went
        self.named: Bitmap = bitmap()
        self.policies: dict[str, CompiledPolicy] = {}
        self._compiled: dict[tuple[Rule, ...], CompiledPolicy] = {}
        self._common = (1 << 3 * vocabulary.width) - 1

    def add(self, factory_id: str, policy: Policy, run: Run, capability_ids: tuple[str, ...]) -> CompiledPolicy:
        """Enter a factory's policy; `capability_ids` in the order of its run."""
        compiled = self._compile(policy)
        self.rows += [Rows() for _ in range(len(self.conditions) - len(self.rows))]
        self.policies[factory_id] = compiled
        rids = self._named_rids(compiled, run, capability_ids)
        for rid in rids:
            if rid is not None:
                self.named.add(rid)
        for condition, show, cap in compiled.rows:
            rows = self.rows[condition]
            for masks, capabilities, bits in (
                (rows.shows, rows.shown_capabilities, show),
                (rows.caps, rows.capped_capabilities, cap),
            ):
                if bits & self._common:
                    masks.setdefault(bits & self._common, bitmap()).add_range(run.head, run.end)
                for rid in self._of_bits(bits, rids):
                    capabilities.add(rid)
        return compiled

    def remove(self, factory_id: str, run: Run) -> None:
        """Take a factory's policy out again."""
        compiled = self.policies.pop(factory_id)
        start, end = run.head, run.head + run.size
        self.named.remove_range(start, end)
        for condition, show, cap in compiled.rows:
            rows = self.rows[condition]
            for masks, capabilities, bits in (
                (rows.shows, rows.shown_capabilities, show),
                (rows.caps, rows.capped_capabilities, cap),
            ):
                capabilities.remove_range(start, end)
                members = masks.get(bits & self._common)
                if members is not None:
                    members.remove_range(start, end)
                    if not members:
                        del masks[bits & self._common]

    def _compile(self, policy: Policy) -> CompiledPolicy:
        # Most owners keep a template's rules to the letter, and compiling costs more than all else on the way in.
        compiled = self._compiled.get(policy.effective)
        if compiled is None:
            if len(self._compiled) >= REMEMBERED:
                self._compiled.clear()
            compiled = self._compiled[policy.effective] = compile_policy(policy, self.vocabulary, self.conditions)
        return compiled

    def _named_rids(self, compiled: CompiledPolicy, run: Run, capability_ids: tuple[str, ...]) -> list[int | None]:
        # A policy may still name a capability that the record no longer has.
        place = {capability_id: run.head + 1 + at for at, capability_id in enumerate(capability_ids)}
        return [place.get(name) for name in compiled.capabilities]

    def _of_bits(self, bits: int, rids: list[int | None]) -> Iterator[int]:
        listings = bits >> 3 * self.vocabulary.width
        for at, rid in enumerate(rids):
            if rid is not None and listings >> at & 1:
                yield rid
