"""Steering of PTZ cameras on walls: the mode in a tile, menus, joystick and push-to-talk."""
