"""What is shared: the catalogue, factories, grants, search, audits, ledger, demand and exchange formats.

Guarantees: a factory's private record leaves this package only as a `Projection`, cut down to one decision.
Does not know HTTP, pages or the command line.
"""
