"""Map tiles."""
