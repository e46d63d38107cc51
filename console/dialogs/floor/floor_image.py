"""The picture under the floor plan: a file is chosen, two spots of it are clicked, and how far apart they are is typed."""

import base64
import math
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.saving import SavingDialog
from console.feeds.floor_picture import image_in
from engine.model.cameras.floor_image import FloorImage, GetFloorImage, PutFloorImage, RemoveFloorImage
from engine.model.errors import InputError
from engine.model.geometry import Point
from engine.model.people.commands import LARGEST_PICTURE
from widgets.fields.form import Field
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.number_text import number_text, typed_number
from widgets.signals import on
from widgets.space.plan.points_picture import PointsPicture
from widgets.theme import set_role

_KINDS = "*.png *.jpg *.jpeg"
_NEAREST_PX = 20.0  # two spots nearer than that say little about the scale


class FloorImageDialog(SavingDialog):
    """Nothing is changed before it is saved. For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("FloorImageDialog", "Picture of the floor plan")
        lead = QCoreApplication.translate(
            "FloorImageDialog",
            "Choose a picture with north up, click two points with a known distance, and enter the position of the first.",
        )
        super().__init__(bridge, title, lead, parent=parent)
        self.resize(1000, 640)
        self._file = b""
        self._image = QImage()
        self.spots: tuple[Point | None, ...] = ()
        self._build_picture()
        self._connect_buttons()
        known = bridge.snapshot.settings.floor.image if bridge.snapshot is not None else None
        if known is None:
            self.picture.show_text(self.tr("No picture yet. Choose a PNG or JPEG file."))
        else:
            self._show_known(known)
            bridge.ask(GetFloorImage(), self._use_image, ignore_answer, owner=self)
        self.refresh()

    def _build_picture(self) -> None:
        self.picture = PointsPicture(self)
        self.picture.setAccessibleName(self.tr("Picture of the floor plan"))
        self.choose_button = QPushButton(icon("folder-open"), self.tr("Choose &file…"), self)
        self.choose_button.setAutoDefault(False)
        self.fields.add_field(
            "distance", Field(self.tr("&Distance, in metres"), self._distance_trouble, self.tr("Between the two points."))
        )
        self.fields.add_field("x", Field(self.tr("First point, &X in metres"), _number_trouble, self.tr("To the east, as on the plan.")))
        self.fields.add_field("y", Field(self.tr("First point, &Y in metres"), _number_trouble, self.tr("To the north, as on the plan.")))
        for name in ("x", "y"):
            self.fields.field(name).set_value("0")
        self.note = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.note, "secondary")
        side = QWidget(self)
        side.setFixedWidth(280)
        column = make_column(side, margins=NO_MARGINS)
        for part in (self.choose_button, self.fields, self.note):
            column.addWidget(part)
        column.addStretch(1)
        row = make_row(spacing=16)
        row.addWidget(self.picture, 1)
        row.addWidget(side)
        self.body.addLayout(row, 1)
        self.remove = self.add_button(self.tr("&Remove picture"), at_left=True)
        self.add_save(self.tr("&Use as floor plan"))

    def _connect_buttons(self) -> None:
        self.choose_button.clicked.connect(self._choose_picture)
        self.picture.spot_wanted.connect(self._add_spot)
        self.picture.spot_moved.connect(self._move_spot)
        self.picture.removal_wanted.connect(self._remove_spot)
        self.picture.spot_chosen.connect(lambda index: self.picture.set_spots(self.spots, index))
        on(self.remove.clicked, self.tell, RemoveFloorImage(), self.done_with)
        for name in ("distance", "x", "y"):
            self.fields.field(name).changed.connect(self.refresh)

    # the picture

    def _choose_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Picture of the floor plan"), "", self.tr("Pictures ({0})").format(_KINDS))
        if path:
            self.show_trouble(self.read(Path(path)))
            self.refresh()

    def read(self, path: Path) -> str:
        """Take a file; what is wrong with it, or nothing."""
        try:
            data = path.read_bytes() if path.stat().st_size <= LARGEST_PICTURE else b""
        except OSError as error:
            return self.tr("{0} cannot be read: {1}.").format(path.name, error.strerror or str(error))
        if not data:
            return self.tr("{0} is empty or larger than {1} MB. Choose a smaller picture.").format(path.name, LARGEST_PICTURE >> 20)
        image = QImage.fromData(data)
        if bytes(QImageReader.imageFormat(str(path)).data()) not in (b"jpeg", b"png") or image.isNull():
            return self.tr("{0} is not a JPEG or PNG picture.").format(path.name)
        self._file, self.spots = data, ()
        self._show_image(image)
        return ""

    def _use_image(self, stored: str) -> None:
        image = image_in(stored)
        if not self._file and not image.isNull():
            self._show_image(image)

    def _show_image(self, image: QImage) -> None:
        self._image = image
        self.picture.show_image(image)
        self._show_spots(-1)

    def _show_known(self, known: FloorImage) -> None:
        """As it lies now: its lower edge, from one corner to the other."""
        self.spots = ((0.0, 1.0), (1.0, 1.0))
        self.fields.field("distance").set_value(number_text(known.width * known.metres_per_px, ".4g"))
        self.fields.field("x").set_value(number_text(known.left_m, ".4g"))
        self.fields.field("y").set_value(number_text(known.bottom_m, ".4g"))

    # the spots

    def _add_spot(self, u: float, v: float) -> None:
        """A third takes the place of the second."""
        self.spots = (*self.spots[:1], (u, v))
        self._show_spots(len(self.spots) - 1)

    def _move_spot(self, index: int, u: float, v: float) -> None:
        self.spots = (*self.spots[:index], (u, v), *self.spots[index + 1 :])
        self._show_spots(index)

    def _remove_spot(self, index: int) -> None:
        self.spots = (*self.spots[:index], *self.spots[index + 1 :])
        self._show_spots(min(index, len(self.spots) - 1))

    def _show_spots(self, chosen: int) -> None:
        self.picture.set_spots(self.spots, chosen)
        ends = [spot for spot in self.spots if spot is not None]
        self.picture.set_lines((ends,) if len(ends) == 2 else ())
        self.refresh()

    # saving

    def _distance_trouble(self, text: str) -> str:
        try:
            return "" if 0.01 <= typed_number(text) <= 2000 else self.tr("Enter a distance from 0.01 to 2000 m.")
        except ValueError:
            return self.tr("Enter a number of metres.")

    def _apart_px(self) -> float:
        ends = [spot for spot in self.spots if spot is not None]
        if len(ends) < 2:
            return 0.0
        return math.hypot((ends[0][0] - ends[1][0]) * self._image.width(), (ends[0][1] - ends[1][1]) * self._image.height())

    def is_valid(self) -> bool:
        return hasattr(self, "note") and not self._image.isNull() and self._apart_px() >= _NEAREST_PX and super().is_valid()

    def refresh(self) -> None:
        super().refresh()
        if hasattr(self, "remove"):
            snapshot = self.bridge.snapshot
            self.remove.setVisible(snapshot is not None and snapshot.settings.floor.image is not None)
            self.note.setText(self._image_note())

    def _image_note(self) -> str:
        if self._image.isNull():
            return ""
        count = sum(spot is not None for spot in self.spots)
        if count < 2:
            return self.tr("Click two points, such as the ends of a long wall.") if not count else self.tr("Click the second point.")
        if self._apart_px() < _NEAREST_PX:
            return self.tr("The two points are too close together.")
        if not self.is_valid():
            return ""
        scale = self._metres_per_px()
        across, up = self._image.width() * scale, self._image.height() * scale
        return self.tr("The picture covers {0} × {1} m; one pixel is {2} mm.").format(
            number_text(across, ".1f"), number_text(up, ".1f"), number_text(1000 * scale, ".1f")
        )

    def _metres_per_px(self) -> float:
        return typed_number(self.fields.field("distance").value()) / self._apart_px()

    def command(self) -> PutFloorImage:
        first = next((spot for spot in self.spots if spot is not None), None)
        if first is None:
            raise InputError("distance", "needs two spots")
        scale = self._metres_per_px()
        left = typed_number(self.fields.field("x").value()) - first[0] * self._image.width() * scale
        bottom = typed_number(self.fields.field("y").value()) - (1 - first[1]) * self._image.height() * scale
        return PutFloorImage(scale, round(left, 4), round(bottom, 4), base64.b64encode(self._file).decode("ascii"))


def _number_trouble(text: str) -> str:
    try:
        typed_number(text)
    except ValueError:
        return QCoreApplication.translate("FloorImageDialog", "Enter a number of metres.")
    return ""
