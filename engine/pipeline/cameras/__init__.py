"""Lanes of cameras: people, things, motion, faults, zones."""
