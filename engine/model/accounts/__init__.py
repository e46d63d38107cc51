"""Accounts, sessions and what they may; what they did, handed over and can undo."""
