"""Reports become incidents: what belongs together, what it was, and what Atlas says of it."""
