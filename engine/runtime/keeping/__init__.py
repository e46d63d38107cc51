"""Upkeep: copies of the record, room on the disk, upgrades."""
