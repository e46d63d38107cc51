"""Review items as a session asks for them, and the marks of its user."""
