"""Review items as a list: rows that unfold into their events, play under the pointer and are marked as reviewed."""
