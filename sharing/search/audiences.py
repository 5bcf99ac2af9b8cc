"""Policies turned sideways: for each condition of the network and each mask under it, the records whose policy has
that row.

Guarantees: independent of any viewer. The bits of a mask that every factory has alike (fields and `$listing`) are
kept per mask; the listing of a capability that a policy names is kept by record id, because its bit means something
in that policy alone.

State owned here: the condition table, the compiled policies and the bitmaps per condition.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from policies import CompiledPolicy, ConditionTable, Policy, Vocabulary, compile_policy
from sharing.search.bitmaps import Bitmap, bitmap
from sharing.search.dense import Run
from sharing.search.ruled import Ruled

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
        self._ruled = Ruled()
        self._compiled: dict[int, tuple[Policy, CompiledPolicy]] = {}
        self._common = (1 << 3 * vocabulary.width) - 1

    def __len__(self) -> int:
        """How many policies are kept, those among them that no factory has any more."""
        return len(self._ruled)

    def policy(self, head: int) -> CompiledPolicy:
        """The policy of the factory with this head."""
        return self._ruled.of(head, self.vocabulary)

    def tighten(self, heads: int) -> None:
        """Arrays of about the size that they need."""
        self._ruled.tighten(heads)

    def add(self, policy: Policy, run: Run, capability_ids: tuple[str, ...]) -> None:
        """Enter a factory's policy; `capability_ids` in the order of its run."""
        compiled = self._compile(policy)
        self.rows += [Rows() for _ in range(len(self.conditions) - len(self.rows))]
        self._ruled.put(run.head, compiled)
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

    def remove(self, run: Run) -> None:
        """Take a factory's policy out again."""
        compiled = self.policy(run.head)
        self._ruled.remove(run.head)
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
        # Most owners keep a template's rules to the letter, and compiling costs more than all else on the way in. Policies
        # with equal rules share them, so they are known by where they stand.
        known = self._compiled.get(id(policy.rules))
        if known is not None and known[0].rules is policy.rules and known[0].inherited is policy.inherited:
            return known[1]
        if len(self._compiled) >= REMEMBERED:
            self._compiled.clear()
        compiled = compile_policy(policy, self.vocabulary, self.conditions)
        self._compiled[id(policy.rules)] = (policy, compiled)
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
