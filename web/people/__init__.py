"""Signing in, the account, groups."""
