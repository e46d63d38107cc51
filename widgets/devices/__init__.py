"""Nodes, links, Bluetooth devices, microphones."""
