"""Who was about when something was said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import dist

from engine.model.cameras.track import Track, TrackStatus
from engine.model.people.speech import Utterance
from engine.model.radio.fused import FusedIdentity, FusedPicture, SourceKind
from engine.model.site import Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass

TICK_NS = SECOND // 2  # who is here now was here until the next look


@dataclass(frozen=True, slots=True)
class View:
    """A track of somebody and when it last saw them."""

    camera_id: str
    track_id: str
    last_ns: int


@dataclass(frozen=True, slots=True)
class Bystander:
    """Somebody who is, or lately was, on the floor or in view. `spots`: (ns, x, y) metres. `person_id`: who they are, if known."""

    key: str
    since_ns: int
    last_ns: int
    views: tuple[View, ...] = ()
    spots: tuple[tuple[int, float, float], ...] = ()
    person_id: str = ""
    simulated: bool = False

    def again(self, now: "Bystander", keep_ns: int) -> "Bystander":
        views = {view.track_id: view for view in (*self.views, *now.views) if view.last_ns >= keep_ns}
        spots = tuple(spot for spot in (*self.spots, *now.spots) if spot[0] >= keep_ns)
        return replace(now, since_ns=min(self.since_ns, now.since_ns), views=tuple(views.values()), spots=spots)

    def seen_until(self, camera_id: str) -> int:
        """Until when the camera saw them; with no camera, anything did."""
        return max((view.last_ns for view in self.views if view.camera_id == camera_id), default=0) if camera_id else self.last_ns

    def place(self, at_ns: int) -> tuple[float, float] | None:
        nearest = min(self.spots, key=lambda spot: abs(spot[0] - at_ns), default=None)
        return None if nearest is None else nearest[1:]


def on_floor(picture: FusedPicture | None) -> Iterator[Bystander]:
    for track in picture.tracks if picture is not None else ():
        views = tuple(View(each.sensor_id, each.id, each.last_ns) for each in track.sources if each.kind is SourceKind.CAMERA)
        spot = (track.updated_ns, track.position[0], track.position[1])
        who = track.identity.person_id if track.identity is not None else ""
        yield Bystander(track.id, track.since_ns, track.updated_ns, views, (spot,), who, track.simulated)


def beside(picture: FusedPicture | None, tracks: Mapping[str, Sequence[Track]], names: Mapping[str, FusedIdentity]) -> Iterator[Bystander]:
    """Tracks that are on nobody's place on the floor."""
    placed = {source.id for each in (picture.tracks if picture is not None else ()) for source in each.sources}
    for track in (track for each in tracks.values() for track in each):
        if track.id not in placed and track.status is not TrackStatus.TENTATIVE:
            who = names[track.id].person_id if track.id in names else ""
            view = View(track.camera_id, track.id, track.last_seen_ns)
            yield Bystander(track.id, track.first_seen_ns, track.last_seen_ns, (view,), (), who)


def present(since_ns: int, until_ns: int, heard: Utterance) -> float:
    """The share of the utterance that falls into the time they were there."""
    lasts_ns = max(heard.ended_ns - heard.started_ns, 1)
    both_ns = min(until_ns + TICK_NS, heard.ended_ns) - max(since_ns - TICK_NS, heard.started_ns)
    return min(max(both_ns / lasts_ns, 0.0), 1.0)


def away(there: Bystander, position: Position | None, heard: Utterance) -> float | None:
    """Metres along the floor from the microphone; None where either place is not known."""
    place = there.place((heard.started_ns + heard.ended_ns) // 2)
    return None if place is None or position is None else dist(place, position[:2])
