"""Alarms and sound: loudspeaker, listening."""
