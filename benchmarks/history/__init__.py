"""The record: replay, timeline, questions."""
