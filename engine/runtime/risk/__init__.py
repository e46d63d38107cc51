"""The risk map and its forecast."""
