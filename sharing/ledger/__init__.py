"""The ledger: what was disclosed of whose factories to whom, under which rules and for what, kept for the owner.

Rooms: `sight` (for whom a projection was made), `collecting` (what a request gives out), `recording` (the insert before the
answer leaves), `legend` (fields and levels as a text), `leaves` (a row as it is hashed), `sealing` (the owner's Merkle tree and
its signed heads), `reading` (what the owner asks), `exporting`, `checking`, `probing`, `retention`.
Guarantees, and what none of them can guarantee, are in docs/adr/0024 and 0025.
"""
