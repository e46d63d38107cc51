"""Which USB cameras there are: the engine says so where its system tells it, else Qt does, if the engine runs in this console."""

import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.history.finding import FindUsbCameras, FoundUsb
from engine.runtime.local import LocalPort
from widgets.translation import tr

Inputs = Callable[[], Sequence[tuple[str, str]]]
OnListed = Callable[[tuple[FoundUsb, ...], str], None]
_NUMBERS = 4


class UsbCameras(QObject):
    """UI thread."""

    def __init__(self, bridge: EngineBridge, parent: QObject, inputs: Inputs | None = None, system: str = sys.platform) -> None:
        """`inputs`: ids and names of this machine's cameras, in the order in which the system has them."""
        super().__init__(parent)
        self._bridge, self._inputs, self._system = bridge, inputs or qt_inputs, system

    def ask(self, on_listed: OnListed) -> None:
        """`on_listed` gets the cameras, and what is to be said of them: "" for nothing."""
        self._bridge.ask(
            FindUsbCameras(), lambda answer: on_listed(answer, ""), lambda error: on_listed(*self._otherwise(error)), owner=self
        )

    def _otherwise(self, error: WatchroomError) -> tuple[tuple[FoundUsb, ...], str]:
        if isinstance(self._bridge.port, LocalPort):
            return by_number(self._inputs(), self._system), tr("Numbers may change when cameras are connected or disconnected.")
        numbers = tuple(FoundUsb(f"usb:{number}", tr("USB camera {0}").format(number)) for number in range(_NUMBERS))
        return numbers, error_text(error)


def by_number(inputs: Sequence[tuple[str, str]], system: str) -> tuple[FoundUsb, ...]:
    """As OpenCV counts them: on macOS by their ids (AVFoundation, sorted by uniqueID), elsewhere as the system has them."""
    ordered = sorted(inputs) if system == "darwin" else inputs
    names = [name for _, name in ordered]
    return tuple(FoundUsb(f"usb:{number}", name if names.count(name) == 1 else f"{name} ({number})") for number, name in enumerate(names))


def qt_inputs() -> list[tuple[str, str]]:
    """Nothing is switched on. Empty where Qt came without its part for it."""
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError:
        return []
    return [(bytes(device.id().data()).decode("utf-8", "replace"), device.description()) for device in QMediaDevices.videoInputs()]
