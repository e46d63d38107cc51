"""Steering a PTZ camera in its tile: the surface for mouse and keys, and the line below it."""
