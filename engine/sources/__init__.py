"""Inputs of the engine: cameras, Wi-Fi nodes, Bluetooth, microphones, and the simulated site."""
