"""Steering in all walls of one console: that of the Live page, and those in further windows."""

from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.pages.page import PageContext
from console.palette.commands_catalogue import bind
from console.steering.live_steering import LiveSteering
from console.wall.desk import WallDesk
from engine.model.snapshot import Snapshot


class WallSteering(QObject):
    """UI thread. A camera is steered in one wall at a time: beginning it in another ends it here."""

    def __init__(self, context: PageContext, page: QWidget, desk: WallDesk) -> None:
        super().__init__(page)
        self._context = context
        self._of: dict[WallDesk, LiveSteering] = {}
        self.main = self._add(desk, page, "live")
        context.bridge.snapshot_changed.connect(self._show_in_windows)
        page.installEventFilter(self)

    def open_in(self, desk: WallDesk) -> None:
        """In a further window."""
        frame = desk.over
        steering = self._add(desk, frame, desk.id)
        bind(steering.actions())
        frame.destroyed.connect(partial(self._of.pop, desk, None))

    def of(self, desk: WallDesk) -> LiveSteering:
        return self._of[desk]

    def add_to(self, desk: WallDesk, menu: QMenu, camera_id: str, before: QAction | None) -> None:
        self._of[desk].add_to(menu, camera_id, before)

    def _show_in_windows(self, snapshot: Snapshot) -> None:
        """Whatever page is on screen; the page shows its own."""
        for steering in tuple(self._of.values()):
            if steering is not self.main:
                steering.show_snapshot(snapshot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A lock screen disables the page; the other windows are locked as well."""
        if event.type() is QEvent.Type.EnabledChange and isinstance(watched, QWidget) and not watched.isEnabled():
            for steering in tuple(self._of.values()):
                steering.end()
        return False

    def close(self) -> None:
        for steering in tuple(self._of.values()):
            steering.close()

    def _add(self, desk: WallDesk, page: QWidget, page_id: str) -> LiveSteering:
        made = self._of[desk] = LiveSteering(self._context, page, desk, page_id)
        made.begun.connect(partial(self._end_elsewhere, made))
        return made

    def _end_elsewhere(self, here: LiveSteering, camera_id: str) -> None:
        for steering in tuple(self._of.values()):
            if steering is not here and steering.camera_id == camera_id:
                steering.hand_over()
