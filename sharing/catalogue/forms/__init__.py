"""The forms that values of the catalogue take; each reads, coarsens and describes its own."""
