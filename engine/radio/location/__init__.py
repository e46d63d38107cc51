"""From links to people: likelihood on a grid, blobs and their tracks."""
