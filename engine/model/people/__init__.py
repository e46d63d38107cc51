"""People: who is known, what is heard of them, gestures."""
