"""Zones and masks of one camera: drawn on its picture, called and told beside it."""

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import LeaveQuestion, open_dialog
from console.dialogs.saving import SavingDialog
from console.dialogs.zones.details import ZoneDetails
from console.dialogs.zones.draft import ShapeError, camera_with, draft_of_camera, same_places, shape_about
from console.dialogs.zones.now import ZonesNow
from console.dialogs.zones.parts import ZonesGuide, ZonesTools, tool_button
from console.dialogs.zones.picture import ZonesPicture
from console.dialogs.zones.words import advice, no_picture_text
from console.words import sentence
from engine.model.command import PutCamera
from engine.model.errors import InputError, WatchroomError
from engine.model.settings import CameraSettings
from engine.model.snapshot import Picture, Snapshot
from widgets.drawing.shape_draft import Refusal, Shape, ShapeKind
from widgets.drawing.shape_editor import ShapeEditor
from widgets.drawing.shape_geometry import inner_point
from widgets.drawing.shape_ground import ground
from widgets.drawing.shape_list import ShapeList
from widgets.drawing.shape_looks import kind_word
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.enlarging import sized_by_hand
from widgets.look import scaled
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.simulated_mark import SimulatedMark
from widgets.signals import on
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

_SIDE, _WIDEST_SIDE = 316, 440
_TITLE_MOST = 60


