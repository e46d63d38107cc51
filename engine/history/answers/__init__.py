"""Answers in words to the findings of a query."""
