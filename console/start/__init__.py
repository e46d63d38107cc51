"""From the command to the first window: what is loaded and started while a window is on screen already."""

import console.start.plain_import  # noqa: F401  # before anything else of Qt
