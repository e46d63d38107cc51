"""Requests that leave this machine: which addresses are allowed, HTTP, and the queue that tries again."""
