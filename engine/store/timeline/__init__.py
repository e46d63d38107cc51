"""The timeline: counts, lanes, video."""
