"""Data: theme, icons, model manifest."""
