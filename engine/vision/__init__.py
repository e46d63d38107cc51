"""Finding and following people in pictures."""
