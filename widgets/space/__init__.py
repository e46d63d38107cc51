"""The floor and what radio finds on it: one value that two views draw, in 3D and as a plan."""
