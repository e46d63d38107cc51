"""Accounts, sign-in, passwords and tokens."""
