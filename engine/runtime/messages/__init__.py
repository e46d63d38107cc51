"""Messages to programs and people elsewhere."""
