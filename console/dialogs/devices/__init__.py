"""Nodes, firmware, phones and their calibration."""
