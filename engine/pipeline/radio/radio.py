"""The radio lane: CSI and BLE in, located people with names out. The one place that knows in which order the rooms of radio follow."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, Protocol

from engine.model import wire
from engine.model.event import Event
from engine.model.geometry import Point
from engine.model.observation import Observation
from engine.model.people.person import Person
from engine.model.people.traces import Traces
from engine.model.radio.blob import BleMatch, Blob, BlobEvidence, RadioPicture
from engine.model.radio.fused import FusedIdentity, FusedTrack
from engine.model.radio.radio import BleSightings, CsiBatch, NodeChanged, ZoneOccupancy
from engine.model.settings import Settings
from engine.model.site import Position
from engine.pipeline.identities.event_identity import EventIdentity, of_blobs, on_floor
from engine.pipeline.identities.identities import IdentityLane
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput
from engine.pipeline.radio.covered import CoveredFloor
from engine.pipeline.radio.falls import FallLane
from engine.pipeline.radio.links import LinkReadings, Links, LinkStage
from engine.pipeline.radio.nodes import NodeKeeper, NodeLane
from engine.pipeline.radio.phones import PhoneLane
from engine.pipeline.radio.places import PlacesLane
from engine.pipeline.radio.presence import PresenceLane
from engine.radio.location.fusion import BlobFusion, FusionResult

TAUGHT_FROM = 0.9  # confidence of an identity whose phone was located, before links learn from it


class CameraFalls(Protocol):
    """The falls that cameras tell."""

    def falls_by_blob(self) -> Mapping[str, str]:
        """Blobs of people of whom a camera tells a fall, and its event: radio that tells it too joins that event."""
        ...

    def falls(self) -> Mapping[str, Event]:
        """Those that go on, by the event's id."""
        ...


