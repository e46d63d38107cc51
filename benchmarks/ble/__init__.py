"""Phones by Bluetooth."""
