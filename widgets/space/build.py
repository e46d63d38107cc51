"""From a snapshot to what is drawn. Pure: the same snapshot and coverage give the same scene."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.model.radio.blob import Blob, BlobStatus, Posture, RadioPicture
from engine.model.radio.fused import FusedPicture, FusedStatus, FusedTrack, SourceKind
from engine.model.radio.place import has_place
from engine.model.radio.radio import LinkState, NodeState, NodeView, link_ends
from engine.model.sense_quality import SenseKind, SenseQuality
from engine.model.settings import Settings
from engine.model.site import Floor, Position
from engine.model.snapshot import Snapshot
from widgets.people.identity_words import name_text
from widgets.space.scene import EMPTY_ROOM, Bounds, CameraMark, CoverageMap, LinkMark, NodeMark, PersonMark, SenseMark, SpaceScene, ZoneMark
from widgets.space.shapes import floor_ellipse
from widgets.space.words import unknown_person
from widgets.system.sense_words import level_of, share_text
from widgets.tokens import load_tokens

_MARGIN_M = 1.0


def scene_of(snapshot: Snapshot, coverage: CoverageMap | None = None, senses: Sequence[SenseQuality] = ()) -> SpaceScene:
    """`senses`: how well each does, where that is wanted."""
    settings, radio = snapshot.settings, snapshot.radio
    picture = radio.picture or RadioPicture(snapshot.at_ns)
    nodes = node_marks(settings, radio.nodes)
    fused = snapshot.people.fused
    fallen = fallen_ids(snapshot)
    blobs = tuple(person_mark(blob) for blob in picture.blobs if blob.status is not BlobStatus.TENTATIVE)
    places = {node.mac: node.position for node in nodes}
    return SpaceScene(
        bounds=bounds_of(settings.floor, picture.extent, nodes),
        cell_m=settings.radio.cell_m,
        walls=settings.floor.walls,
        portals=settings.floor.portals,
        zones=zone_marks(settings.floor, _people_in_zones(settings.floor, picture, fused)),
        cameras=_camera_marks(settings),
        nodes=nodes,
        links=_link_marks(picture.links, places),
        people=blobs if fused is None else tuple(fused_mark(track, track.id in fallen) for track in fused.tracks),
        blobs=() if fused is None else blobs,
        voxels=picture.voxels,
        coverage=coverage,
        senses=_sense_marks(senses, settings, nodes),
        losses=tuple(loss for quality in senses for loss in quality.losses),
        simulated=picture.simulated or (fused is not None and any(track.simulated for track in fused.tracks)),
    )


def fallen_ids(snapshot: Snapshot) -> frozenset[str]:
    """Fused tracks of which radio says that they lie."""
    picture, fused = snapshot.radio.picture, snapshot.people.fused
    if picture is None or fused is None:
        return frozenset()
    lying = {blob.id for blob in picture.blobs if blob.posture is Posture.FALLEN}
    return frozenset(t.id for t in fused.tracks if any(s.kind is SourceKind.RADIO and s.id in lying for s in t.sources))


def bounds_of(floor: Floor, extent: tuple[float, float, float, float, float, float] | None, nodes: Iterable[NodeMark] = ()) -> Bounds:
    """The planned extent; without one the grid's; without that what the nodes span."""
    if floor.extent is not None:
        x0, y0, x1, y1 = floor.extent
        return Bounds(x0, y0, 0.0, x1, y1, floor.height_m)
    if extent is not None:
        return Bounds(*extent)
    places = np.array([node.position for node in nodes], np.float64).reshape(-1, 3)
    if not len(places):
        return EMPTY_ROOM
    low, high = places.min(axis=0) - _MARGIN_M, places.max(axis=0) + _MARGIN_M
    return Bounds(
        float(low[0]), float(low[1]), min(0.0, float(low[2])), float(high[0]), float(high[1]), max(floor.height_m, float(high[2]))
    )


def node_marks(settings: Settings, views: Iterable[NodeView]) -> tuple[NodeMark, ...]:
    """Nodes that have a place: those the engine knows, then those that only the settings know."""
    seen = {view.mac: _seen_node(view) for view in views if view.position is not None}
    settled = {
        node.mac: NodeMark(node.mac, node.name or short_mac(node.mac), node.position, online=False)
        for node in settings.nodes
        if node.position is not None and node.mac not in seen
    }
    return (*seen.values(), *settled.values())


