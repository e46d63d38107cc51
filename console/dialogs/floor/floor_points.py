"""Floor points: spots of the floor clicked in a camera's picture and on the plan, so that what it sees gets a place."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QSplitter, QWidget

from console.bridge import EngineBridge
from console.dialogs.basis import Basis
from console.dialogs.floor.floor_points_draft import Draft, pairs_of, points_of
from console.dialogs.floor.floor_points_fit import LEAST, Fit, fit, floor_grid, grid_area, in_picture, numbered
from console.dialogs.floor.floor_points_typed import metres, share, with_axis
from console.dialogs.floor.floor_points_words import fit_notes, fit_text, off_texts, place_text
from console.dialogs.frame import FramedDialog
from console.feeds.floor_picture import FloorPicture
from console.playback.still import Still
from console.words import error_text, permit
from engine.fusion.standpoint import standpoint
from engine.model.accounts.access import Verb
from engine.model.command import ChangeSettings
from engine.model.errors import Conflict, InputError, WatchroomError
from engine.model.geometry import Point
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor, FloorPoint
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.flow_row import FlowRow
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notices
from widgets.marks.simulated_mark import SimulatedMark
from widgets.signals import on
from widgets.space.build import bounds_of, node_marks, zone_marks
from widgets.space.plan.points import PointPlan
from widgets.space.plan.points_picture import PointsPicture
from widgets.space.plan.points_table import PointRow, PointsTable
from widgets.space.scene import CameraMark, Layers, SpaceScene
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

_UNKNOWN_SIZE = 1280, 720


class FloorPointsDialog(FramedDialog):
    """Nothing is changed before it is saved. For administrators. `saved`: the pose as it was saved, None before."""

    def __init__(self, bridge: EngineBridge, camera_id: str, parent: QWidget | None = None) -> None:
        self._bridge, self._camera_id = bridge, camera_id
        self._settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        camera = self._settings.camera(camera_id)
        name = camera.name if camera is not None else camera_id
        lead = tr(
            "Click a point of the floor in the picture, then the same point on the plan. At least four points, "
            "far apart, calibrate the camera."
        )
        super().__init__(tr("Floor points of {0}").format(name), lead, parent=parent)
        self.resize(1280, 800)
        self._name = name
        self.pose = _pose_of(self._settings.floor, camera_id)
        self.before = pairs_of(self.pose.floor_points) if self.pose is not None else ()
        self.draft = Draft(self.before)
        self.found: Fit | None = None
        self.told: CameraPose | None = None
        self.saved: CameraPose | None = None
        self._size = self._known_size()
        self._chosen = -1
        self._busy = False
        self._basis = Basis(bridge.snapshot)
        self.still = Still(bridge, camera_id, self)
        self._build_views()
        self._connect_views()
        self._show_pairs()
        self.plan.set_also_shown(_around(self.pose))
        self.take_picture()

    def _known_size(self) -> tuple[int, int]:
        snapshot = self._bridge.snapshot
        view = next((view for view in snapshot.cameras if view.settings.id == self._camera_id), None) if snapshot is not None else None
        return (view.health.width, view.health.height) if view is not None and view.health.width and view.health.height else _UNKNOWN_SIZE

    # Building

    def _build_views(self) -> None:
        self.picture, self.plan = PointsPicture(self), PointPlan(self)
        SimulatedMark(self.picture).set_camera(self._bridge.snapshot, self._camera_id)
        self.ground = FloorPicture(self._bridge, (self.plan,), self)
        self.plan.set_layers(Layers(cameras=True, nodes=False, links=False, glow=False, trails=False, uncertainty=False))
        self.table, self.notices, self.summary = PointsTable(self), Notices(self), QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.taken_text = ElidedLabel(self.tr("In the picture"), self)
        set_role(self.summary, "section")
        self.again = self._button("camera", self.tr("&Take a new picture"))
        self.undo = self._button("undo-2", self.tr("&Undo"))
        self.redo = self._button("rotate-ccw", self.tr("&Redo"))
        self.remove = self._button("trash-2", self.tr("Remove &point"))
        self.clear = self._button("trash-2", self.tr("Remove &all"))
        self.take = QCheckBox(self.tr("Use the co&mputed camera position"), self)
        self.take.setChecked(self.pose is None)
        self.place = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.place, "secondary")
        self._lay_out_views()

    def _button(self, icon_name: str, text: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text, self)
        button.setAutoDefault(False)
        return button

    def _lay_out_views(self) -> None:
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setChildrenCollapsible(False)
        across.addWidget(_titled(self.taken_text, self.picture, self.again))
        across.addWidget(_titled(QLabel(self.tr("On the plan")), self.plan))
        across.setSizes([640, 600])
        self.body.addWidget(across, 1)
        buttons = FlowRow(spacing=8)
        for button in (self.undo, self.redo, self.remove, self.clear):
            buttons.addWidget(button)
        side = make_column(spacing=8)
        side.addLayout(buttons)
        for part in (self.summary, self.notices, self.take, self.place):
            side.addWidget(part)
        side.addStretch()
        below = make_row(spacing=16)
        below.addWidget(self.table, 3)  # its five columns stay in sight on a small screen
        below.addLayout(side, 2)
        self.body.addLayout(below)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("&Save floor points"), "primary")

    def _connect_views(self) -> None:
        self.still.taken.connect(self._show_picture)
        self.still.failed.connect(self._show_no_picture)
        self.picture.spot_wanted.connect(lambda u, v: self._on_point_click(self.draft.place_image((u, v))))
        self.plan.spot_wanted.connect(lambda x, y: self._on_point_click(self.draft.place_floor((x, y))))
        self.picture.spot_moved.connect(lambda index, u, v: self._apply_point_change(lambda: self.draft.move_image(index, (u, v), "hand")))
        self.plan.spot_moved.connect(lambda index, x, y: self._apply_point_change(lambda: self.draft.move_floor(index, (x, y), "hand")))
        for view in (self.picture, self.plan):
            view.grabbed.connect(self.draft.settle)
        for view in (self.picture, self.plan, self.table):
            view.spot_chosen.connect(self.choose)
            view.removal_wanted.connect(self.remove_point)
        self.table.typed.connect(self._typed)
        self.again.clicked.connect(self.take_picture)
        self.undo.clicked.connect(lambda: self._apply_point_change(self.draft.undo))
        self.redo.clicked.connect(lambda: self._apply_point_change(self.draft.redo))
        self.remove.clicked.connect(lambda: self.remove_point(self._chosen))
        self.clear.clicked.connect(lambda: self._apply_point_change(self.draft.clear))
        self.take.toggled.connect(self._show_pairs)
        self.save_button.clicked.connect(self.save)
        for keys, act in ((QKeySequence.StandardKey.Undo, self.draft.undo), (QKeySequence.StandardKey.Redo, self.draft.redo)):
            on(QShortcut(QKeySequence(keys), self).activated, self._apply_point_change, act)

    # The picture

    def take_picture(self) -> None:
        self.again.setEnabled(False)
        if not self.picture.has_picture():
            self.picture.show_text(self.tr("Waiting for a picture of {0}…").format(self._name))
        self.still.take()

    def _show_picture(self, image: QImage, captured_ns: int) -> None:
        self.again.setEnabled(True)
        self.show_trouble("")
        snapshot = self._bridge.snapshot
        when = clock_text(captured_ns, snapshot.at_ns if snapshot is not None else None)
        self.taken_text.setText(self.tr("In the picture, taken {0}").format(when))
        self.picture.show_image(image)
        self._size = image.width(), image.height()
        self._show_pairs()

    def _show_no_picture(self, why: str) -> None:
        """One that is there stays."""
        self.again.setEnabled(True)
        if self.picture.has_picture():
            self.show_trouble(why)
        else:
            self.picture.show_text(why)

    # Showing

    def selected_point(self) -> int:
        return self._chosen

    def choose(self, index: int) -> None:
        if index != self._chosen:
            self._chosen = index
            self.draft.settle()
            self._show_pairs()

    def _show_pairs(self) -> None:
        pairs = self.draft.pairs
        self._chosen = min(self._chosen, len(pairs) - 1)
        self._judge()
        number = self.found.worst if self.found is not None else 0
        self.picture.set_spots(tuple(pair.image for pair in pairs), self._chosen, number)
        self.plan.set_spots(tuple(pair.floor for pair in pairs), self._chosen, number)
        self.table.show_rows(
            [PointRow(pair.image, pair.floor, off) for pair, off in zip(pairs, off_texts(pairs, self.found), strict=True)], self._chosen
        )
        self._show_scene()
        self._show_words()
        self._show_buttons()

    def _judge(self) -> None:
        """How well the whole points go together, and where they put the camera."""
        self.found = self.told = None
        points = self._points()
        if len(points) < LEAST:
            return
        labels = [number for number, pair in enumerate(self.draft.pairs, 1) if pair.image is not None and pair.floor is not None]
        self.found = numbered(fit(points, self._size), labels)
        if self.found.to_floor is not None:
            self.told = standpoint(self._camera_id, points, self._size, self.found.to_floor)

    def _points(self) -> tuple[FloorPoint, ...]:
        return points_of(self.draft.pairs)

    def _show_scene(self) -> None:
        floor, snapshot = self._settings.floor, self._bridge.snapshot
        nodes = node_marks(self._settings, snapshot.radio.nodes if snapshot is not None else ())
        extent = snapshot.radio.picture.extent if snapshot is not None and snapshot.radio.picture else None
        bounds = bounds_of(floor, extent, nodes)
        lines = floor_grid(*grid_area((bounds.x0, bounds.y0, bounds.x1, bounds.y1), self._points()))
        pose = self.new_pose()
        cameras = (CameraMark(self._name, pose),) if pose is not None else ()
        self.plan.set_scene(SpaceScene(bounds, walls=floor.walls, portals=floor.portals, zones=zone_marks(floor), cameras=cameras))
        self.picture.set_lines(in_picture(self.found, lines) if self.found is not None else ())

    def _show_words(self) -> None:
        sentences = fit_notes(self.draft.pairs, self.found)
        if not self.draft.pairs and self.before:
            sentences = ((self.tr("No points: positions follow from the placement of the camera."), "neutral"),)
        if self.new_pose() is None and self.found is not None and self.found.wrong is None:
            text = self.tr("These points do not determine the camera position. Place the camera on the plan first, under Place cameras.")
            sentences = ((text, "moderate"), *sentences)
        self.notices.set_notices(sentences)
        text = fit_text(self.found)
        self.summary.setText(text)
        self.summary.setVisible(bool(text))
        self.place.setText(place_text(self.told, self.pose))
        self.place.setVisible(self.told is not None)

    def _show_buttons(self) -> None:
        self.undo.setEnabled(self.draft.can_undo)
        self.redo.setEnabled(self.draft.can_redo)
        self.remove.setEnabled(self._chosen >= 0)
        self.clear.setEnabled(bool(self.draft.pairs))
        self.take.setEnabled(self.told is not None and self.pose is not None)
        allowed = permit(self.save_button, self._bridge.session, Verb.ADMINISTER)
        self.save_button.setEnabled(allowed and self._can_be_saved() and not self._busy)

    def _can_be_saved(self) -> bool:
        pairs, pose = self.draft.pairs, self.new_pose()
        whole = len(self._points()) == len(pairs) and (not pairs or (self.found is not None and self.found.wrong is None))
        return whole and pose is not None and pose != self.pose

    # Changing

    def _on_point_click(self, index: int) -> None:
        """A spot was clicked."""
        if index >= 0:
            self._chosen = index
            self._show_pairs()

    def _apply_point_change(self, change: Callable[[], None]) -> None:
        change()
        self._show_pairs()

    def remove_point(self, index: int) -> None:
        if 0 <= index < len(self.draft.pairs):
            self._apply_point_change(lambda: self.draft.remove(index))

    def _typed(self, index: int, column: int, text: str) -> None:
        """What is no place is not taken, and the cell shows what it was."""
        self.draft.settle()
        pair = self.draft.pairs[index]
        try:
            if column < 2:
                self.draft.move_image(index, with_axis(pair.image, column, share(text)))
            else:
                self.draft.move_floor(index, with_axis(pair.floor, column - 2, metres(text)))
            self.show_trouble("")
        except InputError as error:
            self.show_trouble(error_text(error))
        self._show_pairs()

    # Saving

    def new_pose(self) -> CameraPose | None:
        """With the points as they are; None while it is not known where the camera hangs."""
        points = self._points() if len(self._points()) >= LEAST else ()
        pose = self.told if self._takes_told() else self.pose
        return replace(pose, floor_points=points) if pose is not None else None

    def _takes_told(self) -> bool:
        """Whether the camera is placed where its points say."""
        return self.told is not None and (self.take.isChecked() or self.pose is None)

    def floor(self, pose: CameraPose) -> Floor:
        """The floor as it is now, which somebody else may have changed meanwhile, with this camera's points."""
        snapshot = self._bridge.snapshot
        floor = snapshot.settings.floor if snapshot is not None else self._settings.floor
        now = _pose_of(floor, self._camera_id)
        if now is None:
            return replace(floor, camera_poses=(*floor.camera_poses, pose))
        mine = pose if self._takes_told() else replace(now, floor_points=pose.floor_points)
        return replace(floor, camera_poses=tuple(mine if each is now else each for each in floor.camera_poses))

    def _floor_seen(self) -> Floor:
        """The floor as it is now, with what this dialog replaces as it was opened on it."""
        snapshot = self._bridge.snapshot
        floor = snapshot.settings.floor if snapshot is not None else self._settings.floor
        now = _pose_of(floor, self._camera_id)
        if self.pose is None or now is None:
            return self._settings.floor if now is not self.pose else floor
        seen = self.pose if self._takes_told() else replace(now, floor_points=self.pose.floor_points)
        return replace(floor, camera_poses=tuple(seen if each is now else each for each in floor.camera_poses))

    def save(self) -> None:
        pose = self.new_pose()
        if pose is None:
            return
        self._busy = True
        self._show_pairs()
        terms = self._basis.seen_terms(ChangeSettings(floor=self._floor_seen()), self._bridge.snapshot)
        change = ChangeSettings(floor=self.floor(pose))
        self._bridge.tell(change, self._accept_pose, self._show_fit_error, pose, owner=self, terms=terms)

    def _accept_pose(self, pose: CameraPose) -> None:
        self.saved = pose
        self.accept()

    def _show_fit_error(self, error: WatchroomError) -> None:
        self._busy = False
        self._show_pairs()
        if isinstance(error, Conflict):
            self.show_trouble(self._basis.conflict_text(error))
        else:
            self.show_error(error)

    def done(self, result: int) -> None:
        self.still.close()
        super().done(result)

    def has_unsaved_work(self) -> bool:
        return self.draft.pairs != self.before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a cell does not close the dialog."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _titled(title: QLabel, widget: QWidget, button: QPushButton | None = None) -> QWidget:
    set_role(title, "section")
    title.setMinimumHeight(32)
    head = QHBoxLayout()
    head.addWidget(title, 1)
    if button is not None:
        head.addWidget(button)
    holder = QWidget()
    column = make_column(holder, spacing=8, margins=NO_MARGINS)
    column.addLayout(head)
    column.addWidget(widget, 1)
    return holder


def _around(pose: CameraPose | None) -> tuple[Point, ...]:
    """What belongs on the plan beside the floor: where the camera hangs, what it looks at, and its points."""
    return (pose.position[:2], pose.aim[:2], *(point.floor for point in pose.floor_points)) if pose is not None else ()


def _pose_of(floor: Floor, camera_id: str) -> CameraPose | None:
    return next((pose for pose in floor.camera_poses if pose.camera_id == camera_id), None)
