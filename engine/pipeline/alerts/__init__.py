"""The lane of alerts."""