def _seen_node(view: NodeView) -> NodeMark:
    position = view.position or (0.0, 0.0, 0.0)
    online = view.state is not NodeState.OFFLINE
    return NodeMark(view.mac, view.name or short_mac(view.mac), position, online, view.position_source == "announced")


def short_mac(mac: str) -> str:
    """The last two bytes, as in the name of a new node's own Wi-Fi."""
    return mac[-5:]


def zone_marks(floor: Floor, people: Mapping[str, int | None] | None = None, numbers: Sequence[int] | None = None) -> tuple[ZoneMark, ...]:
    """`people` in each zone; None: only the plan is shown, without saying who is where.

    `numbers`: of the zones, by which they have their colours, where some are left out.
    """
    colors = load_tokens().people
    numbered = zip(range(len(floor.zones)) if numbers is None else numbers, floor.zones, strict=True)
    known = people or {}
    return tuple(ZoneMark(zone, colors[i % len(colors)], known.get(zone.id), people is not None) for i, zone in numbered)


def _people_in_zones(floor: Floor, picture: RadioPicture, fused: FusedPicture | None) -> dict[str, int | None]:
    """Who is drawn is who is counted: fused tracks, or blobs where nothing is fused."""
    if fused is not None:
        return {zone.zone_id: zone.people for zone in fused.zones}
    known = {zone.zone_id for zone in picture.zones if zone.known}
    places = [blob.position for blob in picture.blobs if blob.status is not BlobStatus.TENTATIVE and has_place(blob.covariance)]
    return {zone.id: sum(zone.is_over(x, y) for x, y, _ in places) for zone in floor.zones if zone.id in known}


def _camera_marks(settings: Settings) -> tuple[CameraMark, ...]:
    names = {camera.id: camera.name for camera in settings.cameras}
    return tuple(CameraMark(names.get(pose.camera_id, pose.camera_id), pose) for pose in settings.floor.camera_poses)


def _sense_marks(senses: Iterable[SenseQuality], settings: Settings, nodes: Iterable[NodeMark]) -> tuple[SenseMark, ...]:
    """Those that have a place; of radio as a whole *System* tells. A scanner of which nothing is known is left out."""
    places = {mark.pose.camera_id: (mark.name, mark.pose.position) for mark in _camera_marks(settings)}
    places |= {node.mac: (node.name, node.position) for node in nodes}
    return tuple(
        SenseMark(quality.sensor_id, *places[quality.sensor_id], share_text(quality.day), level_of(quality.day.share))
        for quality in senses
        if quality.sensor_id in places and (quality.kind is SenseKind.CAMERA or quality.day.share is not None)
    )


def _link_marks(links: Iterable[LinkState], places: Mapping[str, Position]) -> tuple[LinkMark, ...]:
    marks: list[LinkMark] = []
    for link in links:
        a, b = link_ends(link.link)
        if a in places and b in places:
            marks.append(LinkMark(link.link, places[a], places[b], link.activity, link.motion))
    return tuple(marks)


def person_mark(blob: Blob) -> PersonMark:
    """A blob with its person's name and colour; without a person a number, and a colour that stays with it."""
    known = blob.identity
    people = load_tokens().people
    return PersonMark(
        blob_id=blob.id,
        name=known.person_name if known else unknown_person(blob.number),
        named=known is not None,
        color=(known.color if known and known.color else people[blob.number % len(people)]),
        position=blob.position,
        ellipse=floor_ellipse(blob.position, blob.covariance),
        confidence=blob.confidence,
        velocity=blob.velocity,
        trail=tuple((x, y) for _, x, y in blob.trail),
        fallen=blob.posture is Posture.FALLEN,
        still=blob.still,
        coasting=blob.status is BlobStatus.COASTING,
        simulated=blob.simulated,
    )


def fused_mark(track: FusedTrack, fallen: bool = False) -> PersonMark:
    """Somebody whom any sensors see, with their name and colour, or a number and a colour that stays with it."""
    known = track.identity
    people = load_tokens().people
    return PersonMark(
        blob_id=track.id,
        name=name_text(known) if known else unknown_person(track.number),
        named=known is not None,
        color=known.color if known and known.color else people[track.number % len(people)],
        position=track.position,
        ellipse=floor_ellipse(track.position, track.covariance),
        confidence=known.confidence if known else 0.0,
        velocity=track.velocity,
        trail=tuple((x, y) for _, x, y in track.trail),
        fallen=fallen,
        coasting=track.status is FusedStatus.COASTING,
        simulated=track.simulated,
    )
