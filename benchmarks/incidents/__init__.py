"""Reports, risk and fire weather."""
