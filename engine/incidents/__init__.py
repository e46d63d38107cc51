"""Reports become incidents: correlation, merge and split, classification, and Atlas."""
