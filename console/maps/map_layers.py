"""What every map of the console shows of the engine: site, lookouts, plumes, patterns, risk, neighbourhoods, and the base map."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from console.bridge import EngineBridge
from console.feeds.risk_feed import Areas, Heat, RiskFeed
from console.maps.base_source import BaseSource
from console.maps.map_memory import MapMemory
from console.maps.on_map import cameras_on_map, middle_of, outlines_of, plumes_on_map
from console.session.remembered import Remembered
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.incidents.atlas_call import PatternAnswer
from engine.model.incidents.incident import Incident
from engine.model.question import AskPatterns
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.maps.risk_layers import PatternOnMap
from widgets.maps.site_map import Layer, SiteMap
from widgets.translation import tr

_PATTERNS_NS = 5 * 60 * SECOND
_PATTERNS_KM = 10.0
_OF_ONE_SITE = (Layer.RISK, Layer.AREAS, Layer.PATTERNS)


class MapLayers(QObject):
    """UI thread. `feed`: of risk; its cells are asked for only while they are shown. `changed`: `trouble` may be another."""

    def __init__(
        self, shown: SiteMap, memory: MapMemory, bridge: EngineBridge, remembered: Remembered, feed: RiskFeed, changed: Callable[[], None]
    ) -> None:
        super().__init__(shown)
        self._map, self._memory, self._bridge, self._feed = shown, memory, bridge, feed
        self._changed, self._several = changed, False
        self._patterns_for: tuple[object, ...] = ()
        self._base = BaseSource(shown, remembered.folder, changed, self)
        feed.heat_changed.connect(self._show_heat)
        feed.areas_changed.connect(self._show_areas)

    @property
    def trouble(self) -> str:
        """Why the base map is not as it is set up; empty while all is well, or it is not shown."""
        risk = self._several and any(self._memory.has(layer) for layer in _OF_ONE_SITE)
        one = tr("Risk, neighbourhoods and patterns are shown for one site at a time. Choose it in the status bar.") if risk else ""
        return one or (self._base.trouble if self._memory.has(Layer.MAP) else "")

    def show_snapshot(self, snapshot: Snapshot, hours_ahead: int = 0, incidents: tuple[Incident, ...] = ()) -> None:
        settings, shown = snapshot.settings, self._map
        if snapshot.several_sites != self._several:
            self._several = snapshot.several_sites
            self._changed()
        shown.set_middle(middle_of(settings, None if self._feed.heat is None else self._feed.heat.picture, incidents))
        shown.set_site(settings.anchor, settings.floor)
        shown.set_radius(settings.incidents.radius_m)
        shown.set_cameras(cameras_on_map(snapshot))
        shown.set_plumes(plumes_on_map(snapshot))
        self._base.show_settings(settings.map)
        if self._several or not self._bridge.may(Verb.SEE_PAST):
            return
        if snapshot.risk.enabled and (self._memory.has(Layer.RISK) or self._memory.has(Layer.AREAS)):
            self._feed.follow(snapshot.risk, hours_ahead, snapshot.at_ns)
        if self._memory.has(Layer.PATTERNS):
            self._ask_patterns(snapshot)

    def stop(self) -> None:
        """The map closes."""
        self._base.stop()

    def _show_heat(self, heat: Heat) -> None:
        self._map.set_heat(heat.raster, heat.picture.faded, heat.picture.simulated)

    def _show_areas(self, areas: Areas) -> None:
        self._map.set_outlines(outlines_of(areas))

    def _ask_patterns(self, snapshot: Snapshot) -> None:
        """Around the site, every few minutes; where Atlas is off or down there are none on the map, and the Incidents page says why."""
        anchor = snapshot.settings.anchor
        wanted = (anchor, snapshot.at_ns // _PATTERNS_NS)
        if anchor is None or wanted == self._patterns_for:
            return
        self._patterns_for = wanted
        self._bridge.ask(
            AskPatterns(anchor.latitude, anchor.longitude, _PATTERNS_KM), self._take_patterns, self._drop_patterns, owner=self._map
        )

    def _take_patterns(self, answer: PatternAnswer) -> None:
        found = (PatternOnMap(each.name, each.latitude, each.longitude, each.radius_m) for each in answer.patterns)
        self._map.set_patterns(tuple(found))

    def _drop_patterns(self, _error: WatchroomError) -> None:
        self._map.set_patterns(())
