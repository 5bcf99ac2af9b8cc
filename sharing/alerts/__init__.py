"""Saved searches, and what changed in them for the viewer whose search it is.

`saved` keeps them, `looking` looks again when one is due and notes what differs, `listing` tells it; `differences` is the
pure part.
"""
