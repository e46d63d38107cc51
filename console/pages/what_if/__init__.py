"""Replay and other settings tried on the past, on the Investigate page."""
