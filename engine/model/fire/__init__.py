"""Fire weather and smoke."""
