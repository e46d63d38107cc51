"""The risk map."""
