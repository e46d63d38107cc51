"""What the People page says about everybody together."""

from console.dialogs.cameras.recognition import troubles
from engine.model.people.person import NameSource
from engine.model.radio.fused import FusedTrack
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.translation import tr

_HERE_NS = 10 * SECOND


def headline(snapshot: Snapshot) -> str:
    count = len(snapshot.people.persons)
    if count == 0:
        return tr("Nobody is remembered yet")
    return tr("One person is remembered") if count == 1 else tr("{0} people are remembered").format(count)


def summary(snapshot: Snapshot) -> str:
    settings, persons = snapshot.settings.recognition, snapshot.people.persons
    if not settings.biometrics:
        return tr("Recognition is off: faces and voices are compared with nobody.")
    nameless = sum(person.name_source is NameSource.GENERATED for person in persons)
    words = [tr("Recognised for: {0}").format(settings.purpose.strip().removesuffix("."))]
    if nameless:
        words.append(tr("{0} without a name").format(nameless))
    words.append(
        tr("put aside after {0} days unseen, erased after {1}").format(
            number_text(settings.archive_days, "g"), number_text(settings.erase_days, "g")
        )
    )
    return " · ".join(words)


def notices(snapshot: Snapshot, may_change: bool, may_unmask: bool = True) -> tuple[tuple[str, str], ...]:
    found = [(text, level) for text, level in troubles(snapshot) if text != snapshot.people.face_trouble]
    if snapshot.settings.recognition.blur_faces and not may_unmask:
        found.append((tr("Faces are hidden at this site, and your account may not show them: there are no photos here."), "low"))
    if snapshot.people.persons and not snapshot.settings.recognition.biometrics:
        way = tr("Switch it on, with its purpose, in Recognition settings.") if may_change else tr("An administrator can switch it on.")
        found.append((tr("Recognition is off. People are only known by their devices and by what operators say. {0}").format(way), "low"))
    return tuple(found)


def here_text(snapshot: Snapshot, person_id: str) -> str:
    """Where somebody is at this moment, empty when they are nowhere to be seen."""
    fused = snapshot.people.fused
    tracks = fused.tracks if fused is not None else ()
    track = next((t for t in tracks if t.identity is not None and t.identity.person_id == person_id), None)
    if track is not None:
        return tr("Here now, {0}").format(_place_words(snapshot, track))
    if any(identity.person_id == person_id for _, identity in snapshot.people.names):
        return tr("In view of a camera now")
    person = snapshot.people.person(person_id)
    seen_ns = person.last_seen_ns if person is not None else None
    return tr("Seen a moment ago") if seen_ns is not None and snapshot.at_ns - seen_ns < _HERE_NS else ""


def _place_words(snapshot: Snapshot, track: FusedTrack) -> str:
    names = {zone.id: zone.name for zone in snapshot.settings.floor.zones}
    zones = ", ".join(names[zone] for zone in track.zone_ids if zone in names)
    return zones or tr("{0} m east, {1} m north").format(number_text(track.position[0], ".1f"), number_text(track.position[1], ".1f"))
