"""Questions in words: slots and turns of phrase added up to one query."""
