"""Copies, retention, import of settings."""
