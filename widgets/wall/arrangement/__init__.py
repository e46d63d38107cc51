"""The arrangement of the wall: plan, grid, edits, keys."""
