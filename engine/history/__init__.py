"""Questions over the record: what was asked in words, and replay of the record through the same pipeline."""
