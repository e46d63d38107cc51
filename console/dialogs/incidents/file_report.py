"""A report that somebody at a console files: what, where, when, with pictures."""

import secrets
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QMenu, QPlainTextEdit, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.incidents.report_pictures import current_picture, jpeg_of, read_picture
from console.dialogs.incidents.validate_incident import category_box
from console.dialogs.saving import SavingDialog
from console.maps.base_source import BaseSource
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.event import Severity
from engine.model.incidents.filing import FileReport
from engine.model.incidents.incident import LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION, IncidentCategory, SourceOfReport
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from widgets.fields.time_edits import MomentEdit
from widgets.icons import icon
from widgets.incidents.incident_words import coordinates_text, source_word
from widgets.incidents.picture_strip import PictureStrip, StripPicture
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.maps.map_ground import on_plane
from widgets.maps.map_notice import MapNotice
from widgets.maps.mercator import Mercator
from widgets.maps.place_map import NamedPlace, PlaceMap
from widgets.number_text import number_text
from widgets.signals import on
from widgets.theme import set_role, severity_word
from widgets.translation import tr

MOST_PICTURES = 8
_SUFFIXES = "*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff"
_ON_MAP, _SITE = "map", "site"
_ARROW_PX = 28  # of the calendar, which the style leaves out of the size


@dataclass(frozen=True, slots=True)
class ReportStart:
    """What a new report begins with. `place`: latitude and longitude. picture_of: a camera, of which a picture is taken, and the place."""

    place: tuple[float, float] | None = None
    picture_of: str = ""


