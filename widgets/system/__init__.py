"""How the engine does."""
