"""Incidents that people report, and the external classifier."""
