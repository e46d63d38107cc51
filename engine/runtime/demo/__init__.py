"""The simulated part of a demo site."""
