"""Alerts on their way to people: which are told to whom and when, what is said, and the ways themselves."""
