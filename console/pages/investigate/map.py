"""The map as it was: incidents of the day before the moment that is shown, and none that came after it."""

from datetime import tzinfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.bridge import EngineBridge
from console.maps.base_source import BaseSource
from console.maps.map_memory import MapMemory
from console.maps.on_map import middle_of
from console.pages.incidents.words import Marks
from console.session.remembered import Remembered
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.incidents.incident import Incident
from engine.model.question import ListIncidents
from engine.model.settings import Settings
from widgets.layout.boxes import make_column
from widgets.maps.map_notice import MapNotice
from widgets.maps.site_map import Layer, SiteMap
from widgets.marks.elided_label import ElidedLabel
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.timeline.timeline_window import DAY_NS
from widgets.translation import tr

_MOST = 500
_SETTLED_MS = 200
_LEAST = 200, 94  # pixels: its lowest with two buttons below each other


class MapOfThen(QWidget):
    """UI thread. Asks for two days at a time, and only while it is on screen. Signals: chosen(incident id)."""

    chosen = Signal(str)

    def __init__(self, bridge: EngineBridge, zone: tzinfo, remembered: Remembered, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._zone = bridge, zone
        self._marks = Marks()
        self._at_ns = 0
        self._span: tuple[int, int] | None = None
        self._incidents: tuple[Incident, ...] = ()
        self._shown: tuple[Incident, ...] | None = None
        self.map = SiteMap()
        self.map.places_clickable = False
        self.map.setMinimumSize(*_LEAST)
        self.memory = MapMemory(self.map, remembered, "investigate", offered={Layer.MAP, Layer.INCIDENTS, Layer.SITE})
        self._base = BaseSource(self.map, remembered.folder, self._show_base_trouble, self)
        self.base_trouble = MapNotice(self.map)
        self.words = ElidedLabel()
        set_role(self.words, "secondary")
        head = QHBoxLayout()
        head.addWidget(self.words, 1)
        column = make_column(self, spacing=6, margins=(0, 6, 0, 0))
        column.addLayout(head)
        column.addWidget(self.map, 1)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._load)
        self.map.incident_chosen.connect(self.chosen)

    def show_settings(self, settings: Settings) -> None:
        self.map.set_middle(middle_of(settings, None, self._incidents))
        self.map.set_site(settings.anchor, settings.floor)
        self._base.show_settings(settings.map)
        self.map.set_radius(settings.incidents.radius_m)

    def stop(self) -> None:
        """The page closes."""
        self._base.stop()

    def _show_base_trouble(self) -> None:
        self.base_trouble.set_notice(self._base.trouble, "moderate")

    def follow(self, at_ns: int) -> None:
        """The clock is there now."""
        self._at_ns = at_ns
        if not self.isVisible():
            return
        if self._span is None or not self._span[0] + DAY_NS <= at_ns < self._span[1]:
            self._settled.start()
        else:
            self._show_moment()

    def showEvent(self, event: object) -> None:
        self.follow(self._at_ns)

    def _load(self) -> None:
        day_ns = self._at_ns // DAY_NS * DAY_NS
        span = (max(0, day_ns - DAY_NS), day_ns + DAY_NS)
        ask = ListIncidents(limit=_MOST, since_ns=span[0], until_ns=span[1])
        self._bridge.ask(ask, lambda answer: self._take_incidents(span, answer.incidents), self._show_map_error, owner=self)

    def _take_incidents(self, span: tuple[int, int], incidents: tuple[Incident, ...]) -> None:
        self._span, self._incidents, self._shown = span, incidents, None
        self._show_moment()

    def _show_moment(self) -> None:
        at_ns = self._at_ns
        shown = tuple(each for each in self._incidents if at_ns - DAY_NS < each.occurred_ns <= at_ns)
        when, count = clock_text(at_ns, None, self._zone), number_text(len(shown))
        self.words.setText(tr("Incidents in the 24 h before {0}: {1}").format(when, count))
        if shown != self._shown:
            self._shown = shown
            self.map.set_incidents(self._marks.of(shown, at_ns))

    def _show_map_error(self, error: WatchroomError) -> None:
        self._span = None
        self.words.setText(error_text(error))
