"""Theme tokens: one file per theme."""
