"""For every kind of command: what it is given on a real engine, and how it shows after a kill that it was carried out."""
