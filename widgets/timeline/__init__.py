"""The timeline of Investigate."""
