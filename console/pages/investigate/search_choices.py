"""What a search is limited to: site, camera, person, kind, time, and a part of a picture."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from console.searching.chip_row import ChipRow
from engine.model.event import EventKind
from engine.model.history.timeline import HitKind, SearchFilter
from widgets.fields.elided_combo import ElidedCombo
from widgets.fields.filter_box import OPTIONAL, filter_button
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.signals import on
from widgets.translation import tr

_ROOMY = 480  # pixels from which four boxes have room for their names
Span = tuple[int, int]


class FoundChoices(QWidget):
    """UI thread. Each box adds a filter, which then stands as a chip; the box goes back to its name. `chips`: those of the filters, beside
    the button where the boxes have no room, else below them.

    Signals: changed(): somebody chose something: `applied` says what; chosen before, it stays.
    """

    changed = Signal()

    def __init__(self, chips: ChipRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips, self._row, self._column = chips, QHBoxLayout(), make_column(self, spacing=6, margins=NO_MARGINS)
        self.site, self.camera, self.person, self.kind, self.time = (ElidedCombo() for _ in range(5))
        self.site.setProperty(OPTIONAL, True)
        self._several = False  # sites
        self.saved = with_properties(
            QToolButton(), icon=icon("tag"), toolTip=tr("Searches that were kept"), accessibleName=tr("Searches that were kept")
        )
        self.add_button = filter_button((self.site, self.camera, self.person, self.kind, self.time))
        self.add_button.setText(tr("Add filter"))
        self.add_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add_button.hide()
        self.area = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.no_area = with_properties(
            QToolButton(), icon=icon("x"), toolTip=tr("Look in the whole picture"), accessibleName=tr("Look in the whole picture")
        )
        self.span_of: Callable[[str], Span | None] = lambda _key: None  # of `shown`, `stretch` and `day`, UTC ns
        self._chosen: QWidget | None = None
        self._ids: tuple[tuple[str, str], ...] = ()
        self._build_boxes()

    def _build_boxes(self) -> None:
        named = (
            (self.site, tr("Site"), tr("Only of this site")),
            (self.camera, tr("Camera"), tr("Only of this camera")),
            (self.person, tr("Person"), tr("Only of this person")),
            (self.kind, tr("Kind"), tr("Only of this kind")),
            (self.time, tr("Time"), tr("Only in this time")),
        )
        row = self._row
        row.setSpacing(6)
        for box, name, tip in named:
            box.addItem(name, "")
            box.setAccessibleName(tip)
            box.setToolTip(plain_tip(tip))
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setMinimumContentsLength(4)
            on(box.activated, self._choose, box)
            row.addWidget(box, 4)
        row.addWidget(self.add_button, alignment=Qt.AlignmentFlag.AlignTop)
        row.addStretch()
        row.addWidget(self.saved, alignment=Qt.AlignmentFlag.AlignTop)
        for key, text, _, _ in _kinds():
            self.kind.addItem(text, key)
        for key, text in _times():
            self.time.addItem(text, key)
        on(self.no_area.clicked, self._choose, self.no_area)
        area = QHBoxLayout()
        area.addWidget(self.area, 1)
        area.addWidget(self.no_area)
        self._column.addLayout(row)
        self._column.addWidget(self._chips)
        self._column.addLayout(area)
        self._show_area("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = event.size().width() >= scaled(_ROOMY)
        for box in (self.camera, self.person, self.kind, self.time):
            box.setVisible(roomy)
        self.site.setVisible(roomy and self._several)
        self.add_button.setVisible(not roomy)
        self.place_chips()

    def place_chips(self) -> None:
        """Beside the button where all of them have room there."""
        shown = (*self._chips.chips, *self._chips.offers)
        wanted = sum(part.sizeHint().width() + self._row.spacing() for part in (self.add_button, self.saved, *shown))
        beside = self.width() < scaled(_ROOMY) and wanted <= self.width()
        if beside == (self._row.indexOf(self._chips) >= 0):
            return
        if beside:
            self._column.removeWidget(self._chips)
            self._row.insertWidget(self._row.indexOf(self.add_button) + 1, self._chips, 100)
        else:
            self._row.removeWidget(self._chips)
            self._column.insertWidget(1, self._chips)

    def offer(self, cameras: Sequence[tuple[str, str]], persons: Sequence[tuple[str, str]], sites: Sequence[tuple[str, str]] = ()) -> None:
        """Ids and names. `sites`: of a console over several."""
        if (ids := (*cameras, *persons, *sites)) != self._ids:
            self._ids, self._several = ids, bool(sites)
            _fill_box(self.site, sites)
            self.site.setVisible(self._several and not self.camera.isHidden())
            _fill_box(self.camera, cameras)
            _fill_box(self.person, persons)

    def _choose(self, box: QWidget) -> None:
        self._chosen = box
        self.changed.emit()
        self._chosen = None
        if isinstance(box, QComboBox):
            box.setCurrentIndex(0)

    def applied(self, wanted: SearchFilter) -> SearchFilter:
        """With what is being chosen."""
        if self._chosen is self.no_area:
            return replace(wanted, region=())
        key = str(self._chosen.currentData() or "") if isinstance(self._chosen, QComboBox) else ""
        if not key:
            return wanted
        if self._chosen is self.site:
            return replace(wanted, sites=tuple(dict.fromkeys((*wanted.sites, key))))
        if self._chosen is self.camera:
            return _of_camera(wanted, key)
        if self._chosen is self.person:
            return replace(wanted, person_id=key)
        if self._chosen is self.kind:
            kinds, event_kinds = next((kinds, events) for each, _, kinds, events in _kinds() if each == key)
            return replace(wanted, kinds=kinds, event_kinds=event_kinds)
        span = self.span_of(key)
        return wanted if span is None else replace(wanted, since_ns=span[0], until_ns=span[1])

    def reflect(self, wanted: SearchFilter) -> None:
        """What has no chip: the part of a picture."""
        camera_id = wanted.camera_ids[0] if wanted.camera_ids and wanted.region else ""
        self._show_area(self.camera.itemText(self.camera.findData(camera_id)) if camera_id else "")

    def limit(self, likeness: bool) -> None:
        """Where looks are compared, only camera and time limit them."""
        for box in (self.person, self.kind):
            box.setEnabled(not likeness)
            box.setToolTip(plain_tip(tr("The appearance of all people is compared.") if likeness else box.accessibleName()))

    def _show_area(self, camera: str) -> None:
        self.area.setText(tr("Only in the area drawn on {0}").format(camera) if camera else "")
        self.area.setVisible(bool(camera))
        self.no_area.setVisible(bool(camera))


def _of_camera(wanted: SearchFilter, camera_id: str) -> SearchFilter:
    """One more camera; an area belongs to the picture of one."""
    if wanted.region and wanted.camera_ids != (camera_id,):
        return replace(wanted, camera_ids=(camera_id,), region=())
    return replace(wanted, camera_ids=tuple(dict.fromkeys((*wanted.camera_ids, camera_id))))


def _kinds() -> tuple[tuple[str, str, tuple[HitKind, ...], tuple[str, ...]], ...]:
    return (
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
    return (("shown", tr("On the timeline")), ("stretch", tr("In the stretch")), ("day", tr("Last 24 hours")))


def _fill_box(box: QComboBox, items: Sequence[tuple[str, str]]) -> None:
    """Behind its name."""
    while box.count() > 1:
        box.removeItem(1)
    for item_id, name in items:
        box.addItem(name, item_id)
