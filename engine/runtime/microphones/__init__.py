"""Microphones, spoken names, and listening to a camera."""
