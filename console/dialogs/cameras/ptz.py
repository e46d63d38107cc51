"""How one PTZ camera is steered: priorities, the way home, tours, presets; and what an operator has to know of zones."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.cameras.ptz_tours import TourEditor
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import open_dialog
from console.dialogs.labelled_rows import LabelledRows
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_box, whole_box
from engine.model.command import PutCamera
from engine.model.errors import InputError
from engine.model.ptz.commands import RemovePreset, SetHome, SetPreset
from engine.model.ptz.settings import PtzSettings
from engine.model.ptz.view import PtzView
from engine.model.settings import CameraSettings
from engine.model.snapshot import Snapshot
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.steering.words import away_words, control_words
from widgets.theme import set_role
from widgets.translation import tr

_LABEL_PX = 280
_NUMBERS = ("hold_s", "home_after_s", "resume_s", "speed")
_PRIORITIES = ("operator_priority", "investigator_priority", "admin_priority")


class PtzDialog(SavingDialog):
    """Admins only, of a camera with an ONVIF address."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, camera: CameraSettings, parent: QWidget | None = None) -> None:
        lead = tr("Zones, lines, masks and privacy areas belong to the home position. Away from it zones are on hold.")
        super().__init__(bridge, tr("PTZ of {0}").format(camera.name), lead, width=620, parent=parent)
        self._camera, self._shown_presets = camera, ()
        settings, view = camera.ptz, self._view()
        self.state = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        set_role(self.state, "secondary")
        self.body.addWidget(self.state)
        self.boxes = {name: number_box(PtzSettings, name, getattr(settings, name)) for name in _NUMBERS}
        self.priorities = {name: whole_box(PtzSettings, name, getattr(settings, name)) for name in _PRIORITIES}
        self.cover = QCheckBox(tr("Co&ver the picture away from home, where there are privacy areas"))
        self.cover.setChecked(settings.cover_away)
        self._add_priorities()
        self._add_home(settings, view)
        self._add_presets()
        self.editor = TourEditor(settings.tours, view.presets if view is not None else (), self)
        self.exclude_choice(self.editor.tours)
        self._add_section(tr("Tours"))
        self.body.addWidget(self.editor)
        self.editor.changed.connect(self.refresh)
        self.fields.hide()
        self.add_save(tr("&Save PTZ settings"))
        bridge.snapshot_changed.connect(self._show_snapshot)
        self._show_state()

    def _add_priorities(self) -> None:
        self._add_section(tr("Who steers"))
        rows = LabelledRows(_LABEL_PX)
        rows.add(tr("Priority of &operators"), self.priorities["operator_priority"])
        rows.add(tr("Priority of &investigators"), self.priorities["investigator_priority"])
        rows.add(tr("Priority of a&dministrators"), self.priorities["admin_priority"])
        rows.add(tr("Control is &held after the last movement for"), self.boxes["hold_s"])
        rows.add(tr("&Top speed, as a share"), self.boxes["speed"])
        self.body.addLayout(rows)

    def _add_home(self, settings: PtzSettings, view: PtzView | None) -> None:
        self._add_section(tr("Home position"))
        self.home = QComboBox(self)
        self.home.addItem(tr("The camera's own home position"), "")
        for preset in view.presets if view is not None else ():
            self.home.addItem(preset.name, preset.token)
        if self.home.findData(settings.home_preset) < 0:
            self.home.addItem(tr("Preset {0}").format(settings.home_preset), settings.home_preset)
        self.home.setCurrentIndex(self.home.findData(settings.home_preset))
        self.set_home = QPushButton(icon("locate-fixed"), tr("Set to where it looks &now"), self)
        self.set_home.setAutoDefault(False)
        self.set_home.clicked.connect(self.make_home)
        rows = LabelledRows(_LABEL_PX)
        rows.add(tr("Hom&e"), self.home, self.set_home)
        rows.add(tr("&Return home after (0: never)"), self.boxes["home_after_s"])
        rows.add(tr("Resume a tour &after"), self.boxes["resume_s"])
        self.body.addLayout(rows)
        self.body.addWidget(self.cover)

    def _add_presets(self) -> None:
        self._add_section(tr("Presets"))
        self.presets = QComboBox(self)
        self.presets.setAccessibleName(tr("Preset"))
        self.exclude_choice(self.presets)
        self.remove_preset = QPushButton(icon("trash-2"), tr("Remove preset"), self)
        self.preset_name = QLineEdit(self)
        self.preset_name.setMaxLength(64)
        self.preset_name.setPlaceholderText(tr("Name of a new preset"))
        self.preset_name.setAccessibleName(tr("Name of a new preset"))
        self.add_preset = QPushButton(icon("plus"), tr("Add from &picture"), self)
        first, second = make_row(spacing=8), make_row(spacing=8)
        for row, field, button in ((first, self.presets, self.remove_preset), (second, self.preset_name, self.add_preset)):
            button.setAutoDefault(False)
            row.addWidget(field, 1)
            row.addWidget(button)
            self.body.addLayout(row)
        self.add_preset.clicked.connect(self.keep_preset)
        self.remove_preset.clicked.connect(self.drop_preset)
        self.preset_name.textChanged.connect(self._show_state)

    def _add_section(self, words: str) -> None:
        heading = QLabel(words, self, textFormat=Qt.TextFormat.PlainText)
        set_role(heading, "section")
        self.body.addWidget(heading)

    # what the camera does at once

    def keep_preset(self) -> None:
        name = self.preset_name.text().strip()
        if name:
            self.tell(SetPreset(self._camera.id, name), self._preset_kept)

    def _preset_kept(self, _: str) -> None:
        self.preset_name.clear()

    def drop_preset(self) -> None:
        """Asks first: only the camera knows where a preset looks."""
        if token := self.presets.currentData():
            ask = ConfirmDialog(tr("Remove {0}?").format(self.presets.currentText()), "", tr("&Remove"), self, can_undo=False)
            ask.accepted.connect(partial(self.tell, RemovePreset(self._camera.id, str(token)), ignore_answer))
            open_dialog(ask)

    def make_home(self) -> None:
        self.tell(SetHome(self._camera.id), ignore_answer)

    # what is saved

    def command(self) -> PutCamera:
        """In the camera as it is now: others may have changed it meanwhile."""
        snapshot = self.bridge.snapshot
        camera = (snapshot.settings.camera(self._camera.id) if snapshot is not None else None) or self._camera
        values = {name: box.value() for name, box in self.boxes.items()} | {name: box.value() for name, box in self.priorities.items()}
        ptz = replace(
            camera.ptz, **values, cover_away=self.cover.isChecked(), home_preset=self.home.currentData(), tours=self.editor.tours_now()
        )
        return PutCamera(replace(camera, ptz=ptz))

    def has_unsaved_work(self) -> bool:
        try:
            return super().has_unsaved_work() or self.editor.tours_now() != self._camera.ptz.tours
        except InputError:
            return True

    def _view(self) -> PtzView | None:
        return self.bridge.snapshot.ptz_of(self._camera.id) if self.bridge.snapshot is not None else None

    def _show_snapshot(self, _: Snapshot) -> None:
        self._show_state()

    def _show_state(self) -> None:
        view, snapshot = self._view(), self.bridge.snapshot
        if view is None or snapshot is None:
            self.state.setText(tr("The camera is switched off, or has no ONVIF address."))
        else:
            words = (control_words(view, self.bridge.session.holder, snapshot.at_ns), away_words(view))
            self.state.setText(" · ".join(part for part in words if part))
        presets = view.presets if view is not None else ()
        if presets != self._shown_presets:
            self._shown_presets = presets
            self.presets.clear()
            for preset in presets:
                self.presets.addItem(preset.name, preset.token)
        keeps = view is not None and view.can.presets > 0
        self.add_preset.setEnabled(keeps and bool(self.preset_name.text().strip()) and not self.busy)
        self.remove_preset.setEnabled(bool(presets) and not self.busy)
        self.presets.setEnabled(bool(presets))
        self.set_home.setEnabled(view is not None and view.can.set_home and not self.busy)
