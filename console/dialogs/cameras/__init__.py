"""Cameras: found, set up, private areas."""
