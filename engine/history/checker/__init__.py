"""The check of every sentence of an answer against the record."""
