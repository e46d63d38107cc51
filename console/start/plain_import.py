"""Qt, without its watch over every later import.

PySide puts a function of its own in the place of `__import__`, which reads the source text of each module that is loaded after it, to see
whether it switches names like `set_title` on (`from __feature__ import …`). Nothing here does, and reading some 2,000 files takes a third
of a second.
"""

import builtins

_plain = builtins.__import__

import PySide6.QtWidgets  # noqa: E402, F401  # what is above must come first

builtins.__import__ = _plain
