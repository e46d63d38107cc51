"""Nodes, Bluetooth, and why a blob was where it was."""
