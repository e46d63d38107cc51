"""The console: app shell, pages, wiring and the command line."""
