"""The simulated town and its reports."""
