"""Radio sensing."""
