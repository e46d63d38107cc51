"""Atlas, asked over a queue that survives a crash."""
