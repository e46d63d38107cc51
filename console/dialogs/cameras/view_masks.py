"""Masks of one way that a lookout looks: where in its picture smoke is no news, drawn with the mouse or the keys."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.playback.still import Still
from engine.model.geometry import Polygon
from widgets.drawing.shape_draft import Shape, ShapeKind, ShapesDraft
from widgets.drawing.shape_editor import ShapeEditor
from widgets.drawing.shape_list import ShapeList, ShapeRow
from widgets.drawing.shape_looks import looks
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.marks.simulated_mark import SimulatedMark
from widgets.signals import on
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

Masks = tuple[Polygon, ...]


class ViewMasksDialog(FramedDialog):
    """Nothing leaves it before it is accepted; what holds it keeps `masks()` then. `turns`: the camera looks more ways than one."""

    def __init__(self, bridge: EngineBridge, camera_id: str, title: str, masks: Masks, turns: bool, parent: QWidget | None = None) -> None:
        lead = tr("Smoke is ignored if half or more of it lies in a mask, such as above a chimney.")
        super().__init__(title, lead, parent=parent)
        self.resize(1040, 720)
        self.draft = _draft_of_masks(masks)
        self._turns = turns
        snapshot = bridge.snapshot
        known = snapshot is not None and snapshot.settings.camera(camera_id) is not None
        self._bridge, self._camera_id = bridge, camera_id
        self.still = Still(bridge, camera_id, self) if known else None
        self._build_picture()
        self._connect_picture()
        self._say_blank()
        if masks:
            self.picture.refresh()
            self.picture.setFocus()
        else:
            self.picture.begin_shape(ShapeKind.MASK)
        if self.still is not None:
            self.still.take()

    def masks(self) -> Masks:
        """Those that are whole."""
        return tuple(shape.points for shape in self.draft.shapes)

    # Building

    def _build_picture(self) -> None:
        self.picture = ShapeEditor(self.draft, self)
        SimulatedMark(self.picture).set_camera(self._bridge.snapshot, self._camera_id)
        self.taken = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.taken, "secondary")
        self.advice = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.list = ShapeList(self)
        self.list.setAccessibleName(self.tr("Masks"))
        self.list.setFixedWidth(240)
        self.add = self._button("plus", self.tr("&Add mask"))
        self.remove = self._button("trash-2", self.tr("&Remove mask"))
        self.remove_corner = self._button("trash-2", self.tr("Remove c&orner"))
        self.undo = self._button("undo-2", self.tr("&Undo"))
        self.redo = self._button("redo-2", self.tr("R&edo"))
        self.again = self._button("camera", self.tr("&Take a new picture"))
        self.again.setVisible(self.still is not None)
        self._lay_out_side()
        self.add_cancel()
        self.keep = self.add_button(self.tr("A&pply masks"), "primary")

    def _button(self, icon_name: str, text: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text, self)
        button.setAutoDefault(False)
        return button

    def _lay_out_side(self) -> None:
        side = make_column(spacing=8)
        side.addWidget(self.list, 1)
        for button in (self.add, self.remove, self.remove_corner, self.undo, self.redo, self.again):
            side.addWidget(button)
        row = make_row(spacing=16)
        row.addWidget(self.picture, 1)
        row.addLayout(side)
        self.body.addLayout(row, 1)
        self.body.addWidget(self.advice)
        self.body.addWidget(self.taken)

    def _connect_picture(self) -> None:
        picture = self.picture
        if self.still is not None:
            self.still.taken.connect(self._show_picture)
            self.still.failed.connect(lambda why: self._show_note(self.tr("{0} The lines mark tenths of the picture.").format(why)))
            self.again.clicked.connect(self.still.take)
        picture.changed.connect(self._show_draft)
        self.list.picked.connect(self._select_shape)
        self.list.removal_wanted.connect(picture.remove_shape)
        on(self.add.clicked, picture.begin_shape, ShapeKind.MASK)
        for button, act in (
            (self.remove, picture.remove_shape),
            (self.remove_corner, picture.remove_point),
            (self.undo, picture.undo),
            (self.redo, picture.redo),
        ):
            on(button.clicked, act)
        self.keep.clicked.connect(self.accept)

    # The picture

    def _say_blank(self) -> None:
        self._show_note(
            self.tr("No picture of this lookout is available. The lines mark tenths of the picture.")
            if self.still is None
            else self.tr("Waiting for a picture. The lines mark tenths of it.")
        )

    def _show_picture(self, image: QImage, captured_ns: int) -> None:
        self.picture.show_image(image)
        snapshot = self._bridge.snapshot
        self._show_note(self.tr("Taken {0}.").format(clock_text(captured_ns, snapshot.at_ns if snapshot is not None else None)))

    def _show_note(self, said: str) -> None:
        other = self.tr("The camera turns: the current picture may show another view.")
        self.taken.setText(f"{said} {other}" if self._turns and self.still is not None else said)

    # Showing

    def _select_shape(self, key: str) -> None:
        self.draft.choose_shape(key)
        self.picture.refresh()

    def _show_draft(self) -> None:
        draft = self.draft
        self._show_list()
        self.remove.setEnabled(draft.selected_shape is not None)
        self.remove_corner.setEnabled(draft.selected_shape is not None and draft.point >= 0)
        self.undo.setEnabled(draft.can_undo)
        self.redo.setEnabled(draft.can_redo)
        self.keep.setEnabled(draft.under_way is None or not draft.under_way.points)
        self.advice.setText(self._advice())

    def _advice(self) -> str:
        under_way = self.draft.under_way
        if under_way is None:
            return self.tr(
                "Drag corners; drag a ring on an edge to add one. Tab selects a corner, arrows move it, Insert adds, Delete removes."
            )
        if len(under_way.points) < under_way.least:
            return self.tr("Click the corners of a mask in turn. Keys: arrows, Space. Esc cancels.")
        return self.tr("Click the first corner or press Enter to close the mask. Backspace removes a corner, Esc cancels.")

    def _show_list(self) -> None:
        shapes, chosen = self.draft.shapes, self.draft.selected_shape
        known = looks(shapes)
        rows = (
            ShapeRow(
                shape.key,
                shape.kind,
                self.tr("Mask {0}").format(number),
                self.tr("{0} corners").format(len(shape.points)),
                known[shape.key],
            )
            for number, shape in enumerate(shapes, 1)
        )
        self.list.set_rows(tuple(rows), chosen.key if chosen is not None else "")

    def has_unsaved_work(self) -> bool:
        return self.draft.can_undo

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps nothing unasked."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        if self.still is not None:
            self.still.close()
        super().done(result)


def _draft_of_masks(masks: Masks) -> ShapesDraft:
    shapes = tuple(Shape(f"mask-{number}", ShapeKind.MASK, mask) for number, mask in enumerate(masks))
    keys = iter(range(len(masks), 1_000_000))
    draft = ShapesDraft(shapes, lambda kind: f"mask-{next(keys)}", lambda made, kind: "")
    draft.choose_shape(shapes[0].key if shapes else "")
    return draft
