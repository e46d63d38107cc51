"""Replay of the record through the same pipeline, and the comparison of two runs."""
