"""Recorded video: one clip, and several cameras of one moment."""
