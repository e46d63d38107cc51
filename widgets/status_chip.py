"""A small shape and word that say how something is."""

from PySide6.QtWidgets import QWidget

from engine.model.health import CameraHealth


class StatusChip(QWidget):
    def __init__(self, text: str = "", level: str = "neutral", parent: QWidget | None = None) -> None:
        """`level`: neutral, good, low, moderate, high, critical."""

    def set_status(self, text: str, level: str = "neutral") -> None: ...
    def set_camera(self, health: CameraHealth, now_ns: int) -> None: ...
