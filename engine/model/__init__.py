"""Immutable values and protocols that every room shares. Imports the standard library and numpy only."""
