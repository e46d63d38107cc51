"""The floor from above: plans of cameras, nodes, places and points."""
