"""Continuous video."""
