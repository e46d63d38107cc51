"""Guided help: advice and its cards."""
