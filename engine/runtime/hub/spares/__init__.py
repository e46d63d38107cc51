"""Spare engines: a site's lease and its sealed settings on one side, the engine that stands in for it on the other (decision 317)."""
