"""The floor plan: its size, zones, doors and walls, typed into tables and drawn at once."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.basis import Basis
from console.dialogs.floor.floor_draft import FloorDraft, FloorTexts, NewIds, draft, texts_of
from console.dialogs.floor.floor_image import FloorImageDialog
from console.dialogs.frame import FramedDialog, open_dialog
from console.feeds.floor_picture import FloorPicture
from console.words import sentence
from engine.model.command import ChangeSettings
from engine.model.errors import Conflict, InputError, WatchroomError
from engine.model.settings import Settings
from engine.model.site import Floor
from widgets.fields.form import Field
from widgets.fields.row_editor import Column, RowEditor, RowProblem
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.layout.tabs import Tabs
from widgets.number_text import number_text
from widgets.space.build import bounds_of, node_marks, zone_marks
from widgets.space.plan.plan import FloorPlan
from widgets.space.scene import Layers, SpaceScene
from widgets.theme import set_role

_SIZE = ("x0", "y0", "x1", "y1", "height_m")


class FloorDialog(FramedDialog):
    """Nothing is changed before it is saved. For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("FloorDialog", "Edit floor")
        lead = QCoreApplication.translate(
            "FloorDialog", "Coordinates in metres: X to the east, Y to the north, from a corner of your choice."
        )
        super().__init__(title, lead, parent=parent)
        self.resize(1080, 700)
        self._bridge = bridge
        self._settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        self._basis = Basis(bridge.snapshot)
        self._new_ids = NewIds()
        self._busy = False
        self.preview = FloorPlan(self)
        self.preview.setMinimumSize(380, 320)
        self.preview.has_legend = False
        self.preview.set_layers(Layers(links=False, glow=False, trails=False, uncertainty=False))
        self.tabs = Tabs(framed=True)
        self.size_fields = {name: Field(text) for name, text in zip(_SIZE, self._size_names(), strict=True)}
        self.zones = self._editor("zones")
        self.portals = self._editor("portals")
        self.walls = self._editor("walls")
        self._lay_out_tables()
        self._fill_tables(texts_of(self._settings.floor))
        self._texts_before = self.texts()
        self._show_plan()

    def _size_names(self) -> tuple[str, ...]:
        return (
            self.tr("West edge, X"),
            self.tr("South edge, Y"),
            self.tr("East edge, X"),
            self.tr("North edge, Y"),
            self.tr("Ceiling height"),
        )

    def _editor(self, part: str) -> RowEditor:
        name, add, first, rest = {
            "zones": (self.tr("Zones"), self.tr("&Add zone"), ("name", self.tr("Name")), self._box_columns()),
            "portals": (self.tr("Doors"), self.tr("&Add door"), ("name", self.tr("Name")), self._line_columns()),
            "walls": (self.tr("Walls"), self.tr("&Add wall"), None, (*self._line_columns(), Column("height_m", self.tr("Height"), 80))),
        }[part]
        columns = (Column(*first), *rest) if first else rest
        editor = RowEditor(name, columns, add, self)
        editor.changed.connect(self._show_plan)
        self.tabs.addTab(editor, name)
        return editor

    def _box_columns(self) -> tuple[Column, ...]:
        titles = (("x0", self.tr("West")), ("y0", self.tr("South")), ("x1", self.tr("East")), ("y1", self.tr("North")))
        return tuple(Column(field, title, 72) for field, title in titles)

    def _line_columns(self) -> tuple[Column, ...]:
        titles = (("ax", self.tr("From X")), ("ay", self.tr("From Y")), ("bx", self.tr("To X")), ("by", self.tr("To Y")))
        tip = self.tr("Doors: “in” is from right to left, seen from the first point to the second.")
        return tuple(Column(field, title, 78, tip) for field, title in titles)

    def _lay_out_tables(self) -> None:
        size = QWidget(self)
        grid = QGridLayout(size)
        grid.setContentsMargins(12, 16, 12, 8)
        grid.setHorizontalSpacing(16)
        for number, name in enumerate(_SIZE):
            grid.addWidget(self.size_fields[name], number // 2, number % 2)
            self.size_fields[name].changed.connect(self._show_plan)
        note = QLabel(self.tr("Leave the four edges empty to use the room that the nodes span."), wordWrap=True)
        set_role(note, "secondary")
        grid.addWidget(note, 3, 0, 1, 2)
        grid.setRowStretch(4, 1)
        self.tabs.insertTab(0, size, self.tr("Size"))
        self.tabs.setCurrentIndex(0)
        left = QVBoxLayout()
        left.addWidget(self.tabs, 1)
        self._summary = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self._summary, "secondary")
        left.addWidget(self._summary)
        row = make_row(spacing=16)
        row.addLayout(left, 5)
        row.addWidget(self.preview, 5)
        self.body.addLayout(row, 1)
        self.image_button = self.add_button(self.tr("&Picture of the plan…"), at_left=True)
        self.image_button.setIcon(icon("image"))
        self.image_button.clicked.connect(self.open_image)
        self.ground = FloorPicture(self._bridge, (self.preview,), self)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("&Save floor"), "primary")
        self.save_button.clicked.connect(self.save)

    def _fill_tables(self, texts: FloorTexts) -> None:
        for name, text in zip(_SIZE, texts.size, strict=True):
            self.size_fields[name].set_value(text)
        self.zones.set_rows(texts.zones)
        self.portals.set_rows(texts.portals)
        self.walls.set_rows(texts.walls)

    def texts(self) -> FloorTexts:
        west, south, east, north, height = (self.size_fields[name].value() for name in _SIZE)
        return FloorTexts((west, south, east, north, height), self.zones.text_rows(), self.portals.text_rows(), self.walls.text_rows())

    def draft(self) -> FloorDraft:
        return draft(self.texts(), self._floor_before(), self._new_ids)

    def _floor_before(self) -> Floor:
        """As the dialog was opened on it; what is edited elsewhere, also from here, is as it is now."""
        before, snapshot = self._settings.floor, self._bridge.snapshot
        now = before if snapshot is None else snapshot.settings.floor
        return replace(before, camera_poses=now.camera_poses, image=now.image)

    def _show_plan(self) -> None:
        made = self.draft()
        self._show_size(made.problems["size"])
        for editor, part in ((self.zones, "zones"), (self.portals, "portals"), (self.walls, "walls")):
            editor.show_problems(made.problems[part])
        self._mark_tabs(made)
        self.preview.set_scene(self._scene(made))
        self._summary.setText(self._summary_text(made))
        self.save_button.setEnabled(made.is_valid and not self._busy)
        self.show_trouble("")

    def _show_size(self, problems: tuple[RowProblem, ...]) -> None:
        for name, field in self.size_fields.items():
            message = next((p.message for p in problems if p.field == name), "")
            if message != field.message():
                field.show_error(message)

    def _mark_tabs(self, made: FloorDraft) -> None:
        """A tab with something wrong in it says so, also while another is open."""
        names = (self.tr("Size"), self.tr("Zones"), self.tr("Doors"), self.tr("Walls"))
        counts = (0, len(made.floor.zones), len(made.floor.portals), len(made.floor.walls))
        for index, (part, name, count) in enumerate(zip(("size", "zones", "portals", "walls"), names, counts, strict=True)):
            text = f"{name} {count}" if count else name
            self.tabs.setTabText(index, self.tr("{0} – errors").format(name) if made.problems[part] else text)

    def _scene(self, made: FloorDraft) -> SpaceScene:
        floor, radio = made.floor, self._bridge.snapshot.radio if self._bridge.snapshot is not None else None
        nodes = node_marks(self._settings, radio.nodes if radio else ())
        extent = radio.picture.extent if radio and radio.picture else None
        zones = zone_marks(floor, numbers=made.zone_rows)
        return SpaceScene(bounds_of(floor, extent, nodes), walls=floor.walls, portals=floor.portals, zones=zones, nodes=nodes)

    def _summary_text(self, made: FloorDraft) -> str:
        extent = made.floor.extent
        if extent is None:
            return self.tr("The size follows the nodes.")
        width, depth = extent[2] - extent[0], extent[3] - extent[1]
        return self.tr("{0} × {1} m, {2} m² of floor.").format(
            number_text(width, "g"), number_text(depth, "g"), number_text(width * depth, ".0f")
        )

    def open_image(self) -> FloorImageDialog:
        """It is saved on its own, and shows under this plan at once."""
        dialog = FloorImageDialog(self._bridge, self)
        open_dialog(dialog)
        return dialog

    def save(self) -> None:
        made = self.draft()
        if self._busy or not made.is_valid:
            return
        self._busy = True
        self.save_button.setEnabled(False)
        terms = self._basis.seen_terms(ChangeSettings(floor=self._floor_before()), self._bridge.snapshot)
        self._bridge.tell(ChangeSettings(floor=made.floor), self.accept, self._show_floor_error, owner=self, terms=terms)

    def _show_floor_error(self, error: WatchroomError) -> None:
        self._busy = False
        self.save_button.setEnabled(True)
        if isinstance(error, Conflict):
            self.show_trouble(self._basis.conflict_text(error))
        elif isinstance(error, InputError):
            self.show_trouble(sentence(error.message, self.tr("The floor")))
        else:
            self.show_error(error)

    def has_unsaved_work(self) -> bool:
        return self.texts() != self._texts_before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends the editing of a cell and never closes the dialog."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
