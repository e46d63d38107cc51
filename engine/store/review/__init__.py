"""Review items and who reviewed them."""
