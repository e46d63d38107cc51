"""The radio lane: CSI and BLE in, located people with names out. The one place that knows in which order the rooms of radio follow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.model import wire
from engine.model.blob import BleMatch, Blob, BlobEvidence, RadioPicture
from engine.model.fused import FusedPicture, FusedTrack
from engine.model.person import Person
from engine.model.radio import BleSightings, CsiBatch, NodeChanged, ZoneOccupancy
from engine.model.settings import Settings
from engine.model.site import Position
from engine.model.traces import Traces
from engine.pipeline.event_identity import EventIdentity, of_blobs, on_floor
from engine.pipeline.falls import FallLane
from engine.pipeline.nodes import NodeLane
from engine.pipeline.output import StepOutput
from engine.pipeline.phones import PhoneLane
from engine.pipeline.places import PlacesLane
from engine.pipeline.presence import PresenceLane
from engine.radio.features import LinkBank
from engine.radio.fusion import BlobFusion, FusionResult

TAUGHT_FROM = 0.9  # confidence of an identity whose phone was located, before links learn from it


class RadioLane:
    """Sans-IO; the engine thread only. A tick with twelve links takes about a millisecond."""

    def __init__(self, pictured: bool = True) -> None:
        """`pictured`: whether anybody looks at the picture of radio (`RadioPicture.voxels`)."""
        self._pictured = pictured
        self._settings = Settings()
        self._persons: dict[str, Person] = {}
        self._nodes = NodeLane()
        self._bank = LinkBank()
        self._fusion = BlobFusion(self._pictured)
        self._phones = PhoneLane()
        self._presence = PresenceLane()
        self._places = PlacesLane()
        self._falls = FallLane()
        self._positions: Mapping[str, Position] = {}
        self._who: Mapping[str, EventIdentity] = {}

    @property
    def nodes(self) -> NodeLane:
        return self._nodes

    @property
    def falls(self) -> FallLane:
        return self._falls

    @property
    def carried(self) -> Mapping[str, BleMatch]:
        """Whose phone goes with which fused track or blob, by its id, as of the last tick."""
        return self._phones.carried

    def configure(self, settings: Settings, now_ns: int, out: StepOutput) -> None:
        before, watched = self._settings, self._watching
        self._settings = settings
        self._nodes.forget([node.mac for node in before.nodes if settings.node(node.mac) is None], now_ns, out)
        self._bank.configure(settings.radio)
        self._phones.configure(settings)
        self._places.configure(settings.floor)
        self._falls.configure(settings.radio)
        self._place(anew=settings.floor != before.floor or settings.radio != before.radio)
        self._maybe_end(watched, now_ns, out)

    def know(self, persons: Mapping[str, Person]) -> None:
        """Who is known now: whose phones are heard. Nothing is kept of who is not known any more."""
        gone = self._persons.keys() - persons.keys()
        self._persons = dict(persons)
        self._phones.know(self._persons, gone)
        ids = {person.name: person.id for person in self._persons.values()}
        for lane in (self._presence, self._places, self._falls):
            lane.know(ids)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """What is open and tells of somebody who was erased, tells of nobody from now on."""
        self._who = {blob_id: who for blob_id, who in self._who.items() if who.person_id != traces.person_id}
        for lane in (self._presence, self._places, self._falls):
            lane.erase(traces, out)

    def node(self, change: NodeChanged, out: StepOutput) -> None:
        watched = self._watching
        self._nodes.changed(change, out)
        self._place()
        self._maybe_end(watched, change.occurred_ns, out)

    def csi(self, batch: CsiBatch) -> None:
        if self._settings.radio.enabled:
            self._bank.take(batch)
            self._falls.csi(batch)

    def sightings(self, heard: BleSightings) -> None:
        if self._settings.radio.enabled:
            self._phones.take(heard)

    def tick(self, now_ns: int, followed: Sequence[FusedTrack], out: StepOutput) -> None:
        """`followed`: everybody on the floor, from all sensors, by the tick before."""
        self._phones.idle()
        self._nodes.tick(now_ns, self._settings, out)
        if not self._watching:
            return
        features = self._bank.features(now_ns)
        found = self._fusion.step(now_ns, features, out.new_id)
        simulated = self._nodes.simulated
        located = [replace(blob, simulated=True) for blob in found.blobs] if simulated else found.blobs
        blobs = self._blobs_with_names(now_ns, located, followed)
        who = of_blobs(blobs, self._who)
        occupancy, zones_of = self._places.step(now_ns, blobs, who, not found.trouble, out)
        fallen = self._falls.step(now_ns, blobs, who, features, out)
        blobs = [replace(blob, zone_ids=zones_of.get(blob.id, ()), posture=fallen.get(blob.id, blob.posture)) for blob in blobs]
        self._presence.step(now_ns, blobs, who, out)
        out.radio = self._picture(now_ns, found, blobs, simulated, occupancy)

    def set_floor_identities(self, picture: FusedPicture | None) -> None:
        """Who the people of the floor are, by all sensors: radio events name the same persons as camera events, from the next tick."""
        self._who = on_floor(picture)

    def teach(self, now_ns: int, places: Iterable[Position]) -> None:
        """Cameras see people there, surely: links learn from them how much they count."""
        if self._settings.radio.learn_weights and self._watching:
            for place in places:
                self._fusion.teach(now_ns, place)

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        """The engine ran until `at_ns` and starts again at `now_ns`, which is earlier where the clock was set back meanwhile."""
        self._interrupt(at_ns, out)
        self._nodes.begin_anew(at_ns, now_ns, out)
        if now_ns < at_ns:
            self._set_back(at_ns - now_ns)

    def open_event_ids(self) -> frozenset[str]:
        lanes = (self._presence, self._places, self._falls, self._nodes)
        return frozenset[str]().union(*(lane.open_event_ids() for lane in lanes))

    def state(self) -> dict[str, Any]:
        parts = {name: part.state() for name, part in self._parts().items()}
        return {**parts, "who": {blob_id: wire.to_plain(who) for blob_id, who in self._who.items()}}

    def restore(self, state: dict[str, Any], settings: Settings) -> None:
        self._settings = settings
        self._nodes.restore(state["nodes"])
        self._bank.configure(settings.radio)
        self._phones.configure(settings)
        self._falls.configure(settings.radio)
        self._places.configure(settings.floor)
        self._place(anew=True)
        for name, part in self._parts().items():
            part.restore(state[name])
        self._who = {blob_id: wire.read_record(EventIdentity, who) for blob_id, who in state.get("who", {}).items()}  # older ones have none

    @property
    def _watching(self) -> bool:
        return self._settings.radio.enabled and self._nodes.anybody

    def _maybe_end(self, watched: bool, now_ns: int, out: StepOutput) -> None:
        """It was switched off, or its last node removed: not even falls are watched any more."""
        if watched and not self._watching:
            self._interrupt(now_ns, out)
            self._falls.end(now_ns, out)

    def _interrupt(self, at_ns: int, out: StepOutput) -> None:
        """Watching broke off: close what is open and follow nobody on. What the links have learned stays, and numbers rise."""
        self._who = {}
        self._presence.interrupt(out)
        self._places.interrupt(at_ns, out)
        learned = self._fusion.state()
        self._fusion = BlobFusion(self._pictured)
        self._fusion.restore({**learned, "last_ns": 0, "tracker": _nobody(learned["tracker"])})
        self._phones.interrupt()
        self._place(anew=True)

    def _set_back(self, by_ns: int) -> None:
        """What links and phones have shown so far would be of the future: they begin anew, and so does what was learned of them."""
        self._falls.set_back(by_ns)
        self._bank = LinkBank()
        self._bank.configure(self._settings.radio)
        self._phones.set_back()
        numbers = self._fusion.state()["tracker"]
        self._fusion = BlobFusion(self._pictured)
        self._fusion.restore({**self._fusion.state(), "tracker": numbers})
        self._place(anew=True)

    def _parts(self) -> dict[str, Any]:
        return {
            "nodes": self._nodes,
            "bank": self._bank,
            "fusion": self._fusion,
            "phones": self._phones,
            "presence": self._presence,
            "places": self._places,
            "falls": self._falls,
        }

    def _place(self, anew: bool = False) -> None:
        """Tell fusion where the nodes stand; building its tables takes a while, so only when something moved."""
        positions = self._nodes.positions(self._settings)
        if anew or positions != self._positions:
            self._positions = positions
            self._fusion.place(positions, self._settings.floor, self._settings.radio)
            self._phones.place(positions)

    def _blobs_with_names(self, now_ns: int, blobs: Sequence[Blob], followed: Sequence[FusedTrack]) -> list[Blob]:
        named = self._phones.step(now_ns, blobs, followed)
        for match in self._phones.carried.values():
            if self._settings.radio.learn_weights and match.method == "position" and match.confidence >= TAUGHT_FROM and match.position:
                self._fusion.teach(now_ns, match.position)
        return named

    def _picture(
        self, now_ns: int, found: FusionResult, blobs: Sequence[Blob], simulated: bool, occupancy: tuple[ZoneOccupancy, ...]
    ) -> RadioPicture:
        named = {blob.id: blob.identity for blob in blobs}
        return RadioPicture(
            at_ns=now_ns,
            blobs=tuple(blobs),
            links=found.links,
            voxels=found.voxels,
            zones=occupancy,
            devices=self._phones.devices,
            evidence=tuple(_naming(evidence, named.get(evidence.blob_id)) for evidence in found.evidence),
            extent=found.extent,
            trouble=found.trouble,
            simulated=simulated,
        )


def _naming(evidence: BlobEvidence, match: BleMatch | None) -> BlobEvidence:
    return evidence if evidence.identity is match else replace(evidence, identity=match)


def _nobody(tracker: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The state of a tracker that follows nobody, and is not about to."""
    return None if tracker is None else {**tracker, "tracks": [], "search": {"belief": 0.0, "share": []}}
