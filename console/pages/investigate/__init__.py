"""Investigate."""
