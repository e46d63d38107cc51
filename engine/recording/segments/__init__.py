"""Continuous recordings."""
