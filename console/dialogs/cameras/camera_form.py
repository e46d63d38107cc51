"""What is typed about one camera, as `CameraSettings` and `Credentials`; checked as it is typed."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from console.dialogs.cameras.camera_listening import ListeningChoice
from console.dialogs.cameras.camera_sources import SourceButton
from console.dialogs.cameras.find_camera import ChosenCamera
from console.dialogs.setting_fields import exact_text, help_with_default, length_trouble, limits_of, number_field, typed_value
from console.words import sentence
from engine.model.command import Credentials
from engine.model.errors import InputError
from engine.model.health import CameraHealth
from engine.model.ids import random_id
from engine.model.settings import AUTO_DECODER, DECODERS, SOFTWARE_DECODER, CameraKind, CameraSettings, camera_kind, check_onvif
from engine.sources.camera.urls import split_credentials
from widgets.fields.form import Field, FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role
from widgets.translation import tr

_LOGIN_FAULTS = ("credentials", "forbidden")
_STREAMS = (CameraKind.RTSP, CameraKind.MJPEG)
_WITH_SOUND = (CameraKind.RTSP, CameraKind.FILE)
_DECODED = (*_STREAMS, CameraKind.FILE)  # by what is set: the others give whole pictures
_DECODER_NAMES = {"cuda": "CUDA", "d3d11va": "Direct3D 11", "qsv": "Quick Sync", "vaapi": "VAAPI", "videotoolbox": "VideoToolbox"}
_NUMBERS = ("max_megapixels",)
"""Numbers under “Login and stream”, typed. Their labels, limits and hints stand beside their fields in `CameraSettings`."""
_EDITED = (
    *("name", "number", "url", "sub_url", "transport", "decoder", "group", "min_person_share", "listen", "listen_purpose", "onvif"),
    *_NUMBERS,
)


class CameraForm(QWidget):
    """Signals: changed(): something was typed or chosen. person_share_changed(float)."""

    changed = Signal()
    person_share_changed = Signal(float)

    def __init__(self, camera: CameraSettings | None, groups: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        """`groups`: those that there are, offered as one types."""
        super().__init__(parent)
        self._camera, self._new_id, self._groups = camera, random_id("camera"), groups
        self.fields = FieldGroup(self)
        self.more_fields = FieldGroup(self)
        self._build_fields()
        if camera is not None:
            self._show_camera(camera)
        self._connect_fields()
        self._show_kind()

    def _build_fields(self) -> None:
        column = make_column(self, spacing=12, margins=(0, 0, 12, 0))
        placeholder = self.tr("rtsp://…, http://…, a file, usb:0")
        self.fields.add_field("url", Field(self.tr("Address"), self._url_trouble, placeholder=placeholder))
        self.fields.add_field("name", Field(self.tr("Name"), self._name_trouble, placeholder=self.tr("For example Front door")))
        group_hint = self.tr("Optional. Yard/North is a subgroup of Yard.")
        self.fields.add_field("group", Field(self.tr("Group"), self._group_trouble, group_hint, self.tr("For example Yard/North")))
        self.fields.field("group").edit().setCompleter(self._completer())
        number_hint = self.tr("Optional. # and the number on the wall show this camera.")
        self.fields.add_field("number", Field(self.tr("Number"), _number_trouble, number_hint, self.tr("Next free number")))
        self.source = SourceButton(self)
        self.fields.field("url").add_beside(self.source)
        column.addWidget(self.fields)
        self._add_size(column)
        self._add_more(column)
        column.addStretch()

    def _completer(self) -> QCompleter:
        completer = QCompleter(list(self._groups), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        return completer

    def _add_size(self, column: QVBoxLayout) -> None:
        self.share = QSlider(Qt.Orientation.Horizontal, self)
        self.share.setRange(2, 60)
        self.share.setValue(12)
        self.share.setAccessibleName(self.tr("Smallest person, in percent of the picture's height"))
        self._share_label = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._share_label.setBuddy(self.share)
        note = QLabel(self.tr("A smaller value detects people further away and takes more time. The preview shows the size."), self)
        note.setWordWrap(True)
        set_role(note, "secondary")
        for widget in (self._share_label, self.share, note):
            column.addWidget(widget)

    def _add_more(self, column: QVBoxLayout) -> None:
        self.more = QToolButton(self)
        self.more.setText(self.tr("&Login and stream"))
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(self.more, "quiet")
        kept = self.tr("A login is stored. Enter another to replace it.") if self._camera is not None else ""
        self.more_fields.add_field("user", Field(self.tr("User"), self._user_trouble))
        self.more_fields.add_field("password", PasswordField(self.tr("Password"), hint=kept))
        sub_hint = self.tr("Optional. Smaller stream for the wall and for detection.")
        self.more_fields.add_field("sub_url", Field(self.tr("Sub-stream address"), self._sub_url_trouble, sub_hint))
        onvif_hint = self.tr("Optional. For PTZ, outputs and two-way talk; after a change enter the login again.")
        self.more_fields.add_field("onvif", Field(self.tr("ONVIF address"), self._onvif_trouble, onvif_hint, "http://192.168.1.20"))
        for number in _NUMBERS:
            self.more_fields.add_field(number, number_field(CameraSettings, number, hint=help_with_default(CameraSettings, number)))
        self._add_decoder()
        self.transport = QComboBox(self)
        self.transport.addItem(self.tr("TCP – reliable"), "tcp")
        self.transport.addItem(self.tr("UDP – for networks without loss"), "udp")
        self._more_body = QWidget(self)
        body = make_column(self._more_body, margins=NO_MARGINS)
        body.addWidget(self.more_fields)
        transport = QLabel(self.tr("&Transport"), self._more_body)
        transport.setBuddy(self.transport)
        body.addWidget(transport)
        body.addWidget(self.transport)
        body.addWidget(self._decoder_label)
        body.addWidget(self.decoder)
        body.addWidget(self._decoding)
        column.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._more_body)
        self.listening = ListeningChoice(self)
        column.addWidget(self.listening)
        self._unfold(False)

    def _add_decoder(self) -> None:
        self.decoder = QComboBox(self)
        for name in DECODERS:
            self.decoder.addItem(_decoder_text(name), name)
        self.decoder.setToolTip(
            plain_tip(self.tr("A device saves processor time, but shows damaged pictures instead of leaving them out."))
        )
        self._decoder_label = QLabel(self.tr("&Decoder"), self)
        self._decoder_label.setBuddy(self.decoder)
        self._decoding = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self._decoding, "secondary")
        self._decoding.hide()

    def show_decoding(self, health: CameraHealth) -> None:
        """What decodes its pictures now, and why that is not what was set."""
        now = self.tr("Now: {0}.").format(decoder_name(health.decoder)) if health.decoder else ""
        text = " ".join(filter(None, (now, health.decoder_reason)))
        if text != self._decoding.text():
            self._decoding.setText(text)
            self._decoding.setVisible(bool(text))
            self.decoder.setAccessibleDescription(text)

    def _connect_fields(self) -> None:
        self.more_fields.field("password").changed.connect(self.more_fields.field("user").revalidate)
        for group, names in (
            (self.fields, ("url", "name", "group", "number")),
            (self.more_fields, ("user", "password", "sub_url", "onvif", *_NUMBERS)),
        ):
            group.validity_changed.connect(self.changed)
            for name in names:
                group.field(name).changed.connect(self._show_kind)
        self.fields.field("url").edit().editingFinished.connect(self._take_login_out_of_url)
        self.transport.currentIndexChanged.connect(self._show_kind)
        self.decoder.currentIndexChanged.connect(self._show_kind)
        self.share.valueChanged.connect(self._show_kind)
        self.share.valueChanged.connect(lambda percent: self.person_share_changed.emit(percent / 100))
        self.source.picked.connect(self._pick)
        self.listening.changed.connect(self._show_kind)
        self.more.toggled.connect(self._unfold)

    def _show_camera(self, camera: CameraSettings) -> None:
        self.fields.field("url").set_value(camera.url)
        self.fields.field("name").set_value(camera.name)
        self.fields.field("group").set_value(camera.group)
        self.fields.field("number").set_value(str(camera.number) if camera.number else "")
        self.more_fields.field("sub_url").set_value(camera.sub_url)
        self.more_fields.field("onvif").set_value(camera.onvif)
        for number in _NUMBERS:
            self.more_fields.field(number).set_value(exact_text(getattr(camera, number)))
        self.transport.setCurrentIndex(self.transport.findData(camera.transport))
        self.decoder.setCurrentIndex(self.decoder.findData(camera.decoder))
        self.share.setValue(round(camera.min_person_share * 100))
        self.listening.show_choice(camera.listen, camera.listen_purpose)

    def _pick(self, url: str, name: str) -> None:
        self.fields.field("url").set_value(url)
        if not self.fields.field("name").value().strip():
            self.fields.field("name").set_value(name)
        self._show_kind()

    def take_found(self, found: ChosenCamera) -> None:
        """What a search for a camera found out."""
        self.more_fields.field("sub_url").set_value(found.sub_url)
        self.more_fields.field("onvif").set_value(found.onvif)
        if found.credentials is not None:
            self.more_fields.field("user").set_value(found.credentials.user)
            self.more_fields.field("password").set_value(found.credentials.password)
        self._pick(found.url, found.name)

    def want_name(self) -> None:
        """The name is what is still to be typed, or looked at: one that is suggested goes as soon as another is typed."""
        edit = self.fields.field("name").edit()
        edit.setFocus()
        edit.selectAll()

    def _unfold(self, unfolded: bool) -> None:
        self._more_body.setVisible(unfolded)
        self.more.setIcon(icon("chevron-down" if unfolded else "chevron-right"))

    def _show_kind(self) -> None:
        kind = self._kind()
        self.fields.field("url").set_hint(self._kind_texts()[kind] if kind else "")
        self.transport.setEnabled(kind is CameraKind.RTSP)
        self.decoder.setEnabled(kind in _DECODED or kind is None)
        self.more_fields.field("user").setEnabled(kind in _STREAMS or kind is None)
        self.more_fields.field("password").setEnabled(kind in _STREAMS or kind is None)
        self.listening.set_possible(kind in _WITH_SOUND)
        self._share_label.setText(self.tr("Smallest &person, {0} % of the picture's height").format(self.share.value()))
        self.changed.emit()

    def _kind(self) -> CameraKind | None:
        try:
            return camera_kind(self.fields.field("url").value().strip())
        except (InputError, ValueError):
            return None

    def _kind_texts(self) -> dict[CameraKind, str]:
        return {
            CameraKind.FILE: self.tr("Video file, played in a loop"),
            CameraKind.RTSP: self.tr("RTSP stream"),
            CameraKind.MJPEG: self.tr("HTTP stream of pictures (MJPEG)"),
            CameraKind.USB: self.tr("USB camera"),
            CameraKind.FOLDER: self.tr("Folder of pictures"),
            CameraKind.SIMULATED: self.tr("Simulated camera"),
        }

    # What is wrong

    def _url_trouble(self, text: str) -> str:
        return _field_trouble(lambda: camera_kind(text.strip()), self.tr("The address"))

    def _sub_url_trouble(self, text: str) -> str:
        return _field_trouble(lambda: camera_kind(text.strip()), self.tr("The address")) if text.strip() else ""

    def _onvif_trouble(self, text: str) -> str:
        return _field_trouble(lambda: check_onvif(text.strip()), self.tr("The address")) if text.strip() else ""

    def _name_trouble(self, text: str) -> str:
        return "" if text.strip() else self.tr("Enter a name, for example of the place that it views.")

    def _group_trouble(self, text: str) -> str:
        return length_trouble(CameraSettings, "group", group_path(text))

    def _user_trouble(self, text: str) -> str:
        password = self.more_fields.field("password").value() if "password" in self.more_fields.values() else ""
        return self.tr("Enter a user name too.") if password and not text.strip() else ""

    def can_test(self) -> bool:
        return self.fields.field("url").is_valid() and self.more_fields.is_valid()

    def is_valid(self) -> bool:
        return self.fields.is_valid() and self.more_fields.is_valid() and self.listening.is_valid()

    def reveal(self) -> None:
        """What is wrong stands below its field."""
        for group in (self.listening.fields, self.more_fields, self.fields):  # the first that is wrong gets the focus
            group.reveal()

    def show_fault(self, fault: str) -> Field:
        """What a test came to, at the field that it is about, which is given. `fault`: the engine's word for it."""
        if fault in _LOGIN_FAULTS:
            self.more.setChecked(True)
            field, said = self.more_fields.field("password"), self._login_fault(fault)
        elif fault == "too_large":
            self.more.setChecked(True)
            field, said = self.more_fields.field("max_megapixels"), self.tr("Its pictures exceed this size.")
        else:
            field, said = self.fields.field("url"), self.tr("No picture came from this address.")
        field.show_noticed(said)
        return field

    def forget_fault(self) -> None:
        for field in (self.fields.field("url"), *(self.more_fields.field(name) for name in ("password", "max_megapixels"))):
            field.show_noticed("")

    def _login_fault(self, fault: str) -> str:
        if fault == "forbidden":
            return self.tr("This user has no right to view the camera.")
        if self.credentials() is None:
            return self.tr("The camera requires a user and a password.")
        return self.tr("The camera refuses this user or password.")

    def show_error(self, error: InputError) -> bool:
        """Below the field it is about; False when this form has no such field."""
        name, message = error.field.rsplit(".", 1)[-1], sentence(error.message)
        if self.fields.show_error(name, message):
            return True
        if self.listening.listen() and self.listening.fields.show_error(name, message):
            return True
        if name in self.more_fields.values():
            self.more.setChecked(True)
            return self.more_fields.show_error(name, message)
        return False

    # What it says

    def settings(self, newest: CameraSettings | None = None) -> CameraSettings:
        """`newest`: the camera as it is now. What was changed here is changed in it; what others changed since (areas that they drew,
        a pause) stays. Raises InputError where the form is not valid."""
        typed = self._typed()
        if self._camera is None:
            return typed
        changed = {name: value for name in _EDITED if (value := getattr(typed, name)) != getattr(self._camera, name)}
        return replace(newest or self._camera, **changed)

    def tried(self, newest: CameraSettings | None = None) -> CameraSettings:
        """As `settings`, for a test, which nobody listens to: what for may still be missing."""
        return replace(self.settings(newest), listen=False) if self.listening.is_valid() else self._typed(listens=False)

    def _typed(self, listens: bool = True) -> CameraSettings:
        values = {**self.fields.values(), **self.more_fields.values()}
        name = values["name"].strip()
        base = self._camera or CameraSettings(self._new_id, name or self.tr("New camera"), without_login(values["url"].strip()))
        return replace(
            base,
            name=name or base.name,
            number=_camera_number(values["number"]),
            url=without_login(values["url"].strip()),
            sub_url=without_login(values["sub_url"].strip()),
            onvif=values["onvif"].strip(),
            transport=self.transport.currentData(),
            decoder=self.decoder.currentData(),
            group=group_path(values["group"]),
            min_person_share=self._share(base.min_person_share),
            listen=listens and self.listening.listen(),
            listen_purpose=self.listening.purpose() if listens else "",
            **{number: typed_value(CameraSettings, number, values[number]) for number in _NUMBERS},
        )

    def _share(self, before: float) -> float:
        """The slider counts whole percents; a share between two stays what it was until somebody moves it."""
        return before if round(before * 100) == self.share.value() else self.share.value() / 100

    def credentials(self) -> Credentials | None:
        """None leaves stored ones as they are."""
        values = self.more_fields.values()
        if values["user"].strip():
            return Credentials(values["user"].strip(), values["password"])
        return login_in(self.fields.field("url").value().strip())

    def _take_login_out_of_url(self) -> None:
        """A login pasted within the address goes to its own fields, so that it is no longer readable on screen."""
        field = self.fields.field("url")
        login = login_in(field.value().strip()) if field.is_valid() else None
        if login is not None:
            field.set_value(without_login(field.value().strip()))
            self.more_fields.field("user").set_value(login.user)
            self.more_fields.field("password").set_value(login.password)
            self.more.setChecked(True)
            self._show_kind()


