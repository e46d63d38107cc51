"""Cameras that move, and what else an ONVIF camera lets operators do: presets, tours, outputs, two-way talk."""
