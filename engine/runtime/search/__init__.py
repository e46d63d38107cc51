"""The timeline and searches of the record."""
