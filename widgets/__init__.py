"""Qt views that draw the engine's immutable values."""
