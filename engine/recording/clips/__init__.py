"""Clips of events: written, mended, masked, their pictures."""
