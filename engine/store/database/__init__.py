"""The database itself: connection, faults, backup, upkeep, the writer."""
