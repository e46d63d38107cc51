"""Falls by radio."""
