"""Fire weather."""
