"""Alerts, their rules and notifications over HTTP; alerts in the form of CAP."""
