"""Playback of recorded video."""
