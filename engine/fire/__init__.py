"""Fire: fire weather by day and place, sequences of smoke, what several cameras see of one plume, and where that is."""
