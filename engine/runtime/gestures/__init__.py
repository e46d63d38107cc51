"""Teaching gestures."""
