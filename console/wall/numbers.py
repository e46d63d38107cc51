"""Numbers typed over a wall: of its cells, and after # of cameras wherever they are."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from engine.model.settings import CameraSettings
from widgets.wall.typed_number import TypedNumber
from widgets.wall.typed_plate import TypedPlate
from widgets.wall.video_wall import VideoWall
from widgets.words import count_text

TAKEN_MS = 1000  # after the last digit
_FIRST_MS = 4000  # for the first digit of a camera's number


class WallNumbers(QObject):
    """UI thread. A number is taken at once when no longer one can be meant, else by Enter or a short pause; Esc takes it back.

    Signals: cell_chosen(cell), counted from 0; camera_chosen(camera_id).
    """

    cell_chosen = Signal(int)
    camera_chosen = Signal(str)

    def __init__(self, wall: VideoWall, cameras: Callable[[], Sequence[CameraSettings]], parent: QObject) -> None:
        """`cameras`: all that the account may see."""
        super().__init__(parent)
        self._wall, self._cameras = wall, cameras
        self._typed: TypedNumber | None = None
        self._while_typing: list[QShortcut] = []
        self.plate = TypedPlate(wall)
        self._pause = QTimer(self, singleShot=True, interval=TAKEN_MS)
        self._pause.timeout.connect(self.take)

    def bind(self, over: QWidget) -> None:
        """Keys, wherever the keyboard is in `over`. What else Enter, Esc, Backspace and 0 do there, they do while nothing is typed."""
        for digit in range(1, 10):
            self._key(over, str(digit), lambda digit=digit: self.type(digit))
        self._key(over, "*", self.begin_camera)  # on the keypad
        for keys, act in (
            ("0", lambda: self.type(0)),
            ("Return", self.take),
            ("Enter", self.take),
            ("Esc", self.cancel),
            ("Backspace", self._shorten),
        ):
            self._while_typing.append(self._key(over, keys, act))
        self._show_digits(None)

    def _key(self, over: QWidget, keys: str, act: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), over, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
        return shortcut

    def begin_camera(self) -> None:
        """The digits that follow are the number of a camera."""
        self._wall.setFocus()
        self._show_digits(TypedNumber(of_cameras=True))
        self._pause.start(_FIRST_MS)

    def type(self, digit: int) -> None:
        """A digit after a number that there is not begins another one."""
        before = self._typed or TypedNumber()
        typed = (TypedNumber(of_cameras=before.of_cameras) if before.matches_none(self._numbers(before)) else before).with_digit(digit)
        self._show_digits(typed)
        if typed.settled(self._numbers(typed)):
            self.take()
        else:
            self._pause.start(TAKEN_MS)

    def take(self) -> None:
        """Where there is no such number, nothing happens."""
        typed = self._typed
        self._show_digits(None)
        if typed is None or not typed.digits:
            return
        if not typed.of_cameras:
            self.cell_chosen.emit(typed.value - 1)
        elif (camera := self._camera(typed.value)) is not None:
            self.camera_chosen.emit(camera.id)

    def cancel(self) -> None:
        self._show_digits(None)

    def _shorten(self) -> None:
        if self._typed is not None:
            self._show_digits(self._typed.shorter())
            self._pause.start(TAKEN_MS if self._typed.digits else _FIRST_MS)

    def _numbers(self, typed: TypedNumber) -> range | set[int]:
        if typed.of_cameras:
            return {camera.number for camera in self._cameras() if camera.number}
        return range(1, len(self._wall.wall_layout().cells) + 1)

    def _camera(self, number: int) -> CameraSettings | None:
        return next((camera for camera in self._cameras() if camera.number == number), None)

    def _show_digits(self, typed: TypedNumber | None) -> None:
        self._typed = typed
        for shortcut in self._while_typing:
            shortcut.setEnabled(typed is not None)
        if typed is None:
            self._pause.stop()
        self.plate.show_text(self._words(typed) if typed is not None else "")

    def _words(self, typed: TypedNumber) -> str:
        """`12 – North gate`."""
        if not typed.digits:
            return self.tr("# – the number of a camera") if typed.of_cameras else self.tr("The number of a cell")
        sign = "#" if typed.of_cameras else ""
        return f"{sign}{typed.digits} – {self._number_target(typed)}"

    def _number_target(self, typed: TypedNumber) -> str:
        if typed.of_cameras:
            camera = self._camera(typed.value)
            return camera.name if camera is not None else self.tr("no camera has this number")
        cells = len(self._wall.wall_layout().cells)
        if typed.value > cells:
            return count_text(cells, self.tr("this wall has 1 cell"), self.tr("this wall has {0} cells"))
        camera_id = self._wall.camera_in(typed.value - 1)
        names = {camera.id: camera.name for camera in self._cameras()}
        return names.get(camera_id, self.tr("no camera is in this cell"))
