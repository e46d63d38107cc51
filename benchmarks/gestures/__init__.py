"""Gestures and falls."""