def decoder_name(name: str) -> str:
    """As it stands in a sentence. `name`: as in the settings."""
    return tr("software") if name == SOFTWARE_DECODER else _DECODER_NAMES.get(name, name)


def _decoder_text(name: str) -> str:
    """As a choice."""
    if name == SOFTWARE_DECODER:
        return tr("Software – any camera")
    return tr("Best device of this machine") if name == AUTO_DECODER else _DECODER_NAMES[name]


def group_path(text: str) -> str:
    """`Yard / North/` is typed, `Yard/North` is meant."""
    return "/".join(part.strip() for part in text.split("/") if part.strip())


def group_paths(cameras: Iterable[CameraSettings]) -> tuple[str, ...]:
    """All groups that there are, also those that only hold others."""
    parts = (camera.group.split("/") for camera in cameras if camera.group)
    return tuple(sorted({"/".join(path[: depth + 1]) for path in parts for depth in range(len(path))}, key=str.casefold))


def _camera_number(text: str) -> int:
    """0: none. Raises InputError (`number`)."""
    typed, (low, high) = text.strip(), limits_of(CameraSettings, "number")
    if typed and not (re.fullmatch("[0-9]{1,9}", typed) and low <= int(typed) <= high):
        raise InputError("number", QCoreApplication.translate("CameraForm", "A number from {0} to {1}.").format(low, high))
    return int(typed or "0")


def _number_trouble(text: str) -> str:
    try:
        _camera_number(text)
    except InputError as error:
        return error.message
    return ""


def _field_trouble(check: Callable[[], object], subject: str) -> str:
    try:
        check()
    except InputError as error:
        return sentence(error.message, subject)
    except ValueError as error:  # urlsplit: for example an unclosed bracket
        return sentence(f"cannot be read ({error})", subject)
    return ""


def login_in(url: str) -> Credentials | None:
    """The login within `rtsp://user:password@host/…`, also where it was pasted without percent-encoding."""
    return split_credentials(url)[1]


def without_login(url: str) -> str:
    return split_credentials(url)[0]
