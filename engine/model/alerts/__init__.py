"""Decisions, alerts and who is told of them."""