class FileReportDialog(SavingDialog):
    """Signals: filed(incident id): it is kept, and in this incident."""

    filed = Signal(str)

    def __init__(self, bridge: EngineBridge, start: ReportStart, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("File report"), parent=parent)
        self.resize(980, 640)
        snapshot = bridge.snapshot
        self._settings = snapshot.settings if snapshot is not None else Settings()
        self._key = secrets.token_hex(16)
        self._place: tuple[float, float] | None = None
        self._images: dict[str, QImage] = {}
        self._sent: dict[str, str] = {}  # ids that the engine gave
        self._next_picture = 0
        self._build_what()
        self._build_when()
        self._build_where()
        self._build_pictures()
        self._lay_out()
        self.add_save(tr("&File report"))
        self._connect()
        self._start(start)

    # The form

    def _build_what(self) -> None:
        self.description = QPlainTextEdit(tabChangesFocus=True, placeholderText=tr("Who, what, which way they went, what they carried"))
        self.description.setAccessibleName(tr("What happened"))
        self.description.setMinimumHeight(110)
        self.hint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.kind = category_box(tr("Kind"), IncidentCategory.OTHER)
        self.severity = QComboBox()
        self.severity.setAccessibleName(tr("Severity"))
        for severity in sorted(Severity, reverse=True):
            self.severity.addItem(severity_word(severity), severity)
        self.severity.setCurrentIndex(self.severity.findData(Severity.MODERATE))
        self.source = QComboBox()
        self.source.setAccessibleName(tr("Reported by"))
        for source in (SourceOfReport.CITIZEN, SourceOfReport.PATROL, SourceOfReport.OFFICIAL):
            self.source.addItem(source_word(source), source)

    def _build_when(self) -> None:
        now_ns = self.bridge.snapshot.at_ns if self.bridge.snapshot is not None else 0
        self.when = MomentEdit()
        self.when.setCalendarPopup(True)
        self.when.setAccessibleName(tr("Time"))
        self.when.set_at_ns(now_ns)
        self.when.ensurePolished()
        self.when.setMinimumWidth(self.when.sizeHint().width() + _ARROW_PX)  # the zone stands at its end
        self._when_shown = self.when.dateTime()

    def _build_where(self) -> None:
        self.map = PlaceMap()
        self.map.setMinimumSize(380, 280)
        self.base_trouble = MapNotice(self.map)
        self._base = BaseSource(self.map, self.bridge.cache_folder, self._show_base_trouble, self)
        self._base.show_settings(self._settings.map)
        self.finished.connect(self._base.stop)
        self.where = QComboBox()
        self.where.setAccessibleName(tr("Place"))
        self.where_said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.where_said, "secondary")
        cameras = camera_places(self._settings)
        self._places = {name_key: (latitude, longitude) for name_key, (_, latitude, longitude) in cameras.items()}
        anchor = self._settings.anchor
        if anchor is not None:
            self._places[_SITE] = anchor.latitude, anchor.longitude
            self.where.addItem(icon("locate-fixed"), tr("The site"), _SITE)
        for key, (name, _, _) in cameras.items():
            self.where.addItem(icon("cctv"), name, key)
        self.where.addItem(icon("map"), tr("Chosen on the map"), _ON_MAP)
        self.map.set_site(anchor, self._settings.floor, tuple(cameras.values()))

    def _build_pictures(self) -> None:
        self.pictures = PictureStrip()
        self.add_files = QPushButton(icon("image"), tr("&Add pictures…"))
        self.from_camera = QPushButton(icon("camera"), tr("From ca&mera"))
        menu = QMenu(self.from_camera)
        for camera in self._settings.cameras:
            on(menu.addAction(icon("cctv"), camera.name).triggered, self.take_picture, camera.id)
        self.from_camera.setMenu(menu)
        self.from_camera.setEnabled(bool(self._settings.cameras))
        self.picture_note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.picture_note.hide()
        for button in (self.add_files, self.from_camera):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        column = make_column(left, spacing=10, margins=NO_MARGINS)
        column.addWidget(_label_of(tr("&What happened"), self.description))
        column.addWidget(self.description, 1)
        column.addWidget(self.hint)
        self._source_pair = _pair(tr("Reported &by"), self.source)
        column.addLayout(_beside(_pair(tr("&Kind"), self.kind), _pair(tr("&Severity"), self.severity)))
        column.addLayout(_beside(self._source_pair, _pair(tr("&Time"), self.when)))
        tools = make_row(spacing=8)
        tools.addWidget(self.add_files)
        tools.addWidget(self.from_camera)
        tools.addStretch()
        column.addLayout(tools)
        column.addWidget(self.pictures)
        column.addWidget(self.picture_note)
        self._source_pair.setVisible(self.bridge.session.speaks_for_many)
        beside = make_column(right, spacing=8, margins=NO_MARGINS)
        beside.addWidget(_pair(tr("&Place"), self.where))
        beside.addWidget(self.map, 1)
        beside.addWidget(self.where_said)
        row = make_row(spacing=20)
        row.addWidget(left, 1)
        row.addWidget(right, 1)
        self.body.addLayout(row, 1)

    def _connect(self) -> None:
        self.description.textChanged.connect(self.refresh)
        self.where.currentIndexChanged.connect(self._choose_place)
        self.map.placed.connect(self._place_clicked)
        self.add_files.clicked.connect(self._choose_files)
        self.pictures.chosen.connect(self.remove_picture)

    def _start(self, start: ReportStart) -> None:
        if start.place is not None:
            self._place_clicked(*start.place)
        elif (at := self.where.findData(start.picture_of)) >= 0:
            self.where.setCurrentIndex(at)
        self._choose_place()
        if start.picture_of:
            self.take_picture(start.picture_of)
        self.description.setFocus()
        self.refresh()

    # Where

    def _show_base_trouble(self) -> None:
        self.base_trouble.set_notice(self._base.trouble)

    def _choose_place(self) -> None:
        chosen = self.where.currentData()
        if chosen in self._places:
            self._place = self._places[chosen]
            self.map.set_pin(*self._place)
        self._show_place()

    def _place_clicked(self, latitude: float, longitude: float) -> None:
        self._place = latitude, longitude
        self.where.setCurrentIndex(self.where.findData(_ON_MAP))
        self.map.set_pin(latitude, longitude)
        self._show_place()

    def _show_place(self) -> None:
        if self._place is None:
            self.where_said.setText(tr("Click the place on the map."))
        else:
            self.where_said.setText(coordinates_text(*self._place))
        self.refresh()

    # Pictures

    def _choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Pictures for the report"), "", f"{tr('Pictures')} ({_SUFFIXES})")
        for name in names:
            self.add_file(Path(name))

    def add_file(self, path: Path) -> None:
        self.bridge.fetch(partial(read_picture, path), self._take_image, self._picture_failed, path.name, owner=self)

    def take_picture(self, camera_id: str) -> None:
        """The current picture of a camera."""
        camera = self._settings.camera(camera_id)
        name = camera_id if camera is None else camera.name
        self._note_picture(tr("Waiting for a picture of {0}…").format(name))
        self.bridge.fetch(
            partial(current_picture, self.bridge.port, camera_id), self._take_image, self._picture_failed, name, owner=self, pictures=True
        )

    def _take_image(self, name: str, image: QImage) -> None:
        self._note_picture("")
        if len(self._images) >= MOST_PICTURES:
            self._note_picture(tr("At most {0} pictures.").format(MOST_PICTURES), wrong=True)
            return
        self._next_picture += 1
        self._images[f"{self._next_picture} {name}"] = image
        self._show_pictures()

    def _picture_failed(self, error: WatchroomError) -> None:
        self._note_picture(error_text(error), wrong=True)

    def remove_picture(self, key: str) -> None:
        self._images.pop(key, None)
        self._show_pictures()

    def _show_pictures(self) -> None:
        self.pictures.set_pictures(
            StripPicture(key, tr("Remove picture {0}").format(key.partition(" ")[2]), image) for key, image in self._images.items()
        )

    def _note_picture(self, text: str, wrong: bool = False) -> None:
        set_role(self.picture_note, "error" if wrong else "secondary")
        self.picture_note.setText(text)
        self.picture_note.setVisible(bool(text))

    # Filing

    def is_valid(self) -> bool:
        length = len(self._text())
        fits = SHORTEST_DESCRIPTION <= length <= LONGEST_DESCRIPTION
        set_role(self.hint, "secondary" if fits or not length else "error")
        said = tr("{0} characters; {1} to {2} are needed")
        self.hint.setText(said.format(*map(number_text, (length, SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION))))
        return super().is_valid() and fits and self._place is not None

    def command(self) -> FileReport:
        assert self._place is not None
        latitude, longitude = self._place
        return FileReport(
            category=IncidentCategory(self.kind.currentData()),
            description=self._text(),
            latitude=latitude,
            longitude=longitude,
            occurred_ns=self._occurred_ns(),
            severity=Severity(self.severity.currentData()),
            media=tuple(self._sent[key] for key in self._images),
            source=SourceOfReport(self.source.currentData()),
            key=self._key,
        )

    def submit(self) -> None:
        """The pictures first, one after the other; then the report that names them."""
        if self.busy or not self.is_valid():
            return
        waiting = next((key for key in self._images if key not in self._sent), None)
        if waiting is None:
            super().submit()
            return
        self.set_busy(True)
        image, port = self._images[waiting], self.bridge.port
        self.bridge.fetch(lambda: port.send_report_media(jpeg_of(image)), self._picture_sent, self.show_refusal, waiting, owner=self)

    def _picture_sent(self, key: str, media_id: str) -> None:
        self._sent[key] = media_id
        self.set_busy(False)
        self.submit()

    def has_unsaved_work(self) -> bool:
        """Pictures are work too."""
        return super().has_unsaved_work() or bool(self._images)

    def done_with(self, outcome: str) -> None:
        self.filed.emit(outcome)
        super().done_with(outcome)

    def _text(self) -> str:
        return self.description.toPlainText().strip()

    def _occurred_ns(self) -> int | None:
        """None: now, as long as nobody said otherwise."""
        return None if self.when.dateTime() == self._when_shown else self.when.at_ns()


def camera_places(settings: Settings) -> dict[str, NamedPlace]:
    """By id, of cameras whose place on Earth is known."""
    anchor = settings.anchor
    if anchor is None:
        return {}
    plane, found = Mercator(anchor.longitude), dict[str, NamedPlace]()
    for pose in settings.floor.camera_poses:
        camera = settings.camera(pose.camera_id)
        if camera is not None:
            found[camera.id] = (camera.name, *plane.to_earth(*on_plane(pose.position[:2], anchor, plane)))
    return found


def _label_of(text: str, field: QWidget) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setBuddy(field)
    return label


def _pair(text: str, field: QWidget, beside: QWidget | None = None) -> QWidget:
    """A label above its field."""
    holder = QWidget()
    column = make_column(holder, spacing=4, margins=NO_MARGINS)
    column.addWidget(_label_of(text, field))
    row = make_row(spacing=6)
    row.addWidget(field, 1)
    if beside is not None:
        row.addWidget(beside)
    column.addLayout(row)
    return holder


def _beside(*parts: QWidget) -> QHBoxLayout:
    row = make_row(spacing=12)
    for part in parts:
        row.addWidget(part, 1)
    return row
