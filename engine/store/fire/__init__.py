"""Fire weather, smoke and risk."""
