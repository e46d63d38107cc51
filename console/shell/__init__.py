"""The frame of the main window: rail, status bar, tray, pages."""
