"""The planner by Claude: its tools, limits, prices and pseudonyms."""
