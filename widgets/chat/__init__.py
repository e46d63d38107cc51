"""Questions about the record and their answers."""
