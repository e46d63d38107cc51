"""What the Space page says about the radio side, as sentences. Pure."""

from collections.abc import Sequence as Several
from operator import attrgetter

from engine.model.radio.blob import Blob, BlobExplanation, BlobStatus, FresnelZone, Posture
from engine.model.radio.fused import FusedPicture, FusedStatus, FusedTrack, SourceKind
from engine.model.radio.radio import NodeState
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.people.people_list import PersonRow
from widgets.space.build import fallen_ids, fused_mark, node_marks, person_mark, short_mac
from widgets.space.scene import Layers, PersonMark
from widgets.space.words import confidence_word, spread_text
from widgets.time_text import duration_text
from widgets.translation import tr

_STALE_NS = 3 * SECOND
_NAMED = 3
_ELLIPSOIDS = 5  # at once: more of them hide each other
Notices = tuple[tuple[str, str], ...]


def has_nodes(snapshot: Snapshot) -> bool:
    return bool(snapshot.radio.nodes or snapshot.settings.nodes)


def headline(snapshot: Snapshot) -> str:
    """How many are there. Not being able to say is not the same as nobody."""
    picture, fused = snapshot.radio.picture, snapshot.people.fused
    if fused is not None and fused.tracks:
        return _count_text(len(fused.tracks), sum(track.status is FusedStatus.COASTING for track in fused.tracks))
    if picture is None:
        return _count_text(0, 0) if floor_is_watched(snapshot) else tr("Waiting for the first measurement…")
    if _cannot_locate(snapshot):
        return tr("People cannot be located")
    blobs = () if fused is not None else [blob for blob in picture.blobs if blob.status is not BlobStatus.TENTATIVE]
    return _count_text(len(blobs), sum(blob.status is BlobStatus.COASTING for blob in blobs))


def _cannot_locate(snapshot: Snapshot) -> bool:
    """Which is not the same as nobody there."""
    picture = snapshot.radio.picture
    return picture is not None and (bool(picture.trouble) or picture.extent is None)


def nobody_text(snapshot: Snapshot) -> str:
    """What stands in the list while nobody is in it."""
    if _cannot_locate(snapshot):
        return tr("People appear here once they can be located. The notice above the floor says what is missing.")
    return tr("People located by cameras or radio appear here.")


def _count_text(count: int, lost: int) -> str:
    """`lost`: of these, not found at this moment."""
    if count == 0:
        return tr("No people located now")
    text = tr("1 person now") if count == 1 else tr("{0} people now").format(number_text(count))
    return tr("{0}, {1} out of sight").format(text, number_text(lost)) if lost else text


def notices(snapshot: Snapshot) -> Notices:
    """What is wrong, the worst first, each with its level."""
    found = [*_picture_notices(snapshot), *_node_notices(snapshot)]
    fused = snapshot.people.fused
    if fused is not None and fused.trouble:
        found.append((fused.trouble, "low"))
    radio = snapshot.radio
    if radio.shed_level:
        text = tr("Radio overload: {0} frames dropped in the last second.")
        found.append((text.format(round(radio.shedding)), "moderate"))
    return tuple(found)


def _picture_notices(snapshot: Snapshot) -> list[tuple[str, str]]:
    picture = snapshot.radio.picture
    if picture is None:
        return []
    found = [(picture.trouble, "moderate")] if picture.trouble else []
    age_ns = snapshot.at_ns - picture.at_ns
    if age_ns > _STALE_NS:
        found.insert(0, (tr("No radio measurement for {0}.").format(duration_text(age_ns)), "high"))
    return found


def _node_notices(snapshot: Snapshot) -> list[tuple[str, str]]:
    nodes = snapshot.radio.nodes
    homeless = [node.name or short_mac(node.mac) for node in nodes if node.position is None]
    lost = [node.name or short_mac(node.mac) for node in nodes if node.state is NodeState.OFFLINE]
    found: list[tuple[str, str]] = []
    if homeless:
        text = tr("No position, not used: {0} ({1} of {2} nodes). Place them with Nodes…")
        found.append((text.format(some_names(homeless), len(homeless), len(nodes)), "moderate"))
    if lost:
        text = tr("All {0} nodes are offline.") if len(lost) == len(nodes) > 1 else tr("Offline: {1} ({2} of {0} nodes).")
        found.append((text.format(len(nodes), some_names(lost), len(lost)), "low"))
    return found


def layer_notices(snapshot: Snapshot, layers: Layers) -> Notices:
    """What a layer that is switched on does not show, or cannot know."""
    floor, cameras = snapshot.settings.floor, snapshot.settings.cameras
    found: list[tuple[str, str]] = []
    placed = {pose.camera_id for pose in floor.camera_poses}
    homeless = [camera.name for camera in cameras if camera.id not in placed]
    if layers.cameras and homeless:
        text = tr("Not placed, not shown: {0}. Place them with Cameras…")
        found.append((text.format(some_names(homeless)), "low"))
    if layers.coverage and floor.walls:
        found.append((tr("Coverage is predicted from node positions, without walls."), "low"))
    return tuple(found)


