"""Who and what is let in: connections, sizes, turns, tokens, origins."""
