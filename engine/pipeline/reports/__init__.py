"""Lanes of incidents, smoke and forecasts."""
