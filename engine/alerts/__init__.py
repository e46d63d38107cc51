"""Gates and decisions."""
