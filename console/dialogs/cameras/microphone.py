"""A microphone: a device of the engine's machine or the sound of a camera, where it stands, and whether it listens."""

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import length_trouble
from console.words import error_text
from engine.model.command import ChangeSettings
from engine.model.errors import WatchroomError
from engine.model.ids import random_id
from engine.model.people.settings import MicrophoneSettings
from engine.model.people.speech import SoundDevice
from engine.model.question import ListSoundDevices
from engine.model.settings import CameraKind, Settings, camera_kind
from widgets.fields.form import Field
from widgets.marks.notice import Notice
from widgets.space.plan.position_fields import PositionFields
from widgets.theme import set_role
from widgets.translation import tr

_DEVICE, _CAMERA = "device", "camera"
_WITH_SOUND = (CameraKind.RTSP, CameraKind.FILE)


class MicrophoneDialog(SavingDialog):
    """For a microphone that is there, or with None for a new one."""

    def __init__(self, bridge: EngineBridge, before: MicrophoneSettings | None = None, parent: QWidget | None = None) -> None:
        title = tr("Edit {0}").format(before.name) if before is not None else tr("Add microphone")
        lead = tr("Sound is analysed and not stored. Only names that people say of themselves are kept.")
        super().__init__(bridge, title, lead, width=560, parent=parent)
        self._before, self._id = before, before.id if before is not None else random_id("microphone")
        self._settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        name = Field(self.tr("&Name"), _name_trouble, placeholder=self.tr("For example Reception desk"))
        self.fields.add_field("name", name)
        self.source = QComboBox()
        self.source_trouble = Notice()
        self.position = PositionFields(self.tr("Position on the floor"), "", self)
        self.enabled = QCheckBox(self.tr("&Enabled"))
        self._lay_out_source()
        self._add_sources(())
        self._show_microphone()
        self.source.currentIndexChanged.connect(self._follow_source)
        self.position.changed.connect(self.refresh)
        self.position.submitted.connect(self.submit)
        self.add_save(self.tr("&Save microphone"))
        bridge.ask(ListSoundDevices(), self._show_sound_devices, self._none_found, owner=self)

    def _lay_out_source(self) -> None:
        self.source.setAccessibleName(self.tr("Sound of"))
        self.consent = QLabel(self.tr("People near it must be informed: put up a notice."), wordWrap=True)
        set_role(self.consent, "secondary")
        self.body.addWidget(self.fields)
        self.add_labelled(self.tr("S&ound of"), self.source)
        for part in (self.source_trouble, self.position, self.enabled, self.consent):
            self.body.addWidget(part)

    def _show_microphone(self) -> None:
        before = self._before
        if before is not None:
            self.fields.field("name").set_value(before.name)
            self.position.set_value(before.position)
        self.enabled.setChecked(before is None or before.enabled)
        self._follow_source()

    def _add_sources(self, devices: tuple[tuple[str, str], ...]) -> None:
        """`devices`: keys and titles. What is chosen stays so, also where it is not connected now."""
        chosen = self.source.currentData() or self._stored_source()
        listed: dict[tuple[str, str], str] = {(_DEVICE, ""): self.tr("Default microphone of the engine's computer")}
        listed |= {(_DEVICE, key): title for key, title in devices}
        listed |= {(_CAMERA, each.id): self.tr("Camera {0}").format(each.name) for each in self._settings.cameras if _may_sound(each.url)}
        if chosen not in listed:
            listed[chosen] = self.tr("{0} (not connected)").format(chosen[1])
        self.source.blockSignals(True)
        self.source.clear()
        for data, title in listed.items():
            self.source.addItem(title, data)
        self.source.setCurrentIndex(list(listed).index(chosen))
        self.source.blockSignals(False)

    def _stored_source(self) -> tuple[str, str]:
        if self._before is None:
            return _DEVICE, ""
        return (_CAMERA, self._before.camera_id) if self._before.camera_id else (_DEVICE, self._before.device)

    def _show_sound_devices(self, devices: tuple[SoundDevice, ...]) -> None:
        self._add_sources(tuple((each.key, each.title) for each in devices))
        self.source_trouble.set_notice("", "neutral")

    def _none_found(self, error: WatchroomError) -> None:
        self.source_trouble.set_notice(error_text(error), "moderate")

    def _follow_source(self) -> None:
        of_camera = self.source.currentData()[0] == _CAMERA
        own = self.tr("Empty: position of the camera.") if of_camera else self.tr("Empty: any person in view may be the speaker.")
        far = self.tr("In metres, as on the floor plan. People further than 5 m away are not considered as the speaker. {0}")
        self.position.set_hint(far.format(own))

    def is_valid(self) -> bool:
        return super().is_valid() and self.position.is_valid()

    def command(self) -> ChangeSettings:
        """Among those that there are by now."""
        kind, key = self.source.currentData()
        name = self.fields.field("name").value().strip()
        known = self.bridge.snapshot.settings.microphones if self.bridge.snapshot is not None else ()
        made = MicrophoneSettings(
            id=self._id,
            name=name,
            device=key if kind == _DEVICE else "",
            camera_id=key if kind == _CAMERA else "",
            position=self.position.value(),
            enabled=self.enabled.isChecked(),
        )
        if any(each.id == made.id for each in known):
            return ChangeSettings(microphones=tuple(made if each.id == made.id else each for each in known))
        return ChangeSettings(microphones=(*known, made))


class ExpectedNamesDialog(SavingDialog):
    """Names that the built-in recogniser is to listen for, beside those of people who are known."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("The built-in recogniser knows only listed names: those of people on file, and these.")
        super().__init__(bridge, tr("Expected names"), lead, width=520, parent=parent)
        self._before = bridge.snapshot.settings.recognition if bridge.snapshot is not None else Settings().recognition
        names = Field(self.tr("&Names, separated by commas"), _names_trouble, placeholder=self.tr("For example Anna, Peter Meyer, Zoe"))
        names.set_value(", ".join(self._before.expected_names))
        self.fields.add_field("expected_names", names)
        self.body.addWidget(self.fields)
        self.add_save(self.tr("&Save names"))

    def command(self) -> ChangeSettings:
        return ChangeSettings(recognition=replace(self._before, expected_names=names_in(self.fields.field("expected_names").value())))


def names_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := " ".join(part.split()))))


def _may_sound(url: str) -> bool:
    return camera_kind(url) in _WITH_SOUND


def _name_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter a name.")
    return length_trouble(MicrophoneSettings, "name", text)


def _names_trouble(text: str) -> str:
    names = names_in(text)
    if len(names) > 200:
        return tr("Use at most 200 names.")
    return tr("Use at most 120 characters for a name.") if any(len(name) > 120 for name in names) else ""
