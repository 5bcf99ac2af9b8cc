"""One viewer's world as bitmaps: which records exist for them, and which of those show a field at which level.

Guarantees: equal, record by record, to `decide_compiled` for this viewer, on this day, with their relations; a head
record exists only where its factory is listed and shows no capability. Bitmaps are made when first asked for and kept
right as factories change.
Does not guarantee: anything after the viewer's attributes, relations or the day changed; then it is another view
(`Index.view`).
"""

from collections.abc import Mapping
from datetime import date

from policies import NO_RELATION, CompiledPlatform, Kleene, Level, Relation, Viewer, decide_compiled, platform_bits
from policies.model import LISTING
from sharing.catalogue import FIELDS
from sharing.search.audiences import Audiences, Rows
from sharing.search.bitmaps import Bitmap, bitmap, rids_of, union
from sharing.search.dense import RecordIds, Run

_SHOWN = {each.key: tuple(each.shown(level) for level in Level) for each in FIELDS}


class View:
    """The world of one viewer; `records` are the ids that exist in it."""

    def __init__(
        self,
        *,
        viewer: Viewer,
        relations: Mapping[str, Relation],
        day: date,
        audiences: Audiences,
        ids: RecordIds,
        platform: CompiledPlatform,
    ) -> None:
        self._viewer = viewer
        self._relations = relations
        self._day = day
        self._audiences = audiences
        self._ids = ids
        self._platform = platform
        self._forbidden = platform_bits(platform, audiences.conditions, viewer, day)
        self._judged = 0
        self._showing: list[Rows] = []
        self._capping: list[Rows] = []
        self._shown: dict[tuple[str, Level], Bitmap] = {}
        # Factories with a relation are decided one by one: (run, bits of the decision, visible records).
        self._related = {
            factory_id: self._decide(factory_id, ids.runs[factory_id]) for factory_id in relations if factory_id in ids.runs
        }
        self.records = self._existing()

    def shown(self, key: str, step: Level) -> Bitmap:
        """The visible records whose factory shows field `key` exactly at `step`, as its chain shows it."""
        known = self._shown.get((key, step))
        if known is None:
            known = self._shown[key, step] = self._make(key, step)
        return known

    def forget(self, factory_id: str, run: Run) -> None:
        """Take a factory's records out, before it changes or goes."""
        self._related.pop(factory_id, None)
        self.records.remove_range(run.head, run.head + run.size)
        for members in self._shown.values():
            members.remove_range(run.head, run.head + run.size)

    def learn(self, factory_id: str, run: Run) -> None:
        """Decide a new or changed factory, whose records were forgotten before."""
        bits, visible = decided = self._decide(factory_id, run)
        if factory_id in self._relations:
            self._related[factory_id] = decided
        for rid in visible:
            self.records.add(rid)
        for (key, step), members in self._shown.items():
            if self._step(key, bits) is step:
                for rid in visible:
                    members.add(rid)

    def _decide(self, factory_id: str, run: Run) -> tuple[int, tuple[int, ...]]:
        relation = self._relations.get(factory_id, NO_RELATION)
        compiled = self._audiences.policy(run.head)
        decision = decide_compiled(compiled, self._audiences.conditions, self._viewer, relation, self._day, self._platform)
        if not decision.listed:
            return 0, ()
        listed = tuple(
            run.head + 1 + at
            for at, capability_id in enumerate(self._ids.capability_ids(run))
            if not compiled.capabilities or decision.capability_listed(capability_id)
        )
        return decision.bits, listed or (run.head,)

    def _step(self, key: str, bits: int) -> Level:
        vocabulary = self._audiences.vocabulary
        own, width = bits >> vocabulary.positions[key], vocabulary.width
        return _SHOWN[key][(own & 1) + (own >> width & 1) + (own >> 2 * width & 1)]

    def _follow(self) -> None:
        """Judge the conditions that came since the last look, for this viewer without relation."""
        judged = self._judged
        truths = self._audiences.conditions.generic_truths(self._viewer, self._day, since=judged)
        # Conditions of the platform's caps alone have no rows (yet), so the table may be the longer one.
        for rows, truth in zip(self._audiences.rows[judged:], truths, strict=False):
            self._judged += 1
            if truth == Kleene.TRUE:
                self._showing.append(rows)
            if truth != Kleene.FALSE:
                self._capping.append(rows)

    def _having(self, position: int, level: Level) -> Bitmap:
        """Records (of any kind) whose generic decision has the bit of a level, before the listing is asked."""
        bit = 1 << (position + self._audiences.vocabulary.width * (level - 1))
        if self._forbidden & bit:
            return bitmap()
        self._follow()
        having = union(members for rows in self._showing for mask, members in rows.shows.items() if mask & bit)
        caps = [members for rows in self._capping for mask, members in rows.caps.items() if mask & bit]
        return having - union(caps) if caps else having

    def _reaching(self, key: str, level: Level) -> Bitmap:
        """The same of a field, which also needs the bits of everything that it is derived from."""
        vocabulary = self._audiences.vocabulary
        having = self._having(vocabulary.position(key), level)
        for each in vocabulary.inputs.get(key, ()):
            having = having & self._having(vocabulary.position(each), level)
        return having

    def _existing(self) -> Bitmap:
        ids = self._ids
        listed = self._having(self._audiences.vocabulary.position(LISTING), Level.EXISTENCE)
        named = self._audiences.named
        shown = union(rows.shown_capabilities for rows in self._showing)
        capped = union(rows.capped_capabilities for rows in self._capping)
        unlisted = named - (shown - capped)
        capabilities = (listed - ids.heads) - unlisted
        bare = (listed & ids.heads) & (ids.bare | self._emptied(unlisted, capabilities))
        existing = capabilities | bare
        for factory_id, (_, visible) in self._related.items():
            run = ids.runs[factory_id]
            existing.remove_range(run.head, run.head + run.size)
            for rid in visible:
                existing.add(rid)
        return existing

    def _emptied(self, unlisted: Bitmap, capabilities: Bitmap) -> Bitmap:
        """Heads of factories all of whose capabilities are unlisted."""
        heads = {int(head) for head in self._ids.head_of[rids_of(unlisted)]}
        return bitmap(sorted(head for head in heads if not capabilities.range_cardinality(head, self._ids.end_of(head))))

    def _make(self, key: str, step: Level) -> Bitmap:
        reached = [level for level in Level if level > Level.HIDDEN and _SHOWN[key][level] is step]
        if not reached:
            return bitmap()
        # The decision's bits of a field are cumulative, so "exactly at step" is one level reached and the next not.
        members = self._reaching(key, reached[0])
        if reached[-1] < Level.EXACT:
            members = members - self._reaching(key, Level(reached[-1] + 1))
        members = members & self.records
        for factory_id, (bits, visible) in self._related.items():
            run = self._ids.runs[factory_id]
            members.remove_range(run.head, run.head + run.size)
            if self._step(key, bits) is step:
                for rid in visible:
                    members.add(rid)
        return members
