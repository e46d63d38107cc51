"""Footage: pictures of any moment, from recordings and clips."""
