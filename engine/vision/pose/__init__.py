"""Body landmarks on the tracks of one picture."""
