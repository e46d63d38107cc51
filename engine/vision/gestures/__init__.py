"""Gestures that were taught: what they look like, how sure a match is, and when one was performed."""
