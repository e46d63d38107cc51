"""Incidents and what people reported."""
