"""Review items: what an operator goes through after the fact, one row per occurrence."""
