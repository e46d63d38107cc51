"""A joystick of this machine (Linux joystick interface, `/dev/input/js*`). Without one nothing is offered, and nothing is loaded.

The interface is read as it is (`linux/joystick.h`, 8 bytes an event): a library for it would have to be compiled.
"""

import os
import struct
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from widgets.steering.velocity import STILL, Velocity

DEVICES = Path("/dev/input")
_EVENT = struct.Struct("=IhBB")  # time, value, kind, number
_AXIS, _BUTTON, _INITIAL = 0x02, 0x01, 0x80
_DEAD, _LOOK_MS = 0.12, 3000
_PAN, _TILT, _ZOOM = 0, 1, 2


class Joystick(QObject):
    """UI thread. Signals: velocity_changed(pan, tilt, zoom); pressed(button from 1); present_changed(bool)."""

    velocity_changed = Signal(float, float, float)
    pressed = Signal(int)
    present_changed = Signal(bool)

    def __init__(self, parent: QObject, devices: Path = DEVICES) -> None:
        super().__init__(parent)
        self._devices = devices
        self._handle: int | None = None
        self._notifier: QSocketNotifier | None = None
        self._axes = [0.0, 0.0, 0.0]
        self._velocity: Velocity = STILL
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    @property
    def present(self) -> bool:
        return self._handle is not None

    def look(self) -> None:
        """For one that was plugged in."""
        if self._handle is not None:
            return
        for path in sorted(self._devices.glob("js*")):
            with suppress(OSError):
                self._open(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
                return

    def close(self) -> None:
        self._timer.stop()
        self._release()

    def _open(self, handle: int) -> None:
        self._handle = handle
        self._notifier = QSocketNotifier(handle, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self.present_changed.emit(True)

    def _release(self) -> None:
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
            self._axes = [0.0, 0.0, 0.0]
            self._tell()
            self.present_changed.emit(False)

    def _read(self) -> None:
        if self._handle is None:
            return
        try:
            data = os.read(self._handle, 64 * _EVENT.size)
        except BlockingIOError:
            return
        except OSError:
            data = b""  # it was unplugged
        if not data:
            self._release()
            return
        for _, value, kind, number in _EVENT.iter_unpack(data[: len(data) // _EVENT.size * _EVENT.size]):
            self._take(value, kind, number)
        self._tell()

    def _take(self, value: int, kind: int, number: int) -> None:
        if kind & ~_INITIAL == _AXIS and number < len(self._axes):
            self._axes[number] = max(-1.0, min(1.0, value / 32767))
        elif kind == _BUTTON and value:
            self.pressed.emit(number + 1)

    def _tell(self) -> None:
        pan, tilt, zoom = (_curved(each) for each in self._axes)
        velocity = (pan, -tilt if tilt else 0.0, -zoom if zoom else 0.0)  # forward is negative
        if velocity != self._velocity:
            self._velocity = velocity
            self.velocity_changed.emit(*velocity)


def _curved(value: float) -> float:
    """Nothing about the middle, fine beside it, full at the end."""
    if abs(value) <= _DEAD:
        return 0.0
    share = (abs(value) - _DEAD) / (1 - _DEAD)
    return share**2 * (1 if value > 0 else -1)
