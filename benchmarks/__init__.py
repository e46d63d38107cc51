"""Figures: what Watchroom measures of itself, beside kept libraries in the same run."""
