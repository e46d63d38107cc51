"""Settings and secrets of a site."""
