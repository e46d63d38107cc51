"""Qt's application: whether it can be, how it looks, and what ends it from outside."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.model.errors import EnvironmentFault
from widgets.theme import apply_theme


def make_application() -> QApplication:
    """Qt's application, themed; the existing one where there is one.

    Raises:
        EnvironmentFault: `no_display`. Qt itself would end the process without a word to the user.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        existing.setQuitOnLastWindowClosed(False)
        return existing
    _check_display()
    _forget_foreign_plugins()
    app = QApplication(["watchroom"])
    app.setApplicationName("Watchroom")
    app.setQuitOnLastWindowClosed(False)  # `Console` says when; signing out leaves a moment without any window
    app.setDesktopFileName("watchroom")
    apply_theme(app)
    return app


def _check_display() -> None:
    """On Linux a display must be named, unless Qt was told to draw without one."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in (
        "offscreen",
        "minimal",
        "vnc",
        "linuxfb",
        "eglfs",
    ):
        return
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise EnvironmentFault(
            "no_display",
            "There is no display to open the console on. Start it from a desktop session, run it under a virtual display "
            "(xvfb-run -a watchroom), or start the engine alone with watchroom engine --data DIR.",
        )


def _forget_foreign_plugins() -> None:
    """Importing OpenCV's desktop wheel points Qt at OpenCV's own plugins, which are of another Qt and end the process."""
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if f"{os.sep}cv2{os.sep}" in os.environ.get(name, ""):
            del os.environ[name]


@contextmanager
def ends_by_signal(end: Callable[[], None]) -> Iterator[None]:
    """SIGINT and SIGTERM call `end`, as closing the window does. Python sees signals only while it runs: hence the timer."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: end()) for number in numbers]
    pulse = QTimer()
    pulse.timeout.connect(lambda: None)
    pulse.start(250)
    try:
        yield
    finally:
        pulse.stop()
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
