"""The six classes of fire weather: from which index on each begins, and how sure cameras have to be on such a day."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from console.words import sentence
from engine.model.errors import InputError
from engine.model.fire.fire import EFFIS, ClassBounds, FireClass, FireSettings
from widgets.engine_text import translate_engine_text
from widgets.fields.number_field import NumberField, padded
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.maps.risk_words import fire_class_word
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_MOST_FWI = 999.0  # nothing that weather comes to
Thresholds = tuple[tuple[FireClass, float], ...]


class FireClasses(QWidget):
    """Signals: changed(): something was typed."""

    changed = Signal()

    def __init__(self, fire: FireSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = fire
        classes = tuple(FireClass)
        self.bounds = {
            each: _threshold_box(tr("{0} is below, FWI").format(_class_name(each)), 0.0, max(_MOST_FWI, *fire.bounds.upper), 1.0)
            for each in classes[:-1]
        }
        self.needed = {
            each: _threshold_box(tr("Confidence needed on a day of {0} danger").format(_word(each)), 0.0, 1.0, 0.05) for each in classes
        }
        for box in (*self.bounds.values(), *self.needed.values()):
            box.valueChanged.connect(self._typed)
        self.effis = QPushButton(self.tr("Bounds of &EFFIS"))
        self.effis.setToolTip(
            plain_tip(self.tr("Those of the European Forest Fire Information System: {0}").format(", ".join(map(str, EFFIS))))
        )
        self.usual = QPushButton(self.tr("&Usual confidences"))
        on(self.effis.clicked, self.set_bounds, EFFIS)
        on(self.usual.clicked, self.set_thresholds, FireSettings().thresholds)
        self._message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._lay_out_classes()
        self.set_bounds(fire.bounds.upper)
        self.set_thresholds(fire.thresholds)
        self._typed()

    def _lay_out_classes(self) -> None:
        buttons = make_row(spacing=8)
        for button in (self.effis, self.usual):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = make_column(self, spacing=8, margins=NO_MARGINS)
        column.addLayout(self._grid())
        column.addWidget(self._message)
        column.addLayout(buttons)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for number, title in enumerate((self.tr("Danger"), self.tr("FWI below"), self.tr("Confidence needed"))):
            label = QLabel(title, textFormat=Qt.TextFormat.PlainText)
            set_role(label, "secondary")
            grid.addWidget(label, 0, number)
        for row, each in enumerate(FireClass, 1):
            grid.addWidget(QLabel(_class_name(each), textFormat=Qt.TextFormat.PlainText), row, 0)
            grid.addWidget(self.bounds.get(each) or QLabel(self.tr("and above")), row, 1)
            grid.addWidget(self.needed[each], row, 2)
        grid.setColumnStretch(0, 1)
        return grid

    def set_bounds(self, upper: tuple[float, ...]) -> None:
        for box, value in zip(self.bounds.values(), upper, strict=True):
            box.setValue(value)

    def set_thresholds(self, thresholds: Thresholds) -> None:
        wanted = _by_class(thresholds)
        for each, box in self.needed.items():
            box.setValue(wanted.get(each, 0.0))

    def class_bounds(self) -> ClassBounds:
        """What was not changed stays as exact as it was. Raises InputError."""
        low, fair, middle, high, most = map(_exact, self.bounds.values(), self._before.bounds.upper)
        return ClassBounds((low, fair, middle, high, most))

    def thresholds(self) -> Thresholds:
        before = _by_class(self._before.thresholds)
        needed = {each: _exact(box, before.get(each, 0.0)) for each, box in self.needed.items()}
        unchanged = all(least == before.get(each, 0.0) for each, least in needed.items())
        return self._before.thresholds if unchanged else tuple((each, least) for each, least in needed.items() if least > 0)

    def trouble(self) -> str:
        try:
            self.class_bounds()
        except InputError as error:
            return sentence(tr("The bounds {0}").format(translate_engine_text(error.message)))
        return ""

    def message(self) -> str:
        return self._message.text()

    def _typed(self) -> None:
        wrong = self.trouble()
        hint = self.tr("Smoke and fire below this confidence are suppressed on such a day; 0 suppresses nothing.")
        set_role(self._message, "error" if wrong else "secondary")
        self._message.setText(wrong or hint)
        self.changed.emit()


def _by_class(thresholds: Thresholds) -> dict[FireClass, float]:
    """The first of a class counts."""
    return dict(reversed(thresholds))


def _exact(box: NumberField, before: float) -> float:
    """More decimals than the box shows are not lost by looking at them."""
    return before if abs(before - box.value()) < 0.5 * 10 ** -box.decimals() else box.value()


def _threshold_box(name: str, low: float, high: float, step: float) -> NumberField:
    box = NumberField(minimum=low, maximum=high, singleStep=step, decimals=2)
    padded(box)
    for part in (box, box.lineEdit()):
        part.setAccessibleName(name)
    return box


def _word(fire_class: FireClass) -> str:
    return fire_class_word(fire_class)


def _class_name(fire_class: FireClass) -> str:
    word = fire_class_word(fire_class)
    return f"{word[:1].upper()}{word[1:]}"
