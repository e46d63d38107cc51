"""The floor plan and its points; places for nodes."""
