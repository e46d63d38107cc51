"""Who everybody is: faces, voices, the floor, the roster."""
