"""Cameras found on the network, by ONVIF and USB."""
