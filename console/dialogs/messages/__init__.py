"""Webhooks and channels."""
