"""One editor of shapes on a picture: areas, lines, masks."""
