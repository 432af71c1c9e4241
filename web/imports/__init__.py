"""Bringing runs in: from Galaxy, from crates, from a dropbox."""
