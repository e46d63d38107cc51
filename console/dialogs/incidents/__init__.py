"""Incidents, Atlas, risk, import of reports."""
