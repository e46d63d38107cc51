"""Smoke: frames become sequences, sequences are validated, their bearings cross, and what crosses is one plume."""
