"""How the engine is doing, and telling of it."""
