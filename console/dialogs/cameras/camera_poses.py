"""Place cameras: where each hangs and looks, dragged on the plan or typed."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.basis import Basis
from console.dialogs.cameras.pose_draft import Look, aimed, look_of, looking, new_pose, translate_pose, turned
from console.dialogs.floor.floor_points import FloorPointsDialog
from console.dialogs.frame import FramedDialog, open_dialog
from console.dialogs.setting_fields import range_and_help
from console.feeds.floor_picture import FloorPicture
from console.words import field_of, permit, sentence
from engine.model.accounts.access import Verb
from engine.model.command import ChangeSettings
from engine.model.errors import Conflict, InputError, WatchroomError
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor
from widgets.fields.form import FieldGroup
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.layout.down_scroll import DownScroll
from widgets.layout.flow_row import FlowRow
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text, typed_number
from widgets.space.build import bounds_of, node_marks, zone_marks
from widgets.space.plan.cameras import CameraPlan
from widgets.space.plan.position_fields import PositionFields
from widgets.space.scene import CameraMark, Layers, SpaceScene

_KEY = Qt.ItemDataRole.UserRole
_SIDE_PX = 372
_BESIDE_BAR = 0, 0, 12, 0
_ANGLES = ("direction_deg", "tilt_deg", "fov_deg")


class CameraPosesDialog(FramedDialog):
    """Nothing is changed before it is saved. For administrators."""

    def __init__(self, bridge: EngineBridge, camera_id: str = "", parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("CameraPosesDialog", "Place cameras")
        lead = QCoreApplication.translate(
            "CameraPosesDialog",
            "Drag a camera to its position and its ring to its direction. Double-click to place a camera that has no position.",
        )
        super().__init__(title, lead, parent=parent)
        self.resize(1180, 760)
        self._bridge = bridge
        self._settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        self._names = {camera.id: camera.name for camera in self._settings.cameras}
        self.before = {pose.camera_id: pose for pose in self._settings.floor.camera_poses if pose.camera_id in self._names}
        self.poses = dict(self.before)
        self._chosen = ""
        self._filling = self._busy = False
        self._basis = Basis(bridge.snapshot)
        self._build_plan()
        self._connect_plan()
        self.choose(camera_id if camera_id in self._names else next(iter(self._names), ""))

    # Building

    def _build_plan(self) -> None:
        self.plan = CameraPlan(self)
        self.plan.setMinimumSize(360, 300)
        self.plan.has_legend = False
        self.ground = FloorPicture(self._bridge, (self.plan,), self)
        self.plan.set_layers(Layers(cameras=True, links=False, glow=False, trails=False, uncertainty=False))
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Cameras"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.place = PositionFields(self.tr("Position"))
        self.fields = FieldGroup(self)
        self._add_pose_field("direction_deg", self.tr("&Direction, in °"), self.tr("Compass bearing: 0 is north, 90 east."))
        self._add_pose_field("tilt_deg", self.tr("&Tilt, in °"), self.tr("Degrees below the horizon; 0 is level."))
        self._add_pose_field("fov_deg", self.tr("Field of &view, in °"), range_and_help(CameraPose, "fov_deg"))
        self.place_button = self._button("plus", self.tr("&Add to the plan"))
        self.remove = self._button("trash-2", self.tr("&Remove from the plan"))
        self.points_button = self._button("locate-fixed", self.tr("Floor &points…"))
        self.points_button.setToolTip(self.tr("Mark floor points in the picture for more accurate positions"))
        self._lay_out_buttons()

    def _add_pose_field(self, name: str, label: str, hint: str) -> None:
        self.fields.add_checked(name, label, self._angle_trouble, hint)

    def _button(self, icon_name: str, text: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text, self)
        button.setAutoDefault(False)
        return button

    def _lay_out_buttons(self) -> None:
        buttons = FlowRow(spacing=8)
        buttons.addWidget(self.place_button)
        buttons.addWidget(self.remove)
        self.no_cameras = QLabel(self.tr("There are no cameras yet. Add one on the Live page."), wordWrap=True)
        side = QWidget(self)
        column = make_column(side, spacing=8, margins=_BESIDE_BAR)
        for part in (self.no_cameras, self.list):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.place)
        column.addWidget(self.fields)
        column.addWidget(self.points_button)
        row = make_row(spacing=16)
        row.addWidget(self.plan, 1)
        scroll = DownScroll(side, self)  # the plan stays in sight where the screen is low
        scroll.setFixedWidth(_SIDE_PX)
        row.addWidget(scroll)
        self.body.addLayout(row, 1)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("&Save cameras"), "primary")

    def _connect_plan(self) -> None:
        self.plan.camera_chosen.connect(self.choose)
        self.plan.camera_moved.connect(self._dragged)
        self.plan.camera_aimed.connect(lambda camera, x, y: self._change_pose(camera, lambda pose: aimed(pose, x, y)))
        self.plan.camera_turned.connect(lambda camera, degrees: self._change_pose(camera, lambda pose: turned(pose, degrees)))
        self.plan.place_wanted.connect(self.add_at)
        self.plan.removal_wanted.connect(self.remove_chosen)
        self.list.currentItemChanged.connect(self._list_chosen)
        self.place_button.clicked.connect(self._add_in_the_middle)
        self.remove.clicked.connect(self.remove_chosen)
        self.points_button.clicked.connect(self.open_points)
        self.place.changed.connect(self._typed)
        for name in _ANGLES:
            self.fields.field(name).changed.connect(self._typed)
        self.save_button.clicked.connect(self.save)

    # Showing

    def selected_camera(self) -> str:
        return self._chosen

    def choose(self, camera_id: str) -> None:
        self._chosen = camera_id
        self._show_fields()
        self._show_poses()

    def _show_poses(self) -> None:
        self._show_scene()
        self._show_list()
        pose = self.poses.get(self._chosen)
        self.no_cameras.setVisible(not self._names)
        self.place_button.setEnabled(bool(self._chosen) and pose is None)
        self.remove.setEnabled(pose is not None)
        self.place.setEnabled(pose is not None)
        self.fields.setEnabled(pose is not None)
        count = len(pose.floor_points) if pose is not None else 0
        self.points_button.setText(self.tr("Floor &points ({0})…").format(count) if count else self.tr("Floor &points…"))
        self.points_button.setEnabled(bool(self._chosen) and self._bridge.may(Verb.ADMINISTER))
        allowed = permit(self.save_button, self._bridge.session, Verb.ADMINISTER)
        self.save_button.setEnabled(allowed and self._is_valid() and self.poses != self.before and not self._busy)

    def _is_valid(self) -> bool:
        """Empty fields of a camera without a place are not wrong."""
        if self._chosen not in self.poses:
            return True
        return self.fields.is_valid() and self.place.value() is not None

    def _show_scene(self) -> None:
        floor = self._settings.floor
        snapshot = self._bridge.snapshot
        nodes = node_marks(self._settings, snapshot.radio.nodes if snapshot is not None else ())
        extent = snapshot.radio.picture.extent if snapshot is not None and snapshot.radio.picture else None
        cameras = tuple(CameraMark(self._names[camera], pose) for camera, pose in self.poses.items())
        bounds = bounds_of(floor, extent, nodes)
        self.plan.set_scene(SpaceScene(bounds, walls=floor.walls, portals=floor.portals, zones=zone_marks(floor), cameras=cameras))
        self.plan.set_chosen(self._chosen)

    def _show_list(self) -> None:
        self._filling = True
        while self.list.count() < len(self._names):
            self.list.addItem(QListWidgetItem())
        for number, (camera_id, name) in enumerate(self._names.items()):
            item = self.list.item(number)
            item.setText(f"{name} · {self._place_text(self.poses.get(camera_id))}")
            item.setToolTip(plain_tip(name))
            item.setData(_KEY, camera_id)
            if camera_id == self._chosen:
                self.list.setCurrentItem(item)
        self._filling = False

    def _place_text(self, pose: CameraPose | None) -> str:
        if pose is None:
            return self.tr("not on the plan")
        x, y, z = (number_text(round(value, 2), "g") for value in pose.position)
        return self.tr("{0} east, {1} north, {2} up").format(x, y, z)

    def _show_fields(self) -> None:
        pose = self.poses.get(self._chosen)
        texts = _texts(pose) if pose is not None else ("", "", "")
        self._filling = True
        self.place.set_value(pose.position if pose is not None else None)
        for name, text in zip(_ANGLES, texts, strict=True):
            self.fields.field(name).set_value(text)
        self._filling = False

    def _list_chosen(self, item: QListWidgetItem | None) -> None:
        if not self._filling and item is not None:
            self.choose(str(item.data(_KEY)))

    # Changing

    def _change_pose(self, camera_id: str, change: Callable[[CameraPose], CameraPose]) -> None:
        """A change by hand: the fields follow."""
        pose = self.poses.get(camera_id)
        if pose is None:
            return
        self._chosen = camera_id
        try:
            self.poses[camera_id] = change(pose)
        except InputError as error:
            self.show_trouble(sentence(error.message, self.tr("The place")))
            return
        self.show_trouble("")
        self._show_fields()
        self._show_poses()

    def _dragged(self, camera_id: str, x: float, y: float) -> None:
        self._change_pose(camera_id, lambda pose: translate_pose(pose, (x, y, pose.position[2])))

    def _typed(self) -> None:
        pose, position = self.poses.get(self._chosen), self.place.value()
        if self._filling or pose is None:
            return
        if position is not None and position != pose.position:
            pose = translate_pose(pose, position)
        if self.fields.is_valid():
            direction, tilt, fov = (typed_number(self.fields.field(name).value()) for name in _ANGLES)
            look = Look(direction, tilt)
            pose = replace(pose if look == look_of(pose) else looking(pose, look), fov_deg=fov)
        self.poses[self._chosen] = pose
        self._show_poses()

    def _angle_trouble(self, name: str, text: str) -> str:
        try:
            value = typed_number(text)
            CameraPose("a", (0, 0, 0), (1, 0, 0), value) if name == "fov_deg" else replace(Look(0.0, 0.0), **{name: value})
        except InputError as error:
            return sentence(error.message, self.tr("This")) if field_of(error) == name else sentence(str(error))
        except ValueError:
            return self.tr("Enter a number of degrees.")
        return ""

    def add_at(self, x: float, y: float) -> None:
        """The chosen camera; where that is on the plan already, the first that is not."""
        free = [camera for camera in self._names if camera not in self.poses]
        camera_id = self._chosen if self._chosen in free else next(iter(free), "")
        if camera_id:
            self.poses[camera_id] = new_pose(camera_id, x, y)
            self.choose(camera_id)

    def _add_in_the_middle(self) -> None:
        x, y, _ = self.plan.scene.bounds.center
        self.add_at(round(x, 2), round(y, 2))

    def remove_chosen(self) -> None:
        if self.poses.pop(self._chosen, None) is not None:
            self.choose(self._chosen)

    # Floor points

    def open_points(self) -> None:
        camera_id = self._chosen
        dialog = FloorPointsDialog(self._bridge, camera_id, self)
        dialog.accepted.connect(lambda: self._points_saved(dialog.saved))
        open_dialog(dialog)

    def _points_saved(self, saved: CameraPose | None) -> None:
        """Where they placed the camera as well, what was changed here before gives way; otherwise it stays, with the new points."""
        if saved is None:
            return
        camera_id, before = saved.camera_id, self.before.get(saved.camera_id)
        mine = self.poses.get(camera_id)
        moved_there = before is None or replace(saved, floor_points=before.floor_points) != before
        self.before[camera_id] = saved
        self.poses[camera_id] = saved if mine is None or moved_there else replace(mine, floor_points=saved.floor_points)
        self.choose(camera_id)

    # Saving

    def floor(self) -> Floor:
        """The floor as it is now, which somebody else may have changed meanwhile, with these cameras."""
        snapshot = self._bridge.snapshot
        floor = snapshot.settings.floor if snapshot is not None else self._settings.floor
        points = {pose.camera_id: pose.floor_points for pose in floor.camera_poses}  # clicked elsewhere, and not this dialog's to change
        poses = (replace(pose, floor_points=points.get(camera, ())) for camera, pose in self.poses.items())
        return replace(floor, camera_poses=tuple(poses))

    def _floor_seen(self) -> Floor:
        """The floor as it is now, with the cameras where they were when this dialog was opened, or its own floor points placed them."""
        snapshot = self._bridge.snapshot
        floor = snapshot.settings.floor if snapshot is not None else self._settings.floor
        points = {pose.camera_id: pose.floor_points for pose in floor.camera_poses}
        seen = {pose.camera_id: pose for pose in self._settings.floor.camera_poses} | self.before
        return replace(floor, camera_poses=tuple(replace(pose, floor_points=points.get(camera, ())) for camera, pose in seen.items()))

    def save(self) -> None:
        self._busy = True
        self._show_poses()
        terms = self._basis.seen_terms(ChangeSettings(floor=self._floor_seen()), self._bridge.snapshot)
        self._bridge.tell(ChangeSettings(floor=self.floor()), self.accept, self._show_pose_error, owner=self, terms=terms)

    def _show_pose_error(self, error: WatchroomError) -> None:
        self._busy = False
        self._show_poses()
        if isinstance(error, Conflict):
            self.show_trouble(self._basis.conflict_text(error))
        else:
            self.show_error(error)

    def has_unsaved_work(self) -> bool:
        return self.poses != self.before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field does not close the dialog."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _texts(pose: CameraPose) -> tuple[str, str, str]:
    look = look_of(pose)
    return number_text(look.direction_deg, "g"), number_text(look.tilt_deg, "g"), number_text(pose.fov_deg, "g")
