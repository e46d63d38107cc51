"""Taught gestures and their takes."""
