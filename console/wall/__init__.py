"""The video wall of the Live page: layouts, screens, menus."""
