"""Palette and catalogue of commands."""