class RadioLane(Lane, NodeKeeper):
    """A tick with twelve links takes about a millisecond.

    Args:
        identities: whose phones are heard, and who is on the floor by all sensors.
        pictured: whether anybody looks at the picture of radio (`RadioPicture.voxels`).

    Attributes:
        camera_falls: set once, by whoever wires the lanes, before the first step.
        links: what they say is made here of CSI, or given by whoever has made the same already.
    """

    name = "radio"
    subjects = (CsiBatch, BleSightings, NodeChanged)

    def __init__(self, identities: IdentityLane, pictured: bool = True) -> None:
        self.camera_falls: CameraFalls | None = None
        self._identities = identities
        self._known_revision = -1  # of the roster
        self._pictured = pictured
        self._settings = Settings()
        self._persons: dict[str, Person] = {}
        self.nodes = NodeLane()
        self.links: Links = LinkStage()
        self._fusion = BlobFusion(self._pictured)
        self._phones = PhoneLane()
        self._presence = PresenceLane()
        self._places = PlacesLane()
        self._falls = FallLane()
        self._positions: Mapping[str, Position] = {}
        self._covered = CoveredFloor()
        self._who: Mapping[str, EventIdentity] = {}

    @property
    def falls(self) -> FallLane:
        return self._falls

    @property
    def carried(self) -> Mapping[str, BleMatch]:
        """Whose phone goes with which fused track or blob, by its id, as of the last tick."""
        return self._phones.carried

    @property
    def online_positions(self) -> Mapping[str, Position]:
        """Nodes that are online and have a place, by MAC."""
        online = {node.mac for node in self.nodes.known if node.online}
        return {mac: position for mac, position in self._positions.items() if mac in online}

    def covers(self, at: Point) -> bool:
        return self._covered.covers(tuple(self.online_positions.values()), at)

    def take(self, seen: Observation, out: StepOutput) -> None:
        match seen:
            case CsiBatch() if self._settings.radio.enabled:
                self.links.take(seen)
            case BleSightings() if self._settings.radio.enabled:
                self._learn_roster()
                self._phones.take(seen)
            case NodeChanged():
                self._change_node(seen, out)
            case _:
                pass

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        before, watched = self._settings, self._watching
        self._settings = settings
        self.nodes.forget([node.mac for node in before.nodes if settings.node(node.mac) is None], at_ns, out)
        self.links.configure(settings.radio)
        self._phones.configure(settings)
        self._places.configure(settings.floor)
        self._falls.configure(settings.radio, settings.floor.zones)
        self._place(anew=settings.floor != before.floor or settings.radio != before.radio)
        self._maybe_end(watched, at_ns, out)

    def _learn_roster(self) -> None:
        """Whose phones are heard follows from who is known. Nothing is kept of who is not known any more."""
        roster = self._identities.roster
        if roster.revision == self._known_revision:
            return
        self._known_revision, persons = roster.revision, roster.persons
        gone = self._persons.keys() - persons.keys()
        self._persons = dict(persons)
        self._phones.know(self._persons, gone)
        ids = {person.name: person.id for person in self._persons.values()}
        for lane in (self._presence, self._places, self._falls):
            lane.know(ids)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._learn_roster()
        self._phones.know(self._persons, {traces.person_id})
        self._who = {blob_id: who for blob_id, who in self._who.items() if who.person_id != traces.person_id}
        for lane in (self._presence, self._places, self._falls):
            lane.erase(traces, out)

    def _change_node(self, change: NodeChanged, out: StepOutput) -> None:
        watched = self._watching
        self.nodes.changed(change, out)
        self._place()
        self._maybe_end(watched, change.occurred_ns, out)

    def tick(self, now_ns: int, out: StepOutput) -> None:
        self._learn_roster()
        if self.camera_falls is not None:
            self._falls.told_by_cameras(self.camera_falls.falls_by_blob(), self.camera_falls.falls())
        followed = self._identities.floor.followed(now_ns)
        self._phones.idle()
        self.nodes.tick(now_ns, self._settings, out)
        if not self._watching:
            return
        read = self.links.read(now_ns)
        found = self._fusion.step(now_ns, read.features, out.new_id)
        simulated = self.nodes.simulated
        located = [replace(blob, simulated=True) for blob in found.blobs] if simulated else found.blobs
        blobs = self._blobs_with_names(now_ns, located, followed)
        who = of_blobs(blobs, self._who)
        occupancy, zones_of = self._places.step(now_ns, blobs, who, not found.trouble, out)
        fallen = self._falls.step(now_ns, blobs, who, read.features, out, read.shakes)
        blobs = [replace(blob, zone_ids=zones_of.get(blob.id, ()), posture=fallen.get(blob.id, blob.posture)) for blob in blobs]
        self._presence.step(now_ns, blobs, who, out)
        out.radio = self._picture(now_ns, found, blobs, simulated, occupancy)
        out.learned = self._phones.learned

    def read_links(self, now_ns: int, out: StepOutput) -> LinkReadings | None:
        """A tick of which nobody wants to know more than what the links say; None where nobody watches."""
        self.nodes.tick(now_ns, self._settings, out)
        return self.links.read(now_ns) if self._watching else None

    def make_links(self, state: Mapping[str, Any]) -> None:
        """Go on with links made here, from their state, where others were given."""
        self.links = LinkStage()
        self.links.configure(self._settings.radio)
        self.links.restore(state["bank"], state["jolts"])

    def set_identities(self, now_ns: int, names: Mapping[str, FusedIdentity], person_ids: Set[str], out: StepOutput) -> None:
        """Who the people of the floor are, by all sensors: radio events name the same persons as camera events, from the next tick."""
        self._who = on_floor(out.fused)
        self.teach(now_ns, self._identities.floor.sure_places())

    def teach(self, now_ns: int, places: Iterable[Position]) -> None:
        """Cameras see people there, surely: links learn from them how much they count."""
        if self._settings.radio.learn_weights and self._watching:
            for place in places:
                self._fusion.teach(now_ns, place)

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        self._interrupt(at_ns, out)
        self.nodes.begin_anew(at_ns, now_ns, out)
        if now_ns < at_ns:
            self._set_back(at_ns - now_ns)

    def leave(self, at_ns: int, out: StepOutput) -> None:
        self.begin_anew(at_ns, at_ns, out)
        self._end_falls(at_ns, out)

    def open_event_ids(self) -> frozenset[str]:
        lanes = (self._presence, self._places, self._falls, self.nodes)
        return frozenset[str]().union(*(lane.open_event_ids() for lane in lanes))

    def state(self) -> Mapping[str, Any]:
        parts = {name: part.state() for name, part in self._parts().items()}
        links, who = self.links.state(), {blob_id: wire.to_plain(who) for blob_id, who in self._who.items()}
        falls = {**parts["falls"], "jolts": links["jolts"]}
        return {**parts, "bank": links["bank"], "falls": falls, "who": who}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._settings = settings
        self.nodes.restore(state["nodes"])
        self.links.configure(settings.radio)
        self._phones.configure(settings)
        self._falls.configure(settings.radio, settings.floor.zones)
        self._places.configure(settings.floor)
        self._place(anew=True)
        self.links.restore(state["bank"], state["falls"]["jolts"])
        for name, part in self._parts().items():
            part.restore(state[name])
        self._who = {blob_id: wire.read_record(EventIdentity, who) for blob_id, who in state.get("who", {}).items()}  # older ones have none
        self._known_revision = -1

    @property
    def _watching(self) -> bool:
        return self._settings.radio.enabled and self.nodes.anybody

    def _maybe_end(self, watched: bool, now_ns: int, out: StepOutput) -> None:
        """It was switched off, or its last node removed: not even falls are watched any more."""
        if watched and not self._watching:
            self._interrupt(now_ns, out)
            self._end_falls(now_ns, out)

    def _end_falls(self, at_ns: int, out: StepOutput) -> None:
        self._falls.end(at_ns, out)
        self.links.forget_jolts()

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
        self.links.forget()
        self._phones.set_back()
        numbers = self._fusion.state()["tracker"]
        self._fusion = BlobFusion(self._pictured)
        self._fusion.restore({**self._fusion.state(), "tracker": numbers})
        self._place(anew=True)

    def _parts(self) -> dict[str, Any]:
        return {
            "nodes": self.nodes,
            "fusion": self._fusion,
            "phones": self._phones,
            "presence": self._presence,
            "places": self._places,
            "falls": self._falls,
        }

    def _place(self, anew: bool = False) -> None:
        """Tell fusion where the nodes stand; building its tables takes a while, so only when something moved."""
        positions = self.nodes.positions(self._settings)
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
            path_losses=self._phones.path_losses,
        )


def _naming(evidence: BlobEvidence, match: BleMatch | None) -> BlobEvidence:
    return evidence if evidence.identity is match else replace(evidence, identity=match)


def _nobody(tracker: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The state of a tracker that follows nobody, and is not about to."""
    return None if tracker is None else {**tracker, "tracks": [], "search": {"belief": 0.0, "share": []}}
