"""Packet rings, clips and the journal."""
