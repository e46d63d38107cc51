"""Replays of the record."""
