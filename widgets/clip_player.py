"""Plays one recorded clip; decoding happens on a worker thread."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.clip_reader import ClipReader


class ClipPlayer(QWidget):
    """Play, pause, scrub, step and change speed. Keys: Space/K pause, J back, L faster, comma and period single pictures, Esc close.

    Signals:
        closed(): the user closed the player. failed(sentence): the clip could not be opened or read (also shown inside).
    """

    closed = Signal()
    failed = Signal(str)

    def __init__(self, make_reader: Callable[[], ClipReader], parent: QWidget | None = None) -> None:
        """`make_reader` is called on the worker thread, once per clip."""

    def open_clip(self, path: Path, title: str, started_ns: int | None = None) -> None:
        """Load and play. `started_ns`: UTC time of the first picture, for the clock beside the position."""

    def show_loading(self, title: str) -> None:
        """Say that the clip is being fetched (before `open_clip`)."""

    def show_error(self, message: str) -> None:
        """Say why there is nothing to play."""

    def play(self) -> None: ...
    def pause(self) -> None: ...
    def is_playing(self) -> bool: ...
    def position_s(self) -> float: ...
    def seek(self, time_s: float) -> None: ...
    def step(self, pictures: int) -> None:
        """One picture forward (1) or back (-1); pauses."""

    def set_speed(self, speed: float) -> None:
        """0.5, 1, 2 or 4."""

    def shutdown(self) -> None:
        """Stop and join the worker; also done when the widget closes."""
