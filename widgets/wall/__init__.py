"""The video wall: layouts, tiles, what is drawn over live pictures."""
