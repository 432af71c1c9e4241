"""Carrying imports out: in turns, followed, watched, and cut off anywhere."""
