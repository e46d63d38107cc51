"""Rules and settings that a site takes from its hub: checked, tried, applied, and compared with what was applied (decision 318)."""
