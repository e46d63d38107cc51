"""What seldom has to be said about fire weather: how old it may be, where a season begins, and which camera is which to a risk service."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QHeaderView, QLabel, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from console.dialogs.fire.checks import number_of, organisation_trouble
from console.dialogs.setting_fields import bounds_trouble, number_field
from engine.model.fire.fire import FireSettings
from engine.model.settings import Settings
from widgets.fields.form import Field, FieldGroup
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.look import scaled
from widgets.number_text import number_text, typed_number
from widgets.theme import color, set_role

_KEY = Qt.ItemDataRole.UserRole
_NAME, _NUMBER = range(2)
_CODES = {"ffmc": (0.0, 101.0), "dmc": (0.0, 1000.0), "dc": (0.0, 2000.0)}


class FireDetails(QWidget):
    """`fields`: the numbers at the left. Signals: changed(): what is typed may be right or wrong now."""

    changed = Signal()

    def __init__(self, settings: Settings, side: int, parent: QWidget | None = None) -> None:
        """`side`: pixels, how wide each half is at most."""
        super().__init__(parent)
        self.fields = FieldGroup()
        self.fields.setMaximumWidth(side)
        self.ids = ServiceIds(settings.camera_names(), settings.fire.service_ids)
        self.ids.setMaximumWidth(side)
        self.fields.add_field("oldest_h", number_field(FireSettings, "oldest_h", self.tr("Maximum &age, hours")))
        self.fields.add_field("spin_up_days", number_field(FireSettings, "spin_up_days", self.tr("Spin-up days of compu&ted classes")))
        self._add_code_field("ffmc", self.tr("&FFMC of the first day"), self.tr("Fine fuel moisture, 0 to 101"))
        self._add_code_field("dmc", self.tr("&DMC of the first day"), self.tr("Duff moisture, 0 to 1000"))
        self._add_code_field("dc", self.tr("DC of the first da&y"), self.tr("Drought, 0 to 2000"))
        self.usual = QPushButton(self.tr("&Usual codes"))
        self.usual.setAutoDefault(False)
        self.usual.setToolTip(self.tr("Those of Van Wagner: 85, 6 and 15"))
        self.usual.clicked.connect(self._set_usual)
        self._lay_out_codes()
        self._show_details(settings.fire)
        self.fields.validity_changed.connect(self.changed)
        self.ids.changed.connect(self.changed)

    def _add_code_field(self, name: str, label: str, hint: str) -> None:
        self.fields.add_field(name, Field(label, lambda text: bounds_trouble(text, *_CODES[name]), hint))

    def _lay_out_codes(self) -> None:
        row = make_row(self, spacing=32, margins=(16, 12, 16, 12))
        left, right = _column(self.tr("Age and season")), _column(self.tr("Cameras of the risk service"))
        left.addWidget(self.fields)
        left.addWidget(self.usual, alignment=Qt.AlignmentFlag.AlignLeft)
        left.addStretch(1)
        right.addWidget(self.ids, 1)
        row.addLayout(left)
        row.addLayout(right)

    def _show_details(self, fire: FireSettings) -> None:
        numbers = {"oldest_h": fire.oldest_h, "spin_up_days": fire.spin_up_days, **dict(zip(_CODES, fire.start_codes, strict=True))}
        for name, number in numbers.items():
            self.fields.field(name).set_value(number_text(number, ".10g"))

    def _set_usual(self) -> None:
        for name, number in zip(_CODES, FireSettings().start_codes, strict=True):
            self.fields.field(name).edit().setText(number_text(number, "g"))

    def is_valid(self) -> bool:
        return self.fields.is_valid() and not self.ids.wrong()

    def over(self, fire: FireSettings) -> FireSettings:
        """With what is typed here. What is typed is right."""
        values = {name: typed_number(text) for name, text in self.fields.values().items()}
        codes = (values["ffmc"], values["dmc"], values["dc"])
        days = round(values["spin_up_days"])
        return replace(fire, oldest_h=values["oldest_h"], spin_up_days=days, start_codes=codes, service_ids=self.ids.pairs())


class ServiceIds(QWidget):
    """A number for each camera, empty where the service knows it by the same id or name. Signals: changed()."""

    changed = Signal()

    def __init__(self, names: Mapping[str, str], pairs: tuple[tuple[str, int], ...], parent: QWidget | None = None) -> None:
        """`names`: of cameras by id. Those that have a number and no name are shown by their id."""
        super().__init__(parent)
        self._pairs = pairs
        self._filling = True
        known = dict(pairs)
        shown = {**names, **{camera_id: camera_id for camera_id in known if camera_id not in names}}
        self.table = QTableWidget(len(shown), 2)
        self.table.setAccessibleName(self.tr("Camera numbers at the risk service"))
        self.table.setHorizontalHeaderLabels([self.tr("Camera"), self.tr("Number at the service")])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(36)
        self.table.horizontalHeader().setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(_NUMBER, max(scaled(150), self.table.horizontalHeader().sectionSizeHint(_NUMBER)))
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setTabKeyNavigation(False)
        for row, (camera_id, name) in enumerate(shown.items()):
            self._fill_row(row, camera_id, name, known.get(camera_id))
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        column = make_column(self, spacing=8, margins=NO_MARGINS)
        column.addWidget(self.table, 1)
        column.addWidget(self.message)
        self.table.itemChanged.connect(self._typed)
        self._filling = False
        if shown:
            self.table.setCurrentCell(0, _NUMBER)
        self._mark()

    def _fill_row(self, row: int, camera_id: str, name: str, number: int | None) -> None:
        title = QTableWidgetItem(name)
        title.setFlags(Qt.ItemFlag.ItemIsEnabled)
        title.setData(_KEY, camera_id)
        value = QTableWidgetItem("" if number is None else str(number))
        value.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(row, _NAME, title)
        self.table.setItem(row, _NUMBER, value)

    def set_number(self, camera_id: str, text: str) -> None:
        """As if it had been typed."""
        for row in range(self.table.rowCount()):
            if self._id(row) == camera_id:
                self._item(row, _NUMBER).setText(text)

    def pairs(self) -> tuple[tuple[str, int], ...]:
        """In the order that they had; new ones behind them. What is typed is right."""
        typed = {self._id(row): number for row in range(self.table.rowCount()) if (number := number_of(self._id_text(row))) is not None}
        order = [camera_id for camera_id, _ in self._pairs if camera_id in typed]
        return tuple((camera_id, typed[camera_id]) for camera_id in dict.fromkeys([*order, *typed]))

    def wrong(self) -> dict[int, str]:
        """By row, what is wrong there."""
        return {row: said for row in range(self.table.rowCount()) if (said := organisation_trouble(self._id_text(row)))}

    def _typed(self) -> None:
        if not self._filling:
            self._mark()
            self.changed.emit()

    def _mark(self) -> None:
        wrong = self.wrong()
        self._filling = True
        for row in range(self.table.rowCount()):
            self._item(row, _NUMBER).setForeground(QBrush(color("critical" if row in wrong else "text")))
        self._filling = False
        first = min(wrong, default=-1)
        told = self.tr("Empty: the service knows the camera by the same id or name.")
        self.message.setText(f"{self._item(first, _NAME).text()}: {wrong[first]}" if wrong else told)
        set_role(self.message, "error" if wrong else "secondary")

    def _id(self, row: int) -> str:
        return str(self._item(row, _NAME).data(_KEY))

    def _id_text(self, row: int) -> str:
        return self._item(row, _NUMBER).text().strip()

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.table.item(row, column)
        assert item is not None, "every cell was filled"
        return item


def _column(title: str) -> QVBoxLayout:
    label = QLabel(title, textFormat=Qt.TextFormat.PlainText)
    set_role(label, "section")
    column = make_column(spacing=8)
    column.addWidget(label)
    return column
