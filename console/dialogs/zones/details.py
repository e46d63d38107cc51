"""What one shape is called and tells: the form beside the picture."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QPushButton, QWidget

from console.dialogs.setting_fields import limits_of, longest, whole_box
from console.dialogs.zones.words import class_words, explanation
from engine.model.cameras.picture_zone import LineDirection, PictureZone
from widgets.drawing.shape_draft import Shape, ShapeKind
from widgets.fields.form import Field, Needed
from widgets.fields.number_field import NumberField, padded
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on_told
from widgets.theme import set_role


class ZoneDetails(QWidget):
    """Signals: edited(Shape, what): the shape as it is wished now. turned(): the line is to go the other way."""

    edited = Signal(object, str)
    turned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: Shape | None = None
        self._filling = False
        self._build_fields()
        self._connect_fields()
        self.show_shape(None)

    def _build_fields(self) -> None:
        self.name = Field(self.tr("&Name"), Needed(self.tr("Enter a name, for example of the place.")))
        self.name.edit().setMaxLength(longest(PictureZone, "name"))
        self.about = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.about, "secondary")
        column = make_column(self, spacing=8, margins=NO_MARGINS)
        for part in (self.name, self._class_part(), self._zone_part(), self._line_part(), self.about):
            column.addWidget(part)
        column.addStretch(1)

    def _class_part(self) -> QWidget:
        self.classes_part = QWidget(self)
        grid = QGridLayout(self.classes_part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        grid.addWidget(QLabel(self.tr("Object types"), self.classes_part), 0, 0, 1, 2)
        self.classes = {name: QCheckBox(word, self.classes_part) for name, word in class_words().items()}
        for number, box in enumerate(self.classes.values()):
            grid.addWidget(box, 1 + number // 2, number % 2)
        self.no_classes = QLabel(self.tr("Choose at least one."), self.classes_part)
        set_role(self.no_classes, "error")
        grid.addWidget(self.no_classes, 3, 0, 1, 2)
        return self.classes_part

    def _zone_part(self) -> QWidget:
        self.zone_part = QWidget(self)
        grid = QGridLayout(self.zone_part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        grid.setColumnStretch(0, 1)
        self.loiter = padded(NumberField(minimum=0.0, maximum=limits_of(PictureZone, "loiter_s")[1] / 60, singleStep=0.5, decimals=2))
        self.loiter.setSuffix(self.tr(" min"))
        self.most = whole_box(PictureZone, "most")
        for row, (box, text, tip) in enumerate(
            (
                (self.loiter, self.tr("Report dwell &longer than"), self.tr("Permitted minutes in the zone; 0: no limit")),
                (self.most, self.tr("Report occupancy &over"), self.tr("Permitted number at once; 0: no limit")),
            )
        ):
            box.setSpecialValueText(self.tr("Never"))
            box.setToolTip(plain_tip(tip))
            box.setAccessibleName(text.replace("&", ""))
            box.setMinimumWidth(96)
            label = QLabel(text, self.zone_part, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        self.occupied = QCheckBox(self.tr("Report &while occupied"), self.zone_part)
        self.occupied.setToolTip(self.tr("One event from the first entry until the zone is empty, with the highest count"))
        grid.addWidget(self.occupied, 2, 0, 1, 2)
        return self.zone_part

    def _line_part(self) -> QWidget:
        self.line_part = QWidget(self)
        column = make_column(self.line_part, spacing=6, margins=NO_MARGINS)
        self.direction = QComboBox(self.line_part)
        for direction, text in (
            (LineDirection.BOTH, self.tr("Both ways")),
            (LineDirection.TO_LEFT, self.tr("Only to the left of the line")),
            (LineDirection.TO_RIGHT, self.tr("Only to the right of the line")),
        ):
            self.direction.addItem(text, direction.value)
        label = QLabel(self.tr("&Reported direction"), self.line_part)
        label.setBuddy(self.direction)
        self.direction.setToolTip(self.tr("As seen from the start of the line. The arrows in the picture show it."))
        self.turn = QPushButton(icon("refresh-cw"), self.tr("&Reverse the line"), self.line_part)
        self.turn.setAutoDefault(False)
        self.turn.setToolTip(self.tr("Swap start and end: left becomes right"))
        for part in (label, self.direction, self.turn):
            column.addWidget(part)
        return self.line_part

    def _connect_fields(self) -> None:
        on_told(self.name.changed, self._emit_edit, "name")
        for box in self.classes.values():
            box.clicked.connect(self._tell_classes)
        self.loiter.valueChanged.connect(self._edit_loitering)
        on_told(self.most.valueChanged, self._emit_edit, "most")
        on_told(self.occupied.toggled, self._emit_edit, "occupied")
        self.direction.currentIndexChanged.connect(self._edit_direction)
        self.turn.clicked.connect(self.turned)

    # showing

    def show_shape(self, shape: Shape | None) -> None:
        """What is typed now stays where it says the same."""
        self._filling = True
        fresh = shape is None or self._shape is None or shape.key != self._shape.key
        self._shape = shape
        self.setVisible(shape is not None)
        if shape is not None:
            self._show_parts(shape.kind)
            self._fill_fields(shape, fresh)
        self._filling = False

    def _show_parts(self, kind: ShapeKind) -> None:
        named = kind in (ShapeKind.ZONE, ShapeKind.LINE)
        self.name.setVisible(named)
        self.classes_part.setVisible(named)
        self.zone_part.setVisible(kind is ShapeKind.ZONE)
        self.line_part.setVisible(kind is ShapeKind.LINE)
        self.about.setText(explanation(kind))
        self.about.setVisible(bool(self.about.text()))

    def _fill_fields(self, shape: Shape, fresh: bool) -> None:
        if self.name.value() != shape.name:
            self.name.set_value(shape.name)
        if fresh or self.name.is_valid():
            self.name.show_error("")
        for name, box in self.classes.items():
            box.setChecked(name in shape.classes)
        self.no_classes.setVisible(not shape.classes)
        if round(self.loiter.value() * 60, 2) != shape.loiter_s:
            self.loiter.setValue(shape.loiter_s / 60)
        self.most.setValue(shape.most)
        self.occupied.setChecked(shape.occupied)
        self.direction.setCurrentIndex(self.direction.findData(shape.direction.value))

    def show_error(self, field: str, message: str) -> bool:
        """Where the field is; False where there is none for it."""
        if field in ("name", "id") and not self.name.isHidden():
            self.name.show_error(message)
            self.name.edit().setFocus()
            return True
        return False

    def name_it(self) -> None:
        """The name is what is typed next."""
        self.name.edit().setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.edit().selectAll()

    # telling

    def _tell_classes(self) -> None:
        """Classes that have no box here, of another detector, stay."""
        if self._shape is not None:
            others = tuple(name for name in self._shape.classes if name not in self.classes)
            self._emit_edit("classes", (*(name for name, box in self.classes.items() if box.isChecked()), *others))

    def _edit_loitering(self, minutes: float) -> None:
        self._emit_edit("loiter_s", round(minutes * 60, 2))

    def _edit_direction(self) -> None:
        self._emit_edit("direction", LineDirection(self.direction.currentData()))

    def _emit_edit(self, what: str, value: object) -> None:
        if not self._filling and self._shape is not None:
            self._shape = replace(self._shape, **{what: value})  # type: ignore[arg-type]
            self.edited.emit(self._shape, what)
