"""Datasets, collections and files."""
