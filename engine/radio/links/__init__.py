"""Features of links: from CSI frames to motion, breath and level."""
