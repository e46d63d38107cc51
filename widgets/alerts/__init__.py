"""Alerts, the decisions behind them, and who is told."""
