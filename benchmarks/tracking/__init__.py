"""Detection, tracking and zones."""