class ZonesDialog(SavingDialog):
    """Nothing is changed before it is saved. For administrators. `last`: a picture of before, for a camera that has none now.

    Signals: saved().
    """

    saved = Signal()

    def __init__(self, bridge: EngineBridge, camera: CameraSettings, last: Picture | None = None, parent: QWidget | None = None) -> None:
        super().__init__(bridge, _title(camera.name), _ptz_warning(bridge, camera), parent=parent)
        self.camera = camera
        self.draft = draft_of_camera(camera)
        self._known = camera
        self._warned = False
        self._troubles: dict[str, str] = {}
        self.source = ZonesPicture(bridge, camera.id, self)
        self._build_editor()
        self._connect_editor()
        self.source.begin_with(last)
        self._show_state()
        self.editor.refresh()
        self.editor.setFocus()

    # Building

    def _build_editor(self) -> None:
        self.setMinimumSize(840, 480)
        self._fit_screen()
        self.editor = ShapeEditor(self.draft, self)
        SimulatedMark(self.editor).set_wanted(self.camera.simulated)
        self.list = ShapeList(self)
        self.details = ZoneDetails(self)
        self.state = ElidedLabel(parent=self)
        self.advice = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.advice.setMinimumHeight(2 * self.advice.fontMetrics().lineSpacing())
        self.advice.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self.state, "secondary")
        row = make_row(spacing=16)
        row.addLayout(self._picture_part(), 1)
        row.addWidget(self._side_part())
        self.body.addLayout(row, 1)
        self.body.setSpacing(8)
        self.add_save(self.tr("&Save zones and masks"))
        self.save.setDefault(False)

    def _fit_screen(self) -> None:
        room = self.screen().availableGeometry().size() - QSize(24, 48)
        self.resize(QSize(1320, 860).boundedTo(room).expandedTo(self.minimumSize()))

    def _picture_part(self) -> QVBoxLayout:
        tools = ZonesTools(self)
        self.add_buttons, self.hold = tools.add_buttons, tools.hold
        self.undo, self.redo = tools.undo, tools.redo
        self.zoom_in, self.zoom_out, self.whole = tools.zoom_in, tools.zoom_out, tools.whole
        column = make_column(spacing=6)
        column.addWidget(tools)
        column.addWidget(self.editor, 1)
        column.addWidget(self.advice)
        column.addWidget(self.state)
        return column

    def _side_part(self) -> QWidget:
        side = QWidget(self)
        side.setFixedWidth(min(scaled(_SIDE), _WIDEST_SIDE))
        sized_by_hand(side)
        self.empty = ZonesGuide(side)
        self.remove = tool_button(self.tr("Remove"), self.tr("Remove the selection (Delete)"), "trash-2", side)
        self.remove_point = tool_button(self.tr("Remove corner"), self.tr("Remove the selected corner (Delete)"), "x", side)
        buttons = make_row(spacing=4)
        buttons.addWidget(self.remove)
        buttons.addWidget(self.remove_point)
        buttons.addStretch(1)
        self._scroll = scroll = QScrollArea(side)
        scroll.setWidget(self.details)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = make_column(side, spacing=8, margins=NO_MARGINS)
        column.addWidget(self.empty)
        column.addWidget(self.list, 2)
        column.addLayout(buttons)
        column.addWidget(scroll, 3)
        return side

    def _connect_editor(self) -> None:
        editor = self.editor
        for kind, button in self.add_buttons.items():
            on(button.clicked, editor.begin_shape, kind)
        for button, act in (
            (self.undo, editor.undo),
            (self.redo, editor.redo),
            (self.zoom_in, editor.zoom_in),
            (self.zoom_out, editor.zoom_out),
            (self.whole, editor.show_all),
            (self.remove, editor.remove_shape),
            (self.remove_point, editor.remove_point),
        ):
            on(button.clicked, act)
        self.hold.toggled.connect(self._hold)
        editor.changed.connect(self._show_draft)
        editor.closed.connect(self._name_it)
        editor.removed.connect(self._say_removed)
        self.list.picked.connect(self._select_zone)
        self.list.removal_wanted.connect(editor.remove_shape)
        self.list.activated.connect(self._name_it)
        self.details.edited.connect(self._edit)
        self.details.turned.connect(self._turn)
        self.details.name.submitted.connect(editor.setFocus)
        self.source.came.connect(self._show_picture)
        self.source.failed.connect(self._show_state)
        self.bridge.snapshot_changed.connect(self._take_snapshot)

    # The picture

    def _show_picture(self, image: QImage, captured_ns: int) -> None:
        self.editor.show_image(image, dim=not self.source.live)
        self._show_state()
        self._show_now()

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self._show_state()

    def _show_state(self) -> None:
        taken_ns = self.source.taken_ns()
        said = "" if self.source.live else no_picture_text(self.source.view(), taken_ns is not None)
        if taken_ns is None:
            if self.editor.image_size() != self._ground_size():
                self.editor.show_image(ground(*self._ground_size().toTuple()))  # type: ignore[arg-type]
        else:
            snapshot = self.bridge.snapshot
            when = clock_text(taken_ns, snapshot.at_ns if snapshot is not None else None)
            said = (
                self.tr("{0} Last picture: {1}.").format(said, when)
                if said
                else (self.tr("Frozen at {0}.").format(when) if self.hold.isChecked() else self._live_text())
            )
        if said != self.state.text():
            self.state.setText(said)
        self.hold.setEnabled(self.source.live)

    def _live_text(self) -> str:
        count = len(self.source.feet(lambda *_: False))
        people = self.tr("no tracked people") if not count else self.tr("dots mark the feet of tracked people, {0}").format(count)
        return self.tr("Live: {0}.").format(people)

    def _ground_size(self) -> QSize:
        """As the camera's pictures were, where that is known."""
        view = self.source.view()
        known = view is not None and view.health.width > 0
        return QSize(view.health.width, view.health.height) if known and view is not None else QSize(1280, 720)

    def _hold(self, held: bool) -> None:
        self.source.hold(held)
        self.hold.setIcon(icon("play" if held else "pause"))
        self._show_state()
        self._show_now()

    def _show_now(self) -> None:
        """Who is where, in the picture and in the list."""
        now, chosen = ZonesNow(self.draft, self.source, self._troubles), self.draft.selected_shape
        self.editor.set_feet(now.feet)
        self.editor.set_labels(now.labels())
        self.list.set_rows(now.rows(), chosen.key if chosen else "")

    # Showing and changing

    def _show_draft(self) -> None:
        draft = self.draft
        self._show_now()
        self.details.show_shape(draft.selected_shape)
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if draft.selected_shape is None else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._scroll.setVerticalScrollBarPolicy(bar)  # hidden details keep their height
        self.advice.setText(advice(draft))
        self.empty.setVisible(not draft.shapes)
        self.list.setVisible(bool(draft.shapes))
        self.undo.setEnabled(draft.can_undo)
        self.redo.setEnabled(draft.can_redo)
        self.remove.setVisible(bool(draft.shapes))
        self.remove_point.setVisible(bool(draft.shapes))
        self.remove.setEnabled(draft.selected_shape is not None)
        self.remove_point.setEnabled(draft.selected_shape is not None and draft.point >= 0 and draft.selected_shape.closed)
        self.refresh()

    def _select_zone(self, key: str) -> None:
        self.draft.cancel_shape()
        self.draft.choose_shape(key)
        self.editor.refresh()

    def _name_it(self) -> None:
        if self.draft.selected_shape is not None and not self.details.name.isHidden():
            self.details.name_it()

    def _say_removed(self, shape: Shape) -> None:
        name = shape.name or kind_word(shape.kind)
        self.advice.setText(self.tr("{0} is removed. Undo (Ctrl+Z) brings it back.").format(name))

    def _edit(self, shape: Shape, what: str) -> None:
        self._troubles.pop(shape.key, None)
        self.draft.edit_shape(shape, what)
        self.editor.refresh()

    def _turn(self) -> None:
        self.draft.turn_round()
        self.editor.refresh()

    # Saving

    def is_valid(self) -> bool:
        draft = getattr(self, "draft", None)
        if draft is None or draft.under_way is not None:
            return False
        wished = all(shape.name.strip() and shape.classes for shape in draft.shapes if shape.kind in (ShapeKind.ZONE, ShapeKind.LINE))
        return wished and self.has_changes()

    def has_changes(self) -> bool:
        try:
            return self.draft.under_way is not None or not same_places(camera_with(self.camera, self.draft.shapes), self.camera)
        except ShapeError:
            return True

    def command(self) -> PutCamera:
        """What else is set of the camera may have been changed meanwhile, and stays."""
        view = self.source.view()
        return PutCamera(camera_with(view.settings if view is not None else self.camera, self.draft.shapes, self.source.size()))

    def done_with(self, outcome: str) -> None:
        self.saved.emit()
        super().done_with(outcome)

    def submit(self) -> None:
        view = self.source.view()
        if view is None:
            self.show_trouble(self.tr("This camera was removed in the meantime, so the zones cannot be saved."))
            return
        if not same_places(view.settings, self._known) and not self._warned:
            self._known, self._warned = view.settings, True
            self.basis.conflict_shown = True
            self.show_trouble(self.tr("Another user changed these zones in the meantime. Save again to replace them with yours."))
            return
        super().submit()

    def show_refusal(self, error: WatchroomError) -> None:
        """At the shape that it is about, where there is one."""
        self.set_busy(False)
        key, field = shape_about(error, self.draft.shapes) if isinstance(error, InputError) else ("", "")
        shape = self.draft.shape(key)
        if shape is None or not isinstance(error, InputError):
            super().show_refusal(error)
            return
        said = sentence(error.message, self.tr("It"))
        self._troubles[key] = said
        self.draft.choose_shape(key)
        self.editor.refresh()
        if not self.details.show_error(field, said):
            self.editor.refuse(Refusal(said, inner_point(shape.points)))

    # Leaving

    def leave_question(self) -> LeaveQuestion | None:
        """`reject` asks itself: the button asks too."""
        return None

    def reject(self) -> None:
        """What was drawn is not thrown away by one key."""
        if not self.has_changes():
            super().reject()
            return
        ask = ConfirmDialog(
            self.tr("Discard your drawing?"),
            self.tr("The zones and masks of this camera stay as they were last saved."),
            self.tr("&Discard"),
            self,
            keep=self.tr("&Keep drawing"),
        )
        ask.accepted.connect(super().reject)
        open_dialog(ask)

    def done(self, result: int) -> None:
        self.source.close()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves only on the button; undo is at hand wherever the keys are."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.editor.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.editor.redo()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _title(name: str) -> str:
    short = name if len(name) <= _TITLE_MOST else f"{name[: _TITLE_MOST - 1].rstrip()}…"
    return QCoreApplication.translate("ZonesDialog", "Zones and masks of {0}").format(short)


def _ptz_warning(bridge: EngineBridge, camera: CameraSettings) -> str:
    """Empty for a camera that does not move."""
    view = bridge.snapshot.ptz_of(camera.id) if bridge.snapshot is not None else None
    if view is None or not view.can.moves:
        return ""
    words = tr("This camera moves: draw at its home position. Away from it zones are on hold.")
    if camera.privacy:
        covered = tr("Privacy areas then cover the whole picture.")
        fixed = tr("Privacy areas then cover the wrong places: see PTZ settings.")
        words = f"{words} {covered if camera.ptz.cover_away else fixed}"
    return f"{words} {tr('It is away from home now.')}" if view.away else words
