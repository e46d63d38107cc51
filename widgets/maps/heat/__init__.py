"""Risk as colours on a map, and their legend."""
