"""Queries: what is asked of the record, and how it is read."""
