"""Zones and lines in a camera's picture: who is in them, who crosses them. Pure; knows no event and no camera but one."""
