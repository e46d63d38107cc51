"""Figures of the System page: cards, sparklines, camera health, models, errors."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from engine.model.health import ErrorNote
from engine.model.snapshot import CameraView, Job, ModelEntry
from engine.model.time import Clock


class Sparkline(QWidget):
    """A small line of the newest values."""

    def set_values(self, values: tuple[float | None, ...]) -> None:
        """Oldest first; None is "no data" and leaves a gap, it is not zero."""


class FigureCard(QFrame):
    """One figure with its unit, a note below and an optional sparkline."""

    def __init__(self, title: str, unit: str = "", parent: QWidget | None = None) -> None: ...
    def set_value(self, text: str, note: str = "", level: str = "") -> None:
        """`text`: the figure, "" shows "No data". `level`: "", `moderate`, `high` or `critical` colours and marks it."""

    def add_sample(self, value: float | None) -> None:
        """Append to the sparkline (newest 120 are kept)."""


class CameraHealthTable(QWidget):
    """Signals: camera_activated(camera_id)."""

    camera_activated = Signal(str)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None: ...
    def set_cameras(self, cameras: tuple[CameraView, ...]) -> None: ...


class ModelTable(QWidget):
    """Signals: install_requested(model ids, as tuple); install_from_folder_requested(); cancel_requested(job_id)."""

    install_requested = Signal(tuple)
    install_from_folder_requested = Signal()
    cancel_requested = Signal(str)

    def set_models(self, models: tuple[ModelEntry, ...], jobs: tuple[Job, ...] = ()) -> None:
        """`jobs`: all of the snapshot's; those of kind `install_models` show as progress."""

    def set_can_install(self, allowed: bool) -> None: ...


class ErrorList(QWidget):
    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None: ...
    def set_errors(self, errors: tuple[ErrorNote, ...]) -> None: ...
