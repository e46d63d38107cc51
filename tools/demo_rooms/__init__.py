"""Paints the rooms of the demo site, offline."""