def some_names(names: list[str]) -> str:
    """The first few, and how many more."""
    shown = ("; " if any("," in name for name in names) else ", ").join(names[:_NAMED])
    return shown if len(names) <= _NAMED else tr("{0} and {1} more").format(shown, len(names) - _NAMED)


def person_rows(snapshot: Snapshot) -> tuple[PersonRow, ...]:
    """Who has fallen first, then by number: the order holds still while people walk."""
    picture, fused = snapshot.radio.picture, snapshot.people.fused
    if fused is not None:
        return _fused_rows(snapshot, fused)
    if picture is None:
        return ()
    zones = zone_names(snapshot.settings)
    shown = [blob for blob in picture.blobs if blob.status is not BlobStatus.TENTATIVE]
    return tuple(_blob_row(blob, zones) for blob in sorted(shown, key=lambda b: (b.posture is not Posture.FALLEN, b.number)))


def _fused_rows(snapshot: Snapshot, fused: FusedPicture) -> tuple[PersonRow, ...]:
    zones, fallen = zone_names(snapshot.settings), fallen_ids(snapshot)
    ordered = sorted(fused.tracks, key=lambda track: (track.id not in fallen, track.number))
    return tuple(_fused_row(track, zones, track.id in fallen) for track in ordered)


def _source_word(kind: SourceKind) -> str:
    return {SourceKind.CAMERA: tr("camera"), SourceKind.RADIO: tr("radio"), SourceKind.BLE: tr("phone")}[kind]


def _fused_row(track: FusedTrack, zones: dict[str, str], fallen: bool) -> PersonRow:
    mark = fused_mark(track, fallen)
    words = [tr("Has fallen")] if fallen else []
    if mark.coasting:
        words.append(tr("out of sight"))
    if track.activity:
        words.append(track.activity)
    if track.identity is not None:
        words.append(confidence_word(track.identity.confidence))
    kinds = [kind for kind in SourceKind if any(source.kind is kind for source in track.sources)]
    words += [*(_source_word(kind) for kind in kinds), *_place_words(mark, track.zone_ids, zones)]
    text = " · ".join(words)
    return PersonRow(track.id, mark.name, text[:1].upper() + text[1:], mark.color, fallen)


def sensor_names(snapshot: Snapshot) -> dict[str, str]:
    """Cameras, nodes, microphones, and phones and tags that are registered: id → name."""
    settings = snapshot.settings
    cameras = {camera.id: camera.name for camera in settings.cameras}
    phones = {device.address: device.label for device in settings.ble_devices if device.label}
    return phones | node_names(snapshot) | cameras | {microphone.id: microphone.name for microphone in settings.microphones}


def floor_is_watched(snapshot: Snapshot) -> bool:
    """Cameras put people on the floor, also without radio."""
    fused = snapshot.people.fused
    return fused is not None and bool(fused.tracks or snapshot.settings.floor.camera_poses)


def _blob_row(blob: Blob, zones: dict[str, str]) -> PersonRow:
    mark = person_mark(blob)
    words = [tr("Has fallen")] if mark.fallen else []
    if mark.coasting:
        words.append(tr("out of sight"))
    words += [confidence_word(blob.confidence), *_place_words(mark, blob.zone_ids, zones)]
    text = " · ".join(words)
    return PersonRow(blob.id, mark.name, text[:1].upper() + text[1:], mark.color, mark.fallen)


def _place_words(mark: PersonMark, zone_ids: Several[str], zones: dict[str, str]) -> list[str]:
    """In which zones whoever has no place is, is not known either."""
    if not mark.has_place:
        return [tr("place not known"), spread_text(mark.ellipse)]
    return [spread_text(mark.ellipse), *(zones[zone] for zone in zone_ids if zone in zones)]


def zone_names(settings: Settings) -> dict[str, str]:
    return {zone.id: zone.name for zone in settings.floor.zones}


def node_names(snapshot: Snapshot) -> dict[str, str]:
    """MAC → name, also of nodes that have no place."""
    named = {node.mac: node.name for node in node_marks(snapshot.settings, snapshot.radio.nodes)}
    return {node.mac: node.name or short_mac(node.mac) for node in snapshot.radio.nodes} | named


def strongest_zones(explanation: BlobExplanation, pointed: str) -> tuple[FresnelZone, ...]:
    """The ellipsoids of the links that add most, and of the one that is pointed at."""
    strongest = sorted(explanation.links, key=attrgetter("contribution"), reverse=True)[:_ELLIPSOIDS]
    wanted = {link.link for link in strongest} | {pointed}
    return tuple(zone for zone in explanation.zones if zone.link in wanted)
