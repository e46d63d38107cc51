"""What a search is limited to: camera, person, kind, time, and a part of a picture."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from engine.model.event import EventKind
from engine.model.history.timeline import HitKind, SearchFilter
from widgets.fields.elided_combo import ElidedCombo
from widgets.icons import icon
from widgets.properties import with_properties
from widgets.translation import tr

_ONE_LINE = 520  # pixels from which all boxes stand beside each other
_KEPT = "kept"  # a stretch of time that is none of the others
Span = tuple[int, int]


class FoundChoices(QWidget):
    """UI thread. Signals: changed(): somebody chose something. menu_wanted(): kept searches."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera, self.person, self.kind, self.time = ElidedCombo(), ElidedCombo(), ElidedCombo(), ElidedCombo()
        self.saved = with_properties(
            QToolButton(), icon=icon("tag"), toolTip=tr("Searches that were kept"), accessibleName=tr("Searches that were kept")
        )
        self.area = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.no_area = with_properties(
            QToolButton(), icon=icon("x"), toolTip=tr("Look in the whole picture"), accessibleName=tr("Look in the whole picture")
        )
        self.span_of: Callable[[str], Span | None] = lambda _key: None  # of `shown`, `stretch` and `day`, UTC ns
        self._region: SearchFilter = SearchFilter()
        self._ids: tuple[tuple[str, str], ...] = ()
        self._build_boxes()

    def _build_boxes(self) -> None:
        named = (
            (self.camera, tr("Only of this camera")),
            (self.person, tr("Only of this person")),
            (self.kind, tr("Only of this kind")),
            (self.time, tr("Only in this time")),
        )
        for box, name in named:
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
            box.activated.connect(self.changed)
        self.camera.activated.disconnect()
        self.camera.activated.connect(self._camera_chosen)
        self.camera.addItem(tr("All cameras"), "")
        self.person.addItem(tr("Anybody"), "")
        for key, text, _, _ in _kinds():
            self.kind.addItem(text, key)
        for key, text in _times():
            self.time.addItem(text, key)
        self.no_area.clicked.connect(self._end_area)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self._grid = grid
        self._columns = 0
        self._place_boxes(2)
        chip = QHBoxLayout()
        chip.addWidget(self.area, 1)
        chip.addWidget(self.no_area)
        grid.addLayout(chip, 2, 0, 1, 5)
        self._show_area("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_boxes(4 if event.size().width() >= _ONE_LINE else 2)

    def _place_boxes(self, columns: int) -> None:
        """Boxes in one line or in two."""
        if columns == self._columns:
            return
        self._columns = columns
        for number, box in enumerate((self.camera, self.person, self.kind, self.time)):
            self._grid.addWidget(box, number // columns, number % columns)
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
        self._grid.addWidget(self.saved, 0, columns)

    def offer(self, cameras: Sequence[tuple[str, str]], persons: Sequence[tuple[str, str]]) -> None:
        """Ids and names."""
        if (ids := (*cameras, *persons)) != self._ids:
            self._ids = ids
            _fill_box(self.camera, tr("All cameras"), cameras)
            _fill_box(self.person, tr("Anybody"), persons)

    def applied(self, wanted: SearchFilter) -> SearchFilter:
        """With what is chosen; its words stay, and its time where that was kept with it."""
        kinds, event_kinds = next(((kinds, events) for key, _, kinds, events in _kinds() if key == self.kind.currentData()), ((), ()))
        key = str(self.time.currentData() or "")
        span = (wanted.since_ns, wanted.until_ns) if key == _KEPT else self.span_of(key) or (None, None)
        return replace(
            wanted,
            kinds=kinds,
            event_kinds=event_kinds,
            camera_ids=_one(self.camera.currentData()),
            person_id=str(self.person.currentData() or ""),
            since_ns=span[0],
            until_ns=span[1],
            region=self._region.region,
        )

    def reflect(self, wanted: SearchFilter) -> None:
        """What is looked for, in the boxes."""
        camera_id = wanted.camera_ids[0] if wanted.camera_ids else ""
        self.person.setCurrentIndex(max(0, self.person.findData(wanted.person_id)))
        self.camera.setCurrentIndex(max(0, self.camera.findData(camera_id)))
        found = next((key for key, _, kinds, events in _kinds() if (kinds, events) == (wanted.kinds, wanted.event_kinds)), "")
        self.kind.setCurrentIndex(max(0, self.kind.findData(found)))
        self._reflect_time((wanted.since_ns, wanted.until_ns))
        self._region = wanted
        self._show_area(self.camera.currentText() if wanted.region else "")

    def limit(self, likeness: bool) -> None:
        """Where looks are compared, only camera and time limit them."""
        for box in (self.person, self.kind):
            box.setEnabled(not likeness)
            box.setToolTip(tr("Looks of everybody are compared.") if likeness else "")

    def _reflect_time(self, span: tuple[int | None, int | None]) -> None:
        key = str(self.time.currentData() or "")
        if span == (None, None):
            self.time.setCurrentIndex(0)
        elif not key:
            if self.time.findData(_KEPT) < 0:
                self.time.addItem(tr("As it was kept"), _KEPT)
            self.time.setCurrentIndex(self.time.findData(_KEPT))

    def _camera_chosen(self) -> None:
        """An area belongs to one camera's picture."""
        if self._region.camera_ids != _one(self.camera.currentData()):
            self._region = SearchFilter()
        self.changed.emit()

    def _end_area(self) -> None:
        self._region = SearchFilter()
        self.changed.emit()

    def _show_area(self, camera: str) -> None:
        self.area.setText(tr("Only in the area drawn on {0}").format(camera) if camera else "")
        self.area.setVisible(bool(camera))
        self.no_area.setVisible(bool(camera))


def _kinds() -> tuple[tuple[str, str, tuple[HitKind, ...], tuple[str, ...]], ...]:
    return (
        ("", tr("Anything"), (), ()),
        ("people", tr("People seen"), (HitKind.EVENT,), (EventKind.PERSON.value, EventKind.NAMED.value)),
        ("gestures", tr("Gestures"), (HitKind.EVENT,), (EventKind.GESTURE.value,)),
        ("motion", tr("Motion"), (HitKind.MOTION,), ()),
        ("events", tr("Events"), (HitKind.EVENT,), ()),
        ("alerts", tr("Alerts"), (HitKind.ALERT,), ()),
        ("incidents", tr("Incidents, reports"), (HitKind.INCIDENT, HitKind.REPORT), ()),
        ("decisions", tr("Decisions"), (HitKind.DECISION,), ()),
        ("bookmarks", tr("Bookmarks"), (HitKind.BOOKMARK,), ()),
    )


def _times() -> tuple[tuple[str, str], ...]:
    return (("", tr("At any time")), ("shown", tr("On the timeline")), ("stretch", tr("In the stretch")), ("day", tr("Last 24 hours")))


def _one(camera_id: object) -> tuple[str, ...]:
    return (str(camera_id),) if camera_id else ()


def _fill_box(box: QComboBox, first: str, items: Sequence[tuple[str, str]]) -> None:
    chosen = box.currentData()
    box.clear()
    box.addItem(first, "")
    for item_id, name in items:
        box.addItem(name, item_id)
    box.setCurrentIndex(max(0, box.findData(chosen)))
