"""One person on the floor from every sensor that sees them, and who that is."""
