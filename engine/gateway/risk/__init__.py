"""The risk map, fire and smoke over HTTP."""
