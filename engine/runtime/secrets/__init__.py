"""Passwords and keys: the keyring of the system, or a file where there is none."""
