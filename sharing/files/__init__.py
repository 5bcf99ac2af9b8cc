"""Attached files: kept once by their digest for each organization, named by its profiles, given out as attachments."""
