"""What people do, told from the tracks of one camera: falls, fights, loitering, running, crowds."""
