"""The three ways in which a path shows what happens in it.

SHAPE: amplitudes relative to the frame's RMS: no gain can disturb it. NORM: the RMS of I/Q in counts. POWER: the RMS with the gain taken
out, or RSSI where I/Q is empty. Levels are amplitudes, never decibels, so that what bodies scatter adds up in their squares.
"""

SHAPE, NORM, POWER = 0, 1, 2
CHANNELS = 3
