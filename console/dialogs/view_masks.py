"""Masks of one way that a lookout looks: where in its picture smoke is no news, drawn with the mouse or the keys."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QPainter, QPen, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.dialogs.masks_draft import Masks, MasksDraft
from console.still import Still
from widgets.icons import icon
from widgets.points_picture import PointsPicture
from widgets.theme import color, set_role
from widgets.time_text import clock_text

_BLANK = 1280, 720  # pixels, of the ground that stands in for a picture
_TENTHS = 10


class ViewMasksDialog(FramedDialog):
    """Nothing leaves it before it is accepted; what holds it keeps `masks()` then. `turns`: the camera looks more ways than one."""

    def __init__(self, bridge: EngineBridge, camera_id: str, title: str, masks: Masks, turns: bool, parent: QWidget | None = None) -> None:
        lead = _tr(
            "Smoke of which half or more lies in a mask is no news there, such as over a chimney. Click the corners of a mask, in turn."
        )
        super().__init__(title, lead, parent=parent)
        self.resize(1040, 720)
        self.draft = MasksDraft(masks)
        self._turns = turns
        snapshot = bridge.snapshot
        known = snapshot is not None and snapshot.settings.camera(camera_id) is not None
        self._bridge = bridge
        self.still = Still(bridge, camera_id, self) if known else None
        self._build()
        self._connect()
        self._show_blank()
        self._show()
        self.picture.setFocus()
        if self.still is not None:
            self.still.take()

    def masks(self) -> Masks:
        return self.draft.finished()

    # Building

    def _build(self) -> None:
        self.picture = PointsPicture(self)
        self.taken = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.taken, "secondary")
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Masks"))
        self.list.setFixedWidth(220)
        self.add = self._button("plus", self.tr("&Add mask"))
        self.remove = self._button("trash-2", self.tr("&Remove mask"))
        self.remove_corner = self._button("trash-2", self.tr("Remove c&orner"))
        self.undo = self._button("undo-2", self.tr("&Undo"))
        self.again = self._button("camera", self.tr("&Take a new picture"))
        self.again.setVisible(self.still is not None)
        self._lay_out()
        self.add_cancel()
        self.keep = self.add_button(self.tr("&Keep masks"), "primary")

    def _button(self, icon_name: str, text: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text, self)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.list, 1)
        for button in (self.add, self.remove, self.remove_corner, self.undo, self.again):
            side.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.picture, 1)
        row.addLayout(side)
        self.body.addLayout(row, 1)
        self.body.addWidget(self.taken)

    def _connect(self) -> None:
        draft = self.draft
        if self.still is not None:
            self.still.taken.connect(self._show_picture)
            self.still.failed.connect(self._show_no_picture)
            self.again.clicked.connect(self.still.take)
        self.picture.spot_wanted.connect(lambda u, v: self._do(lambda: draft.add_corner((u, v))))
        self.picture.spot_moved.connect(lambda index, u, v: self._do(lambda: draft.move_corner(index, (u, v))))
        self.picture.spot_chosen.connect(lambda index: self._do(lambda: draft.choose_corner(index)))
        self.picture.removal_wanted.connect(lambda index: self._do(lambda: draft.remove_corner(index)))
        self.list.currentRowChanged.connect(lambda row: self._do(lambda: draft.choose(row)))
        self.add.clicked.connect(lambda: self._do(draft.begin, then=self.picture.setFocus))
        self.remove.clicked.connect(lambda: self._do(draft.remove_mask))
        self.remove_corner.clicked.connect(lambda: self._do(lambda: draft.remove_corner(draft.corner)))
        self.undo.clicked.connect(lambda: self._do(draft.undo))
        self.keep.clicked.connect(self.accept)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self).activated.connect(lambda: self._do(draft.undo))
        for key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            step = 1 if key == Qt.Key.Key_PageDown else -1
            shortcut = QShortcut(QKeySequence(key), self.picture, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda step=step: self._do(lambda: self._next_corner(step)))

    def _next_corner(self, step: int) -> None:
        count = len(self.draft.corners())
        if count:
            self.draft.choose_corner((self.draft.corner + step) % count)

    # The picture

    def _show_blank(self) -> None:
        self.picture.show_image(_tenths())
        self.taken.setText(
            self._about(
                self.tr("Pictures of this lookout do not come here. The lines are tenths of one.")
                if self.still is None
                else self.tr("Waiting for a picture. The lines are tenths of one.")
            )
        )

    def _show_picture(self, image: QImage, captured_ns: int) -> None:
        self.picture.show_image(image)
        snapshot = self._bridge.snapshot
        when = clock_text(captured_ns, snapshot.at_ns if snapshot is not None else None)
        self.taken.setText(self._about(self.tr("Taken {0}.").format(when)))

    def _show_no_picture(self, why: str) -> None:
        """One that is there stays."""
        self.taken.setText(self._about(self.tr("{0} The lines are tenths of a picture.").format(why)))

    def _about(self, said: str) -> str:
        other = self.tr("The camera turns: this is how it looks now, which may be another view.")
        return f"{said} {other}" if self._turns and self.still is not None else said

    # Showing

    def _do(self, change: Callable[[], None], then: Callable[[], None] = lambda: None) -> None:
        change()
        self._show()
        then()

    def _show(self) -> None:
        draft = self.draft
        self.picture.set_areas(draft.masks, draft.mask)
        self.picture.set_spots(draft.corners(), draft.corner)
        self._show_list()
        self.remove.setEnabled(draft.mask >= 0)
        self.remove_corner.setEnabled(draft.corner >= 0)
        self.undo.setEnabled(draft.can_undo)
        trouble = draft.trouble()
        self.show_trouble(trouble)
        self.keep.setEnabled(not trouble)

    def _show_list(self) -> None:
        self.list.blockSignals(True)
        while self.list.count() > len(self.draft.masks):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(self.draft.masks):
            self.list.addItem("")
        for number, mask in enumerate(self.draft.masks):
            self.list.item(number).setText(self.tr("Mask {0}, {1} corners").format(number + 1, len(mask)))
        self.list.setCurrentRow(self.draft.mask)
        self.list.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps nothing that is not whole."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.keep.isEnabled():
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        if self.still is not None:
            self.still.close()
        super().done(result)


def _tenths() -> QImage:
    """A dark ground with lines at every tenth, to draw on where there is no picture."""
    image = QImage(*_BLANK, QImage.Format.Format_RGB32)
    image.fill(QColor(color("video")))
    painter = QPainter(image)
    painter.setPen(QPen(color("line"), 2))
    for number in range(1, _TENTHS):
        painter.drawLine(number * _BLANK[0] // _TENTHS, 0, number * _BLANK[0] // _TENTHS, _BLANK[1])
        painter.drawLine(0, number * _BLANK[1] // _TENTHS, _BLANK[0], number * _BLANK[1] // _TENTHS)
    painter.end()
    return image


def _tr(text: str) -> str:
    return QCoreApplication.translate("ViewMasksDialog", text)
