"""Continuous recordings: their tables, locks and marks."""
