"""How widgets are arranged: rows, tabs, scrolling, pictures."""
