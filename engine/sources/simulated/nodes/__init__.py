"""Simulated nodes and phones."""
