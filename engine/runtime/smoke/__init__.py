"""The smoke watch."""
